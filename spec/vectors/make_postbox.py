"""Writes the vectors of the postbox: its catalogue, its bags, what it answers, and what is made of its answers.

    python spec/vectors/make_postbox.py

Written from spec/postbox.md, without holub's own code. A case:

  case      catalogue | bag | exchange | answer | latest
  expect    ok | refused | unavailable
  catalogue latest, its bytes; listings where it is good. page: what a reading page picks out of it, by name; null where
            it takes the whole for none
  bag       its bytes; damaged, waiting, letters where it is good
  exchange  what a postbox says: token, which it knows; latest and parcels that it holds; request (head, body) and its
            times; answer (status, headers that it has, without those that it must not have, and body, null for any)
  answer    what the sender of a letter makes of answers (head, body), one for each time that it asks. page: whether a
            reading page, which sends with a stamp first, holds the letter for taken, and asked: how often it asks
  latest    what a fetcher makes of an answer (head, body) to GET /latest; page: whether a reading page takes it
"""

from __future__ import annotations

from answercases import answer_cases, latest_cases
from exchangecases import exchange_cases
from listingcases import bag_cases, catalogue_cases
from vectorcase import Cases


def main() -> None:
    cases = Cases("postbox")
    catalogue_cases(cases)
    bag_cases(cases)
    exchange_cases(cases)
    answer_cases(cases)
    latest_cases(cases)
    cases.write()


if __name__ == "__main__":
    main()
