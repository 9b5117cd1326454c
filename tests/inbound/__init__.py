"""Tests of holub.inbound."""
