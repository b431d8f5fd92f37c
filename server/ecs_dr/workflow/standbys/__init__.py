"""The standby register: what each instance of a region could be recovered from today. Reads only."""
