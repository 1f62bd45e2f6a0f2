#!/usr/bin/env python3
"""Copy the listed front-end files from node_modules into build/assets, each one verified.

    python scripts/assets.py            copy them; exit 1 with a reason when a file is absent or altered
    python scripts/assets.py --check    only say whether build/assets is complete

The list is scripts/assets.json: nothing that is not named there is ever served. Standard library only, so that it runs
before the Python packages are installed. References to source maps are removed, because the hashed static storage
refuses a stylesheet that names a file we do not ship.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("assets.json")
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "build" / "assets"
SOURCE_MAP = re.compile(rb"\s*/\*# sourceMappingURL=[^*]*\*/\s*$|\s*//# sourceMappingURL=\S+\s*$")


class AssetError(Exception):
    """A listed file is absent or is not the one that was reviewed."""


def listed() -> list[dict[str, str]]:
    return json.loads(LIST.read_text(encoding="utf-8"))["files"]


def served_bytes(content: bytes) -> bytes:
    return SOURCE_MAP.sub(b"\n", content)


def stamp_path(target: Path) -> Path:
    return target / ".assets.sha256"


def list_digest() -> str:
    return hashlib.sha256(LIST.read_bytes()).hexdigest()


def is_complete(target: Path = TARGET) -> bool:
    """Whether every listed file has been copied from exactly this list."""
    stamp = stamp_path(target)
    return (
        stamp.exists()
        and stamp.read_text(encoding="ascii").strip() == list_digest()
        and all((target / item["target"]).is_file() for item in listed())
    )


def copy(source: Path = SOURCE, target: Path = TARGET) -> int:
    """Copy every listed file and return how many; raises AssetError at the first one that is absent or altered."""
    items = listed()
    for item in items:
        path = source / item["source"]
        if not path.is_file():
            raise AssetError(f"{item['source']} is not in {source.name}: run `npm ci` first")
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != item["sha256"]:
            raise AssetError(f"{item['source']} has sha256 {found}, expected {item['sha256']}: run `npm ci` again")
        destination = target / item["target"]
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(served_bytes(content))
    stamp_path(target).write_text(list_digest() + "\n", encoding="ascii")
    return len(items)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only report whether build/assets is complete")
    options = parser.parse_args()
    if is_complete():
        print("assets: complete")
        return 0
    if options.check:
        print("assets: incomplete", file=sys.stderr)
        return 1
    try:
        print(f"assets: copied {copy()} files")
    except AssetError as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
