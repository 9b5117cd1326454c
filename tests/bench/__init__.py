"""Benchmarks run, and their figures are of what they say."""
