"""Reads results from what benchmark harnesses have written and printed."""
