"""Everything that speaks against a commendation, from every wing and from the campaign itself (R-112, R-115, R-116)."""

from datetime import date
from typing import Any

from campaigns.commendations.models import AwardKind, AwardRound, Nomination
from campaigns.commendations.rules import basis_problem, declared_vetoes, years_problem
from campaigns.guidance.enums import NoticeState
from campaigns.guidance.models import RectificationNotice
from campaigns.methods.models import MethodRecord
from campaigns.plans.enums import OF_GROUPS, MethodForm, Target
from campaigns.plans.models import Method, Unit
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import GroupOrganization, PartyOrganization
from partybuilding.standing.commending import GROUP, MEMBER, ORGANIZATION, WORKER
from portal import gates
from portal.access.scoping import everything
from portal.gates import Finding, Level
from portal.publishing.rules import THREE_NO
from portal.regulations.selectors import value

YEARS = "commendation.worker_years"
WHY = "what speaks against one nominee, asked by whoever has reached it"

__all__ = ["GROUP", "MEMBER", "ORGANIZATION", "THREE_NO", "WORKER", "basis_findings", "findings_for", "findings_of"]


def basis_findings(subject: Any, on: date) -> list[Finding]:
    """R-116 for rounds and what is published about them: no basis document, no round and no publicity."""
    found = _round_of(subject)
    if found is None:
        return []
    problem = basis_problem(found.basis_title, found.basis_number, has_file=found.basis_file_id is not None)
    if problem:
        return [Finding(Level.BLOCK, "R-116", problem)]
    return [Finding(Level.OK, "R-116", f"表彰依据：{found.basis}。")]


def _round_of(subject: Any) -> AwardRound | None:
    if isinstance(subject, AwardRound):
        return subject
    if getattr(subject, "subject_model", "") != AwardRound._meta.label:
        return None
    with everything("the round that a notice is about"):
        return AwardRound.objects.filter(pk=subject.subject_pk).first()


def findings_for(
    kind: AwardKind,
    organization: PartyOrganization,
    member: PartyMember | None,
    secretary: Secretary | None,
    group: GroupOrganization | None = None,
    *,
    on: date,
    appraisal: str = "",
    dues_paid: bool | None = None,
    no_discipline: bool | None = None,
) -> list[Finding]:
    """What every wing says about one who is or would be recommended; only `block` stops (R-115)."""
    with everything(WHY):
        if kind.target == Target.ORGANIZATION:
            found = gates.check(ORGANIZATION, organization, on=on)
        elif kind.target in OF_GROUPS:
            found = (
                [_block("没有写明推荐的是哪个群团组织。请选择。")]
                if group is None
                else gates.check(GROUP, group, on=on)
            )
        elif member is not None:
            found = gates.check(MEMBER, member, on=on)
        elif secretary is not None:
            found = gates.check(WORKER, secretary, on=on)
            found += [_block(years_problem(secretary.starts_on, on, int(value(YEARS, on=on))))]
        else:
            found = [_block("没有写明推荐的是谁。请从名册中选择。")]
        found += [
            _block(text)
            for text in declared_vetoes(kind.target, appraisal, dues_paid=dues_paid, no_discipline=no_discipline)
        ]
        unit = Unit.objects.filter(campaign=kind.round.campaign_id, organization=organization, left_on=None).first()
        if unit is None:
            found.append(_block(f"「{organization}」没有参加这项活动，或已退出，不能推荐。"))
        elif kind.target not in OF_GROUPS:
            found.append(_block(methods_problem(unit)))
        if unit is not None:
            found += rectification_findings(unit, on)
    return [one for one in found if one.text]


def rectification_findings(unit: Unit, on: date) -> list[Finding]:
    """A unit that was told to put something right and has not in time is not commended (C-28)."""
    found = []
    rows = RectificationNotice.objects.unscoped(WHY).filter(unit=unit).exclude(state=NoticeState.CLOSED)
    for notice in rows.order_by("due_on", "pk"):
        is_late = notice.due_on < on
        text = f"「{unit}」{notice.issued_on.isoformat()} 的整改意见还没有销号（整改期限 {notice.due_on.isoformat()}）"
        ending = "，已逾期，不能推荐。请先完成整改。" if is_late else "。请核对整改进展。"
        found.append(Finding(Level.BLOCK if is_late else Level.WARN, "C-28", text + ending))
    return found


def methods_problem(unit: Unit) -> str:
    """R-112: who is commended has done every method that comes before; "" when it has."""
    done = MethodRecord.objects.unscoped(WHY).filter(unit=unit).values("method")
    rows = Method.objects.unscoped(WHY).filter(campaign=unit.campaign_id).exclude(form=MethodForm.COMMENDATION)
    missing = [f"「{one}」" for one in rows.exclude(pk__in=done).order_by("number")]
    if not missing:
        return ""
    return f"「{unit}」还没有完成{'、'.join(missing)}，不能推荐。请先完成并登记。"


def findings_of(nomination: Nomination, on: date) -> list[Finding]:
    """The same for a recommendation that was made."""
    return findings_for(
        nomination.kind,
        nomination.organization,
        nomination.member,
        nomination.secretary,
        nomination.group,
        on=on,
        appraisal=nomination.appraisal,
        dues_paid=nomination.dues_paid,
        no_discipline=nomination.no_discipline,
    )


def _block(text: str) -> Finding:
    return Finding(Level.BLOCK, "R-115", text)
