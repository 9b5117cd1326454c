"""Makes spec/vectors/{root,edition,parcel}/: one case a file, each with one thing wrong, or none.

Run from the checkout's root: python spec/vectors/make_editions.py. The same run gives the same bytes: keys come from
names, and nothing here is random. A case:

  what      the case in a sentence
  expect    ok | damaged | forged | older | gap | other-publisher | refused
  root      the root documents, oldest first (text)
  items     parcels in the order in which they arrive (hex); all but the last are accepted. A mailbag changes no guide:
            it is checked against what is held
  edition, packs   (ok) the edition held in the end, and SHA-256 by pack and path
  proof, guide     (a proof's case) in hex, instead of items
"""

from __future__ import annotations

from editionworld import edition
from forgedcases import forged_cases
from mailbagcases import mailbag_cases
from ordercases import order_cases
from packedcases import hostile_steps, shorthand_cases
from packstampcases import stamp_cases
from proofcases import proof_cases
from rootcases import root_cases
from spancases import span_cases
from sweepcases import sweep_cases
from takencases import taken_cases
from vectorcase import HERE


def main() -> None:
    for folder in ("root", "edition", "parcel"):
        for old in (HERE / folder).glob("*.json"):
            old.unlink()
    root_cases()
    proof_cases()
    taken_cases()
    uk = edition(1)[1][1]
    hostile_steps(uk)
    shorthand_cases(uk)
    forged_cases()
    order_cases()
    span_cases()
    stamp_cases()
    sweep_cases()
    mailbag_cases()


if __name__ == "__main__":
    main()
