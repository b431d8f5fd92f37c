"""How well an assistant fares with this skill: tasks over simulated clouds, graded by what happened there."""
