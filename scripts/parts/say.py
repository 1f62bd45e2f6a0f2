"""What the scripts tell the person at the terminal."""

import sys


class Stop(Exception):
    """The script cannot go on; the message gives cause, present value and remedy."""


def say(text: str) -> None:
    """One line of progress, on stderr so that a command's own output stays clean."""
    print(f"· {text}", file=sys.stderr, flush=True)


def warn(text: str) -> None:
    print(f"! {text}", file=sys.stderr, flush=True)
