"""The source's snapshots, read and told."""
