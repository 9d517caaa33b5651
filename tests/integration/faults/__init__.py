"""What becomes of a run that meets a fault: each row of docs/faults.md is tried here, and looked at from outside."""
