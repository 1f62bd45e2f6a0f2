"""`python scripts COMMAND …`: what the executable files beside this one call, with the repository on the path."""

import importlib
import signal
import sys
from pathlib import Path

COMMANDS = ("start", "test", "check", "manage", "bench", "pictures")


def main() -> int:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(f"usage: scripts/{{{','.join(COMMANDS)}}} …", file=sys.stderr)
        return 2
    from scripts.parts.say import Stop

    # Told to stop, leave the way an exception does: what was started is stopped, temporary folders go.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))

    try:
        result: int = importlib.import_module(f"scripts.parts.{sys.argv[1]}").main(sys.argv[2:])
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result


sys.exit(main())
