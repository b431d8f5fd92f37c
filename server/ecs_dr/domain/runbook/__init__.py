"""A decided plan as templates of Alibaba Cloud OOS: what is frozen into them, and the language they are written in."""
