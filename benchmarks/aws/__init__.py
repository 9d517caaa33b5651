"""Access to AWS: the session, its errors, and a module for each kind of resource."""
