"""What `plan_recovery` reads and tries out before anything is spent."""
