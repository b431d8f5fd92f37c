"""The report of one recovery, and its seal."""
