"""What Party building says at the gates of a commendation (R-115): organisations, members, workers."""

from datetime import date
from typing import Any

from partybuilding.appraisal.enums import MemberGrading
from partybuilding.appraisal.models import MemberGrade
from partybuilding.members.enums import MembershipState
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import GroupOrganization, PartyOrganization
from partybuilding.terms.enums import TermState
from partybuilding.terms.rules import term_state
from partybuilding.terms.selectors import present_term, term_rules
from portal.access.scoping import everything
from portal.gates import Finding, Level, Provider

RULE = "R-115"
FINE = Finding(Level.OK, RULE, "党建方面没有不得表彰的情形。")
# What R-115 asks and no register of the portal answers: said on the page, never passed over in silence.
UNKNOWN = Finding(Level.WARN, RULE, "党费交纳和党纪处分没有登记册，以推荐单位的确认为准，请查阅原始记录核实。")
ORGANIZATION, MEMBER, WORKER = "commendation.organization", "commendation.member", "commendation.worker"
GROUP = "commendation.group"


def organization_findings(organization: PartyOrganization, on: date) -> list[Finding]:
    """An organisation that is dissolved, or whose election is overdue, is not commended."""
    if organization.dissolved_on is not None and organization.dissolved_on <= on:
        return [Finding(Level.BLOCK, RULE, f"「{organization}」已于 {organization.dissolved_on} 撤销，不能推荐。")]
    rules = term_rules(on)
    term = present_term(organization, rules)
    state = term_state(organization.kind, term, on, rules)
    if state == TermState.OVERDUE and term is not None:
        return [
            Finding(
                Level.BLOCK,
                RULE,
                f"「{organization}」任期已于 {term.due_on} 届满，逾期 {(on - term.due_on).days} 日没有换届，不能推荐。"
                "请先完成换届，或登记经批准的延期。",
            )
        ]
    if state == TermState.UNREPORTED:
        return [Finding(Level.WARN, RULE, f"「{organization}」没有登记本届起始日期，无法判断是否按期换届。请核对。")]
    return [FINE]


def member_findings(member: PartyMember, on: date) -> list[Finding]:
    """A member is commended from the roster on which the relation stands."""
    if not _holds(member, on):
        return [Finding(Level.BLOCK, RULE, f"「{member}」已不在党组织名册上，不能推荐。")]
    if member.is_lost:
        return [Finding(Level.BLOCK, RULE, f"「{member}」登记为失去联系，不能推荐。请先核实。")]
    if member.relation_in_organization is False:
        return [Finding(Level.BLOCK, RULE, f"「{member}」的组织关系不在本组织，应由组织关系所在党组织推荐。")]
    with everything("the last appraisal of one member"):
        grade = MemberGrade.objects.filter(member=member, review__held_on__lte=on).select_related("review")
        last = grade.order_by("-review__year", "-pk").first()
    if last is not None and last.grade in (MemberGrading.BASIC, MemberGrading.FAILING):
        text = (
            f"「{member}」{last.review.year} 年度民主评议结果为{last.get_grade_display()}，须为优秀或合格，不能推荐。"
        )
        return [Finding(Level.BLOCK, RULE, text)]
    if member.membership_state == MembershipState.PROBATIONARY:
        return [Finding(Level.WARN, RULE, f"「{member}」是预备党员，是否可以推荐请按表彰文件核对。"), UNKNOWN]
    return [FINE, UNKNOWN]


def worker_findings(secretary: Secretary, on: date) -> list[Finding]:
    """Who no longer holds the post is not commended for it."""
    if _holds(secretary, on):
        return [FINE, UNKNOWN]
    return [Finding(Level.BLOCK, RULE, f"「{secretary}」已不担任党组织书记，不能作为现任党务工作者推荐。")]


def group_findings(group: GroupOrganization, on: date) -> list[Finding]:
    """A mass organisation that was dissolved has no honours of its own (C-45)."""
    if _holds(group, on):
        return [FINE]
    return [Finding(Level.BLOCK, RULE, f"「{group}」在 {on.isoformat()} 没有存续，不能推荐。请核对群团组织登记。")]


def _holds(row: Any, on: date) -> bool:
    return (row.starts_on is None or row.starts_on <= on) and (row.ends_on is None or on <= row.ends_on)


GATES: dict[str, Provider] = {
    ORGANIZATION: organization_findings,
    MEMBER: member_findings,
    WORKER: worker_findings,
    GROUP: group_findings,
}
