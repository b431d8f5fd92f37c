"""What a session keeps beside what was decided: what it saw, did, was refused, and launched."""
