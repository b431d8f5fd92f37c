"""Disks: what is read of them, which is which, and what the replica's are to be."""
