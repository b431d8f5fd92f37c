"""VPCs and VSwitches, and where there is room for a new one."""
