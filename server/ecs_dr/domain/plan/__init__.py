"""The plan of a recovery, before anything is paid for."""
