"""The doctor: what keeps a recovery from working, found without creating anything."""
