"""Reads that several steps need: together, again, in the background, and of which time they tell."""
