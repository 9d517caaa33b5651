"""What runs on a host and what is read of it: command lines and readers, none of which connects."""
