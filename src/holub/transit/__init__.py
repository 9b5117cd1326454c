"""How things travel: carriers, and the postbox.

Transit sees sealed letters and signed parcels as bytes with a length and a hash. It never opens a
letter, and it cannot: nothing here may import `holub.formats.letter` or `holub.formats.mailbag`.
"""
