"""Builds the commands that run on a host and parses their output; nothing here opens a connection."""
