"""Bells through a folder: whole or not at all, and a damaged one is thrown away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError
from kombu.simple import SimpleQueue

from portal.jobs.checks import check_broker


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[SimpleQueue]:
    options = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("folder://", transport_options=options) as connection:
        found = connection.SimpleQueue(f"bells-{tmp_path.name}")
        yield found
        found.close()


def test_messages_arrive_whole_and_once(queue: SimpleQueue, tmp_path: Path) -> None:
    for number in (1, 2):
        queue.put({"job": number})
    assert sorted(queue.get(timeout=2).payload["job"] for _ in range(2)) == [1, 2]
    with pytest.raises(queue.Empty):
        queue.get(block=False)
    assert list(tmp_path.glob("*.msg")) == []


def test_a_damaged_message_is_thrown_away(queue: SimpleQueue, tmp_path: Path) -> None:
    (tmp_path / f"damaged.bells-{tmp_path.name}.msg").write_text('{"half')
    queue.put({"job": 1})
    assert queue.get(timeout=2).payload == {"job": 1}
    assert list(tmp_path.glob("damaged*")) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    options = {name: str(tmp_path) for name in ("data_folder_in", "control_folder")}
    options["data_folder_out"] = str(blocked)
    with Connection("folder://", transport_options=options) as connection:
        queue = connection.SimpleQueue("unwritable")
        with pytest.raises(ChannelError, match="Cannot write a message"):
            queue.put({"job": 1})


def test_check_broker_names_folder_and_remedy(settings: Any, tmp_path: Path) -> None:
    settings.REDIS_URL = ""
    assert check_broker(None) == []
    (tmp_path / "broker").rmdir()
    (tmp_path / "broker").write_text("")
    (found,) = check_broker(None)
    assert found.id == "jobs.E001"
    assert str(tmp_path / "broker") in found.msg
