"""Paper as a one-way carrier: sheets of QR codes, printed and photographed (spec/paper.md).

What prints and reads is in the extra `holub[paper]`; a machine without it says so when it is asked to.
"""

from __future__ import annotations

from holub.transit.carriers.qr.caption import Caption
from holub.transit.carriers.qr.plan import HARSH, USUAL, Layout, Plan, plan
from holub.transit.carriers.qr.sheets import QrCarrier

__all__ = ["HARSH", "USUAL", "Caption", "Layout", "Plan", "QrCarrier", "plan"]
