"""On PostgreSQL the database refuses overlapping dated rows of the same things, whatever way they came.

Both ends of a row are inclusive and an empty end is open, as everywhere. SQLite has no exclusion constraints; there the
service alone decides, which writes one after the other.
"""

from typing import Any

from django.db import migrations


def no_overlap(table: str, name: str, *keys: str, where: str = "") -> migrations.RunPython:
    """A migration's operation: rows of ``table`` with equal ``keys`` do not overlap in ``starts_on`` … ``ends_on``.

    ``keys`` are SQL expressions, numbers as ``x_id + 0`` and texts as ``x || ''``: the index of the constraint then
    matches no ordinary query. As bare columns it did, and the planner, to which a GiST search costs as little as one in
    the table's own index, read fifteen times the pages. ``where`` limits the rule to some rows. Needs the
    right to create the trusted extension btree_gist.
    """
    limit = f" WHERE ({where})" if where else ""
    same = ", ".join(f"({key}) WITH =" for key in keys)

    def install(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} "
            f"EXCLUDE USING gist ({same}, daterange(starts_on, ends_on, '[]') WITH &&){limit}"
        )

    def remove(apps: Any, schema_editor: Any) -> None:
        """The extension stays, others may use it."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    return migrations.RunPython(install, remove)
