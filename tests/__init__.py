"""Tests: a mirror of src/holub, journeys, one suite for each pluggable thing, and the fakes they share."""
