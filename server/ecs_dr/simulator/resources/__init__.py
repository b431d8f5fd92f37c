"""One module for each group of actions; importing a module registers its actions."""
