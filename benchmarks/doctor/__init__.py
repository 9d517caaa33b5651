"""Whether this machine, the AWS user and the account are ready for runs, told before anything is created."""
