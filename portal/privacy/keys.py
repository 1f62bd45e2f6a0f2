"""The key ring: data keys by id, one of them active, and a separate key of the blind index.

The ring is a file outside the database, named by `PORTAL_KEY_RING`; a demonstration makes its own under `PORTAL_DATA`.
Nothing in it is derived from `SECRET_KEY`. A ring for production is made, and later given a new active key, without the
portal running: `python -m portal.privacy.keys new PATH`, `… add PATH`.
"""

import base64
import contextlib
import json
import os
import re
import secrets
import stat
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES = 32
KEY_ID = re.compile(r"[a-z0-9]{1,16}")
RING_VERSION = 1


class KeyRingError(Exception):
    """The key ring is missing or cannot be used; the text says what to do, in Chinese."""


@dataclass(frozen=True)
class KeyRing:
    """The loaded ring. It shows nothing of itself in a traceback or a log."""

    active: str
    data_keys: dict[str, bytes]
    index_key: bytes

    def __repr__(self) -> str:
        return f"<KeyRing {self.active} of {len(self.data_keys)}>"

    def data_key(self, key_id: str) -> bytes:
        """The data key of that id; a token of a ring that is not ours raises `KeyRingError`."""
        try:
            return self.data_keys[key_id]
        except KeyError:
            raise KeyRingError(
                f"密钥环中没有编号为 {key_id[:16]} 的密钥，数据无法解密。请恢复建立这些数据时所用的密钥环文件。"
            ) from None


def ring_path() -> Path:
    """Where the ring lies: `PORTAL_KEY_RING`, else (demonstration) `PORTAL_DATA/keys/ring.json`."""
    return Path(settings.PORTAL_KEY_RING or Path(settings.PORTAL_DATA) / "keys" / "ring.json")


def ring() -> KeyRing:
    """The present ring, read again when its file was replaced; a demonstration makes a missing one."""
    path = ring_path()
    try:
        status = os.stat(path)
    except FileNotFoundError:
        if settings.PORTAL_MODE != "demonstration":
            raise KeyRingError(f"密钥环文件 {path} 不存在。请恢复该文件，或用 PORTAL_KEY_RING 指明它的位置。") from None
        make_ring(path)
        status = os.stat(path)
    return _loaded(str(path), status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=8)
def _loaded(path: str, changed: int, inode: int) -> KeyRing:
    return read_ring(Path(path))


def derive(secret: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A key of its own for each purpose, from one secret of the ring (HKDF-SHA256)."""
    return HKDF(hashes.SHA256(), length, salt=None, info=purpose.encode()).derive(secret)


def read_ring(path: Path) -> KeyRing:
    """Read and check a ring; raises `KeyRingError` naming what is wrong, never a key."""
    try:
        status = path.stat()
        content = json.loads(path.read_text(encoding="ascii"))
    except OSError as error:
        raise KeyRingError(f"密钥环文件 {path} 读不出：{error.strerror}。请检查路径和权限。") from None
    except ValueError:
        raise KeyRingError(f"密钥环文件 {path} 不是完整的 JSON。请从备份恢复。") from None
    if stat.S_IMODE(status.st_mode) & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise KeyRingError(f"密钥环文件 {path} 的权限是 {mode:04o}，其他用户可以读取。请执行：chmod 600 {path}")
    try:
        data_keys = {str(key_id): _decoded(value) for key_id, value in content["keys"].items()}
        found = KeyRing(str(content["active"]), data_keys, _decoded(content["index"]))
        is_sound = content["version"] == RING_VERSION and all(KEY_ID.fullmatch(key_id) for key_id in data_keys)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise KeyRingError(f"密钥环文件 {path} 的内容不完整。请从备份恢复。") from None
    if not is_sound or found.active not in found.data_keys:
        raise KeyRingError(f"密钥环文件 {path} 的版本或现用密钥编号不对。请从备份恢复。")
    return found


def make_ring(path: Path) -> None:
    """Make a new ring (0600). One that is already there is kept; of processes that start at once one ring wins."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, {"version": RING_VERSION, "active": "k1", "keys": {"k1": _fresh()}, "index": _fresh()})
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def add_key(path: Path) -> str:
    """Add a data key and make it the active one; earlier keys stay for reading. Returns its id.

    The index key stays: `manage.py reseal` then brings the stored values to the new key.
    """
    read_ring(path)
    content = json.loads(path.read_text(encoding="ascii"))
    number = 1 + max((int(key_id[1:]) for key_id in content["keys"] if key_id[1:].isdigit()), default=0)
    content["active"] = f"k{number}"
    content["keys"][content["active"]] = _fresh()
    _draft(path, content).replace(path)
    return str(content["active"])


def _draft(path: Path, content: dict[str, Any]) -> Path:
    """The ring written whole beside its place (mkstemp gives 0600)."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _fresh() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _decoded(text: str) -> bytes:
    value = base64.b64decode(text, validate=True)
    if len(value) != KEY_BYTES:
        raise ValueError("a key has another length")
    return value


def main(arguments: list[str]) -> int:
    """The command line: `new PATH` or `add PATH`."""
    if len(arguments) != 2 or arguments[0] not in {"new", "add"}:
        sys.stderr.write("usage: python -m portal.privacy.keys new|add PATH\n")
        return 2
    path = Path(arguments[1])
    try:
        if arguments[0] == "add":
            sys.stdout.write(f"新的现用密钥：{add_key(path)}。请随后执行 manage.py reseal。\n")
            return 0
        if path.exists():
            raise KeyRingError(f"{path} 已存在，没有改动。要增加新密钥，请用 add。")
        make_ring(path)
    except (KeyRingError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"已建立密钥环 {path}（权限 0600）。请与数据库备份分开保管；丢失后已加密的号码无法恢复。\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
