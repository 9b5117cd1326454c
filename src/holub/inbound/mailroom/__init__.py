"""The mailroom: letter keys, opening, replies, and how all of it goes again."""

from __future__ import annotations

from holub.inbound.mailroom.answers import Retention
from holub.inbound.mailroom.intake import Opened
from holub.inbound.mailroom.letters import Line, State, Whole
from holub.inbound.mailroom.room import Mailroom

__all__ = ["Line", "Mailroom", "Opened", "Retention", "State", "Whole"]
