"""S3, where moto differs."""
