"""What AWS is asked for, and how: one session, one module a resource."""
