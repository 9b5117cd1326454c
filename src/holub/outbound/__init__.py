"""What the centre publishes: the press reads guides, binds them into an edition, and prints them.

Nothing here opens a letter or talks to a carrier; the office joins the halls.
"""
