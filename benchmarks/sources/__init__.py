"""Finds and reads the results that the user names: runs, files, directories and S3 objects."""
