"""Rows of the same keys that overlap are refused by PostgreSQL itself; SQLite is left alone."""

from types import SimpleNamespace
from typing import Any

import pytest

from portal.overlaps import no_overlap


@pytest.fixture
def editor() -> Any:
    """What a migration writes to, kept as a list."""
    said: list[str] = []
    return SimpleNamespace(connection=SimpleNamespace(vendor="postgresql"), execute=said.append, said=said)


def test_a_constraint_is_added_and_taken_away(editor: Any) -> None:
    operation = no_overlap("held", "held_once", "x_id + 0", "role || ''")
    operation.code(None, editor)
    operation.reverse_code(None, editor)
    assert editor.said == [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE held ADD CONSTRAINT held_once EXCLUDE USING gist "
        "((x_id + 0) WITH =, (role || '') WITH =, daterange(starts_on, ends_on, '[]') WITH &&)",
        "ALTER TABLE held DROP CONSTRAINT held_once",
    ]


def test_another_database_is_left_alone(editor: Any) -> None:
    editor.connection.vendor = "sqlite"
    operation = no_overlap("held", "held_once", "x_id + 0")
    operation.code(None, editor)
    operation.reverse_code(None, editor)
    assert editor.said == []
