"""What each instance could be recovered from today, and how old that is."""
