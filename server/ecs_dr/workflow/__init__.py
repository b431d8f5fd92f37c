"""The six steps of a recovery, over ports: no protocol, no SDK."""
