"""Nobody shares a role: on PostgreSQL the database refuses overlapping assignments of one association and role.

Both ends of a row are inclusive and an empty end is open, as everywhere. SQLite has no exclusion constraints; there the
service alone decides, which writes one after the other.
"""

from typing import Any, NamedTuple

from django.db import migrations


class Exclusion(NamedTuple):
    table: str
    name: str
    columns: tuple[str, ...]


EXCLUSIONS = (Exclusion("associations_assignment", "assignment_no_overlap", ("association_id", "role")),)


def install(apps: Any, schema_editor: Any) -> None:
    """Add the constraints; needs the right to create the trusted extension btree_gist."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for table, name, columns in EXCLUSIONS:
        same = ", ".join(f"{column} WITH =" for column in columns)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} "
            f"EXCLUDE USING gist ({same}, daterange(starts_on, ends_on, '[]') WITH &&)"
        )


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the constraints; the extension stays, others may use it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, name, _columns in EXCLUSIONS:
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("associations", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
