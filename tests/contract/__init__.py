"""What must agree with what: parameters, roles, wiring, ways in. Walks data, so that new parameters are covered."""
