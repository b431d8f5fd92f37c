"""`python -m ecs_dr` is `ecs-dr`, and this is where both begin."""

import signal
from typing import NoReturn


def main() -> NoReturn:
    """Run the program and end the process with its exit code."""
    # Until a command listens for signals, Ctrl-C ends the process as the other signals do. Python would raise an
    # exception in the middle of an import: a traceback, or none where some library drops it, and the program goes on.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ecs_dr.cli import main as run

    run()


if __name__ == "__main__":
    main()
