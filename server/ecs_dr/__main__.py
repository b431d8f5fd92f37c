"""`python -m ecs_dr` is `ecs-dr`."""

from ecs_dr.cli import main

if __name__ == "__main__":
    main()
