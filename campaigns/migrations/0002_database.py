"""No door to an honour but the decision: the database refuses one whose gates are not passed (R-115…R-117).

Whatever writes the row (a form, an import, a command, a job, a person at the database), it is refused unless its
recommendation stood on a public notice that was issued and has ended before the decision, unless every objection to
that notice has a result and none against this line or the whole was upheld, and unless the round has its basis.
"""

from typing import Any

from django.db import migrations

MESSAGE = "commendation past its gates"
PASSED = """
EXISTS (
    SELECT 1 FROM publishing_publication AS notice
    JOIN publishing_publicationline AS line ON line.publication_id = notice.id
    JOIN campaigns_nomination AS nominee ON nominee.id = NEW.nomination_id
    JOIN campaigns_awardkind AS kind ON kind.id = nominee.kind_id
    JOIN campaigns_awardround AS round ON round.id = kind.round_id
    WHERE notice.id = NEW.notice_id AND round.notice_id = notice.id
    AND notice.state = 'published' AND notice.kind = 'notice' AND notice.ends_on < NEW.decided_on
    AND notice.ends_on = NEW.publicity_ended_on
    AND line.subject_pk = CAST(nominee.id AS VARCHAR(64)) AND nominee.state = 'awarded'
    AND round.basis_number <> '' AND round.basis_file_id IS NOT NULL AND round.state = 'decided'
    AND NOT EXISTS (
        SELECT 1 FROM publishing_objection AS objection
        WHERE objection.publication_id = notice.id
        AND (objection.state IN ('received', 'investigating')
             OR (objection.state = 'upheld' AND (objection.line_id IS NULL OR objection.line_id = line.id)))
    )
)
"""
FUNCTION = f"""
CREATE OR REPLACE FUNCTION campaigns_commendation_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {PASSED} THEN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$
"""
TABLE, NAME = "campaigns_commendation", "campaigns_commendation_gate"
MOVED = "nomination_id, notice_id, decided_on, publicity_ended_on"


def forwards(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(FUNCTION)
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE OF {MOVED} ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION {NAME}()"
        )
    elif vendor == "sqlite":
        for verb, name in (("INSERT", "insert"), (f"UPDATE OF {MOVED}", "update")):
            schema_editor.execute(
                f"CREATE TRIGGER {NAME}_{name} BEFORE {verb} ON {TABLE} "
                f"WHEN NOT {PASSED} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def backwards(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")
    elif vendor == "sqlite":
        for name in ("insert", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{name}")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("publishing", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
