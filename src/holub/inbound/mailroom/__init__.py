"""The mailroom: letter keys, opening, replies, and how all of it goes again."""
