"""Steps that the register itself answers."""

from collections.abc import Collection
from datetime import date

from associations.checklists.rules import Answer
from associations.registry.models import Association
from portal.access.scoping import everything


def charter_clause(associations: Collection[int], day: date) -> dict[int, Answer]:
    """The charter has its Party-building clause (R-080)."""
    with everything("the charters of checklists that were reached"):
        rows = Association.objects.filter(pk__in=associations, charter_has_party_clause=True)
        found = dict(rows.values_list("pk", "charter_party_clause_on"))
    return {
        pk: Answer(f"章程已写入党的建设内容（{on.isoformat() if on else '日期未登记'}）。", on)
        for pk, on in found.items()
        if on is None or on <= day
    }
