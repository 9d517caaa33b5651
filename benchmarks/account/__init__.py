"""What runs need in an AWS account."""
