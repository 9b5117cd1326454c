"""Tests of holub.store."""
