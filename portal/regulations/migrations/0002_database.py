"""One value at a time: on PostgreSQL the database refuses overlapping values of one parameter and jurisdiction.

Both ends of a row are inclusive and an empty end is open. SQLite has no exclusion constraints; there the service that
writes refuses alone.
"""

from typing import Any

from django.db import migrations


def install(apps: Any, schema_editor: Any) -> None:
    """Add the constraint; needs the right to create the trusted extension btree_gist."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    schema_editor.execute(
        "ALTER TABLE regulations_parameter ADD CONSTRAINT regulations_parameter_no_overlap EXCLUDE USING gist "
        "(code WITH =, coalesce(region_id, 0) WITH =, daterange(starts_on, ends_on, '[]') WITH &&)"
    )


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the constraint; the extension stays, others may use it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE regulations_parameter DROP CONSTRAINT regulations_parameter_no_overlap")


class Migration(migrations.Migration):
    dependencies = [("regulations", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
