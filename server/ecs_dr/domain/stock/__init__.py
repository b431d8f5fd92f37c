"""What zones sell, and in which order it is offered."""
