"""Tests of holub.inbound.mailroom."""
