"""A signed report is frozen in the database too: its figures, its lists and its final documents."""

from typing import Any

from django.db import migrations

MESSAGE = "a signed report is frozen"
FROZEN = ("state", "number", "title", "as_of", "params", "data", "data_sha256", "built_at", "locked_at", "locked_by_id")
LISTS = ("reporting_reportrow", "reporting_reportdrill")

POSTGRESQL = [
    f"""
CREATE OR REPLACE FUNCTION reporting_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation';
END
$$
""",
    f"""
CREATE OR REPLACE FUNCTION reporting_frozen_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF 'locked' IN (SELECT state FROM reporting_reportrun WHERE id IN (OLD.run_id, NEW.run_id)) THEN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$
""",  # noqa: S608 - a message of ours
    "CREATE TRIGGER reporting_run_no_delete BEFORE DELETE ON reporting_reportrun FOR EACH ROW "
    "WHEN (OLD.state = 'locked') EXECUTE FUNCTION reporting_frozen()",
    "CREATE TRIGGER reporting_run_no_update BEFORE UPDATE ON reporting_reportrun FOR EACH ROW "
    f"WHEN (OLD.state = 'locked' AND ({' OR '.join(f'NEW.{name} IS DISTINCT FROM OLD.{name}' for name in FROZEN)})) "
    "EXECUTE FUNCTION reporting_frozen()",
    "CREATE TRIGGER reporting_file_no_delete BEFORE DELETE ON reporting_reportfile FOR EACH ROW "
    "WHEN (OLD.is_final AND OLD.stored_id IS NOT NULL) EXECUTE FUNCTION reporting_frozen()",
    "CREATE TRIGGER reporting_file_no_update BEFORE UPDATE ON reporting_reportfile FOR EACH ROW "
    "WHEN (OLD.is_final AND OLD.stored_id IS NOT NULL AND (NEW.stored_id IS DISTINCT FROM OLD.stored_id OR "
    "NOT NEW.is_final OR NEW.run_id <> OLD.run_id)) EXECUTE FUNCTION reporting_frozen()",
    *(
        f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION reporting_frozen_list()"
        for table in LISTS
    ),
]


def _sqlite(name: str, moment: str, condition: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {moment} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"


def _is_locked(row: str) -> str:
    return f"(SELECT state FROM reporting_reportrun WHERE id = {row}.run_id) = 'locked'"  # noqa: S608 - NEW or OLD


SQLITE = [
    _sqlite("reporting_run_no_delete", "DELETE ON reporting_reportrun", "OLD.state = 'locked'"),
    _sqlite(
        "reporting_run_no_update",
        "UPDATE ON reporting_reportrun",
        f"OLD.state = 'locked' AND ({' OR '.join(f'NEW.{name} IS NOT OLD.{name}' for name in FROZEN)})",
    ),
    _sqlite("reporting_file_no_delete", "DELETE ON reporting_reportfile", "OLD.is_final AND OLD.stored_id IS NOT NULL"),
    _sqlite(
        "reporting_file_no_update",
        "UPDATE ON reporting_reportfile",
        "OLD.is_final AND OLD.stored_id IS NOT NULL AND (NEW.stored_id IS NOT OLD.stored_id OR NOT NEW.is_final "
        "OR NEW.run_id <> OLD.run_id)",
    ),
    *(_sqlite(f"{table}_no_insert", f"INSERT ON {table}", _is_locked("NEW")) for table in LISTS),
    *(
        _sqlite(f"{table}_no_update", f"UPDATE ON {table}", f"{_is_locked('OLD')} OR {_is_locked('NEW')}")
        for table in LISTS
    ),
    *(_sqlite(f"{table}_no_delete", f"DELETE ON {table}", _is_locked("OLD")) for table in LISTS),
]
TRIGGERS = {
    "reporting_reportrun": ("reporting_run_no_delete", "reporting_run_no_update"),
    "reporting_reportfile": ("reporting_file_no_delete", "reporting_file_no_update"),
}


def install(schema_editor: Any) -> None:
    """Create the triggers."""
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}
    for statement in statements.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


def remove(schema_editor: Any) -> None:
    """Drop the triggers."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        for table, names in TRIGGERS.items():
            for name in names:
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        for table in LISTS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
        schema_editor.execute("DROP FUNCTION IF EXISTS reporting_frozen()")
        schema_editor.execute("DROP FUNCTION IF EXISTS reporting_frozen_list()")
    elif vendor == "sqlite":
        names = [name for found in TRIGGERS.values() for name in found]
        names += [f"{table}_no_{verb}" for table in LISTS for verb in ("insert", "update", "delete")]
        for name in names:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


def forwards(apps: Any, schema_editor: Any) -> None:
    install(schema_editor)


def backwards(apps: Any, schema_editor: Any) -> None:
    remove(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
