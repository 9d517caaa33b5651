"""EC2, where moto differs from AWS."""
