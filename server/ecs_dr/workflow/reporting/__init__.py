"""From a session to its report."""
