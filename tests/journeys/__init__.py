"""Journeys: whole ways through holub, from a guide on an editor's disk to a phone and back, in a real browser."""
