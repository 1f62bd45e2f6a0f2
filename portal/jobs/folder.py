"""Bells through a folder under `PORTAL_DATA`, when no Redis is configured.

Kombu's filesystem transport opens the message file under its final name before it writes, so a reader may see half a
message, and stops its worker at a damaged one. Here a message appears whole or not at all, and a damaged one is
thrown away: it was only a bell.
"""

import os
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = uuid4().hex
        scratch = folder / f".{name}.tmp"
        try:
            scratch.write_text(dumps(message), encoding="utf-8")
            scratch.replace(folder / f"{name}.{queue}.msg")
        except OSError as error:
            with suppress(OSError):
                scratch.unlink()
            raise ChannelError(f"Cannot write a message into {folder}: {error.strerror}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        waiting = sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg"), key=self._age)
        for path in waiting:
            mine = path.with_suffix(f".{os.getpid()}.taken")
            try:
                path.rename(mine)
                text = mine.read_text(encoding="utf-8")
                mine.unlink()
                return loads(text)
            except (OSError, ValueError):
                # Another worker was faster, or the message is damaged.
                with suppress(OSError):
                    mine.unlink()
        raise Empty

    def _age(self, path: Path) -> float:
        try:
            return path.stat().st_mtime
        except OSError:
            return 0.0


class Transport(filesystem.Transport):
    Channel = Channel
