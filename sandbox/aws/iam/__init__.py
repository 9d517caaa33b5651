"""IAM and STS: credentials and signatures."""
