"""Snapshots of a source's disks: which of them together make a whole, and which whole is the best."""
