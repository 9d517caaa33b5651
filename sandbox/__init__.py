"""An EC2 and S3 look-alike on this machine: an AWS endpoint whose instances are containers."""
