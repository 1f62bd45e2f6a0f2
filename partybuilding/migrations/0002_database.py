"""What the database itself sees to: the same two are never related twice at once; writes to what coverage counts
leave a mark.

Every write to a fact of the two coverages marks the associations it is about, by whatever door it comes: a form, an
import, a command, a person at the database. PostgreSQL marks once a statement, a statement about very many marks them
all at once (no association); a mark becomes visible with the write it belongs to. SQLite marks row by row.
"""

from typing import Any

from django.db import migrations

from portal.overlaps import no_overlap

MARKS = "partybuilding_coveragemark"
FUNCTION = "partybuilding_mark_coverage"
# More than a minute of hand work writes to; less than what is read anew by itself quicker than with all the others.
AT_ONCE = 500
# Table → the associations that rows of it are about; {rows} are those written, {row} is one of them.
OWN = ("SELECT association_id FROM {rows}", "SELECT {row}.association_id AS id")
WATCHED = {
    "associations_association": ("SELECT id FROM {rows}", "SELECT {row}.id AS id"),
    "associations_assignment": OWN,
    "associations_grade": OWN,
    "associations_partymembercount": OWN,
    "partybuilding_coveredassociation": OWN,
    "partybuilding_establishmentplan": OWN,
    "partybuilding_grouporganization": OWN,
    "partybuilding_instructorassignment": OWN,
    "partybuilding_instructor": (
        "SELECT association_id FROM partybuilding_instructorassignment WHERE instructor_id IN (SELECT id FROM {rows})",
        "SELECT association_id AS id FROM partybuilding_instructorassignment WHERE instructor_id = {row}.id",
    ),
    "partybuilding_partyorganization": (
        "SELECT association_id FROM partybuilding_coveredassociation WHERE organization_id IN (SELECT id FROM {rows})",
        "SELECT association_id AS id FROM partybuilding_coveredassociation WHERE organization_id = {row}.id",
    ),
    "regions_region": (
        "SELECT id FROM associations_association WHERE region_id IN (SELECT id FROM {rows})",
        "SELECT id FROM associations_association WHERE region_id = {row}.id",
    ),
}
BODY = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written bigint[];
BEGIN
    IF TG_OP <> 'TRUNCATE' THEN
        EXECUTE 'SELECT array_agg(id) FROM (SELECT DISTINCT id FROM (' || TG_ARGV[0]
            || ') AS about(id) LIMIT {AT_ONCE + 1}) AS found'
        INTO written;
    END IF;
    IF TG_OP = 'TRUNCATE' OR cardinality(written) > {AT_ONCE} THEN
        INSERT INTO {MARKS} (association_id) VALUES (NULL);
    ELSE
        INSERT INTO {MARKS} (association_id) SELECT unnest(written);
    END IF;
    RETURN NULL;
END
$$
"""  # noqa: S608
# Statement → its tables of rows before and after.
SETS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def trigger(table: str, verb: str) -> str:
    return f"{table}_coverage_{verb.lower()}"


def on_postgresql(table: str) -> list[str]:
    found = []
    for verb, sides in SETS.items():
        names = {side: f"{side.lower()}_rows" for side in sides}
        about = " UNION ALL ".join(WATCHED[table][0].format(rows=name) for name in names.values())
        tables = " ".join(f"{side} TABLE AS {name}" for side, name in names.items())
        found.append(
            f"CREATE TRIGGER {trigger(table, verb)} AFTER {verb} ON {table} REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}('{about}')"
        )
    found.append(
        f"CREATE TRIGGER {trigger(table, 'TRUNCATE')} AFTER TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )
    return found


def on_sqlite(table: str) -> list[str]:
    """A mark that stands already is enough: nobody else writes before this transaction ends."""
    found = []
    for verb, sides in SETS.items():
        about = " UNION ".join(WATCHED[table][1].format(row=side) for side in sides)
        is_new = f"NOT EXISTS (SELECT 1 FROM {MARKS} WHERE association_id = about.id)"  # noqa: S608
        mark = f"INSERT INTO {MARKS} (association_id) SELECT id FROM ({about}) AS about WHERE {is_new}"  # noqa: S608
        found.append(f"CREATE TRIGGER {trigger(table, verb)} AFTER {verb} ON {table} BEGIN {mark}; END")
    return found


def watch(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(BODY)
    for table in WATCHED:
        for statement in {"postgresql": on_postgresql, "sqlite": on_sqlite}[vendor](table):
            schema_editor.execute(statement)


def leave(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in WATCHED:
        for verb in (*SETS, *(["TRUNCATE"] if is_postgresql else [])):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger(table, verb)}{f' ON {table}' * is_postgresql}")
    if is_postgresql:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")


class Migration(migrations.Migration):
    dependencies = [("partybuilding", "0001_initial")]
    operations = [
        no_overlap(
            "partybuilding_coveredassociation", "covered_no_overlap", "organization_id + 0", "association_id + 0"
        ),
        no_overlap(
            "partybuilding_instructorassignment", "instructor_no_overlap", "instructor_id + 0", "association_id + 0"
        ),
        no_overlap("partybuilding_establishmentplan", "establishment_plan_no_overlap", "association_id + 0"),
        no_overlap("partybuilding_grouporganization", "group_no_overlap", "association_id + 0", "kind || ''"),
        no_overlap(
            "partybuilding_agreement",
            "agreement_no_overlap",
            "organization_id + 0",
            "association_id + 0",
            "kind || ''",
        ),
        no_overlap("partybuilding_secretary", "secretary_no_overlap", "organization_id + 0"),
        migrations.RunPython(watch, leave),
    ]
