"""What supervision says at the gate of a commendation (R-115): the associations that a Party organisation covers."""

from datetime import date

from associations.registry.enums import AssociationStatus
from associations.registry.models import current_on
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from portal.access.scoping import everything
from portal.gates import Finding, Level
from supervision.inspections.enums import Conclusion, InspectionState
from supervision.inspections.models import Inspection

RULE = "R-115"
WHY = "what an organisation covers, asked by whoever has reached it"


def organization_findings(organization: PartyOrganization, on: date) -> list[Finding]:
    """A failed inspection, or an association that may not act, is a veto; where one of several is meant, a warning.

    A joint branch does not answer for each association it covers, an individual one does.
    """
    with everything(WHY):
        rows = CoveredAssociation.objects.filter(current_on(on), organization=organization)
        covered = [row.association for row in rows.select_related("association").order_by("association__name", "pk")]
        last: dict[int, Inspection] = {}
        concluded = Inspection.objects.filter(
            association__in=[one.pk for one in covered], state=InspectionState.CONCLUDED, conclusion_on__lte=on
        )
        for inspection in concluded.select_related("round").order_by("round__report_year", "pk"):
            last[inspection.association_id] = inspection
    level = Level.BLOCK if len(covered) == 1 else Level.WARN
    found = []
    for association in covered:
        if association.status != AssociationStatus.ACTIVE:
            found.append(
                Finding(level, RULE, f"「{association}」状态为{association.get_status_display()}，其党组织不能推荐。")
            )
        latest = last.get(association.pk)
        if latest is not None and latest.conclusion == Conclusion.FAILED:
            year = latest.round.report_year
            found.append(Finding(level, RULE, f"「{association}」{year} 年度年检结论为不合格，其党组织不能推荐。"))
    return found or [Finding(Level.OK, RULE, "监督管理方面没有不得表彰的情形。")]
