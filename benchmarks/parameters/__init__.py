"""What is asked for: public parameters, their values, suites."""
