"""The steps of a recovery, one file each."""
