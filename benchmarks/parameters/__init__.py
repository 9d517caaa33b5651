"""The request: public parameters, their values, suites."""
