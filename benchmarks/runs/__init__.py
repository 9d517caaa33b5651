"""The id, directory, records and SSH keys of a run."""
