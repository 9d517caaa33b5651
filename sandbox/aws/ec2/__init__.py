"""EC2, where moto differs."""
