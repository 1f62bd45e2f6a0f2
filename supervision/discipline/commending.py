"""What supervision says at the gates of a commendation (R-115): the associations behind who is recommended."""

from collections.abc import Sequence
from datetime import date

from associations.registry.enums import AssociationStatus
from associations.registry.models import Association, current_on
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from portal.access.scoping import everything
from portal.gates import Finding, Level
from supervision.discipline.rules import WAITING
from supervision.inspections.enums import Conclusion, InspectionState
from supervision.inspections.models import Inspection

RULE = "R-115"
WHY = "what an organisation covers, asked by whoever has reached it"
FINE = Finding(Level.OK, RULE, "监督管理方面没有不得表彰的情形。")
# What R-115 asks and no register of the portal answers: said on the page, never passed over in silence.
UNKNOWN = Finding(
    Level.WARN, RULE, "活动异常名录、严重违法失信名单和立案调查情况没有接入本系统，请向登记管理机关核实后再推荐、表彰。"
)


def organization_findings(organization: PartyOrganization, on: date) -> list[Finding]:
    """What speaks against the associations a Party organisation covers; where one of several is meant, a warning.

    A joint branch does not answer for each association it covers, an individual one does.
    """
    with everything(WHY):
        rows = CoveredAssociation.objects.filter(current_on(on), organization=organization)
        covered = [row.association for row in rows.select_related("association").order_by("association__name", "pk")]
    return association_findings(covered, on, Level.BLOCK if len(covered) == 1 else Level.WARN)


def group_findings(group: GroupOrganization, on: date) -> list[Finding]:
    """A mass organisation stands and falls with its association (C-45)."""
    return association_findings([group.association], on, Level.BLOCK)


def association_findings(associations: Sequence[Association], on: date, level: Level) -> list[Finding]:
    """An association that may not act, that failed its last inspection, or whose filing was returned and is still open;
    a filing that is late is a warning, as R-115 does not name it."""
    by_association: dict[int, list[Inspection]] = {one.pk: [] for one in associations}
    with everything(WHY):
        rows = Inspection.objects.filter(association__in=list(by_association)).select_related("round")
        for inspection in rows.order_by("round__report_year", "pk"):
            by_association[inspection.association_id].append(inspection)
    found = []
    for association in associations:
        if association.status != AssociationStatus.ACTIVE:
            state = association.get_status_display()
            found.append(Finding(level, RULE, f"「{association}」状态为{state}，不能推荐。"))
        own = by_association[association.pk]
        concluded = [
            one
            for one in own
            if one.state == InspectionState.CONCLUDED and one.conclusion_on is not None and one.conclusion_on <= on
        ]
        if concluded and concluded[-1].conclusion == Conclusion.FAILED:
            year = concluded[-1].round.report_year
            found.append(Finding(level, RULE, f"「{association}」{year} 年度年检结论为不合格，不能推荐。"))
        for one in own:
            year = one.round.report_year
            if one.state == InspectionState.RETURNED:
                text = f"「{association}」{year} 年度年检材料已退回补正，还没有办结，不能推荐。请先完成补正。"
                found.append(Finding(level, RULE, text))
            elif one.state in WAITING and one.filing_due_on is not None and one.filing_due_on < on:
                text = f"「{association}」{year} 年度年检应于 {one.filing_due_on.isoformat()} 前报送，尚未报送。"
                found.append(Finding(Level.WARN, RULE, text))
    return [*(found or [FINE]), UNKNOWN]
