"""What is compared with what: which measurements belong to which side, and whether they may be compared.

Pure functions; the sources have been read before.
"""
