"""The list of runs: those of a directory, those whose instances EC2 shows, and those whose results are in S3."""
