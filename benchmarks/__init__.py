"""Run Cargo benchmarks on the EC2 instance type you choose."""

__version__ = "0.1.0"
