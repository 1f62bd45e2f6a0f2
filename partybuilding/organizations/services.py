"""Every write of Party organisations: setting up, changing, covering, dissolving."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localdate

from associations.registry.enums import NameKind
from associations.registry.models import Association, Department, TreeLock
from associations.registry.services import (
    COMMITTEE_KINDS,
    checked,
    refuse_ended,
    refuse_future,
    require_role,
    touch,
    within_scope,
)
from partybuilding.coverage.enums import ESTABLISH_TASK
from partybuilding.coverage.rules import is_eligible
from partybuilding.coverage.selectors import coverage_facts, coverage_rules
from partybuilding.establishment.services import settle_plans
from partybuilding.organizations.enums import Cover, EstablishmentMode, OrganizationKind
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization, PartyOrganizationName
from partybuilding.organizations.rules import (
    Finding,
    OrganizationFacts,
    combination_problem,
    cover_of,
    initiator_problem,
    organization_findings,
    parent_problem,
)
from partybuilding.organizations.selectors import may_manage, organization_rules, own_and_below
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.importing.sources import by_hand
from portal.notices.services import close_for_subject
from portal.workflow.services import update_versioned

TREE = "party_organizations"
RECORDERS = DEPARTMENT | {Role.PARTY_COMMITTEE}
WRITABLE = frozenset(
    {
        *("name", "kind", "establishment_mode", "committee", "parent", "established_on", "approval_number"),
        *("term_started_on", "full_member_count", "probationary_member_count", "initiator", "remark"),
    }
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, and what the rule book remarks on it."""

    organization: PartyOrganization
    findings: list[Finding]


def record_party_organization(
    *,
    name: str,
    kind: str,
    establishment_mode: str,
    committee: Department,
    associations: Iterable[Association],
    approval_number: str,
    established_on: date,
    actor: Actor,
    now: datetime,
    versions: dict[int, int] | None = None,
    parent: PartyOrganization | None = None,
    full_member_count: int | None = None,
    probationary_member_count: int | None = None,
    term_started_on: date | None = None,
    ends_shared: bool = True,
    initiator: str = "",
    remark: str = "",
) -> Recorded:
    """Record a Party organisation that its superior committee has approved, and the associations it covers.

    `versions` are the versions of associations the person saw. With `ends_shared`, an own organisation ends the joint
    cover of its association the day before. An own organisation closes the tasks that asked for it, with the approval
    number as evidence. What R-070…R-073 remark comes back as findings. Raises `Refused`, `Conflict`.
    """
    require_role(actor, RECORDERS, "登记党组织")
    covered = list(dict.fromkeys(associations))
    _check_scope(actor, committee, covered, parent)
    refuse_future(established_on, now, "成立日期")
    for association in covered:
        refuse_ended(association, established_on)
    if not approval_number.strip():
        raise Refused("organization.approval", "党组织由上级党委批准设立。请填写批复文号。")
    _check_combination(kind, establishment_mode, len(covered), initiator.strip())
    _check_name(name)
    is_own = cover_of(kind, establishment_mode) == Cover.OWN
    organization = PartyOrganization(
        name=name.strip(),
        kind=kind,
        establishment_mode=establishment_mode,
        committee=committee,
        parent=parent,
        approval_number=approval_number.strip(),
        established_on=established_on,
        full_member_count=full_member_count,
        probationary_member_count=probationary_member_count,
        term_started_on=term_started_on,
        initiator=initiator.strip(),
        remark=remark.strip(),
    )
    with transaction.atomic():
        for association in covered:
            touch(association, version=(versions or {}).get(association.pk), now=now)
        if parent is not None:
            _lock_tree()
            _check_place(organization, actor)
        checked(organization).save()
        if is_own and parent is None:
            _refuse_second_own(covered, established_on)
        if is_own and ends_shared:
            _end_shared(covered, established_on)
        for association in covered:
            checked(
                CoveredAssociation(organization=organization, association=association, starts_on=established_on)
            ).save()
        findings = findings_of(organization, actor=actor, on=established_on)
        record(
            "party_organizations.establish",
            actor=actor,
            subject=organization,
            after=_facts(organization) | {"covers": [str(one) for one in covered]},
            reason="".join(finding.text for finding in findings),
            now=now,
        )
        if is_own:
            for association in covered:
                settle_plans(association, established_on)
            evidence = f"已成立「{organization.name}」，批复文号{organization.approval_number}。"
            for association in covered:
                close_for_subject(association, kinds=(ESTABLISH_TASK,), evidence=evidence, actor=actor, now=now)
    return Recorded(organization, findings)


def _check_scope(
    actor: Actor, committee: Department, covered: list[Association], parent: PartyOrganization | None
) -> None:
    if committee.kind not in COMMITTEE_KINDS:
        raise Refused(
            "organization.committee",
            f"「{committee}」是{committee.get_kind_display()}。请选择党组织所属的综合（行业）党委。",
        )
    if not covered:
        raise Refused("organization.covers_none", "还没有选择所在社会组织。请至少选择一家。")
    if actor.role == Role.PARTY_COMMITTEE:
        own = Department.objects.unscoped("the committees below the actor's own")
        if not own.filter(own_and_below(actor), pk=committee.pk).exists():
            raise Refused("scope.outside", f"「{committee}」不是本党委或下级党委。请选择本党委系统内的党委。")
    reach = set(scoped(Association, actor).filter(pk__in=[one.pk for one in covered]).values_list("pk", flat=True))
    outside = [one for one in covered if one.pk not in reach]
    if outside:
        raise Refused("scope.outside", f"所选社会组织中有{len(outside)}家不在您的管理范围内。请重新选择。")
    if parent is not None:
        within_scope(parent, actor, "上级党组织")


def _check_combination(kind: str, mode: str, number: int, initiator: str = "") -> None:
    problem = combination_problem(kind, mode, number) or initiator_problem(mode, initiator)
    if problem:
        raise Refused("organization.combination", problem)


def _check_name(name: str, organization: PartyOrganization | None = None) -> None:
    key = name_key(name)
    with everything("names of Party organisations are unique"):
        same = PartyOrganization.objects.filter(key=key)
        known = same.exclude(pk=organization.pk) if organization else same
        if known.exists():
            raise Refused("organization.known", f"「{name}」已登记。请先查询；确为另一个党组织的，请写明全称。")


def _holding(association: Association, day: date) -> Any:
    """Relations that still cover an association on a day or later, by organisations not dissolved by then."""
    with everything("the relations of one association"):
        rows = CoveredAssociation.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=day),
            Q(organization__dissolved_on=None) | Q(organization__dissolved_on__gt=day),
            association=association,
        )
        return list(rows.select_related("organization").order_by("pk"))


def _refuse_second_own(covered: list[Association], day: date) -> None:
    for association in covered:
        for row in _holding(association, day):
            organization = row.organization
            if (
                organization.parent_id is None
                and cover_of(organization.kind, organization.establishment_mode) == Cover.OWN
            ):
                raise Refused(
                    "organization.second",
                    f"「{association}」已有单独组建的「{organization}」。"
                    "请填写上级党组织作为其下设组织，或先登记原党组织撤销。",
                )


def _end_shared(covered: list[Association], day: date) -> None:
    for association in covered:
        for row in _holding(association, day):
            organization = row.organization
            is_shared = cover_of(organization.kind, organization.establishment_mode) == Cover.SHARED
            if is_shared and (row.starts_on is None or row.starts_on < day):
                row.ends_on = day - timedelta(days=1)
                row.save(update_fields=["ends_on"])


def findings_of(organization: PartyOrganization, *, actor: Actor, on: date) -> list[Finding]:
    """What R-070…R-073 remark on an organisation on a day."""
    rules = coverage_rules(on)
    with everything("the associations that one organisation covers"):
        covered = organization.covered.filter(Q(ends_on=None) | Q(ends_on__gte=on))
        is_industry = dict(covered.values_list("association", "association__is_industry_association"))
        rows = coverage_facts(
            actor, as_of=on, queryset=Association.objects.filter(pk__in=list(is_industry)), rules=rules
        )
    facts = OrganizationFacts(
        kind=organization.kind,
        establishment_mode=organization.establishment_mode,
        full_member_count=organization.full_member_count,
        covered_count=len(is_industry),
        eligible_industry_count=sum(is_eligible(row.facts, rules) for row in rows if is_industry[row.pk]),
    )
    return organization_findings(facts, organization_rules(on))


def _require_managed(organization: PartyOrganization, actor: Actor) -> None:
    decision = may_manage(actor, organization.committee, f"「{organization}」")
    if not decision:
        raise Refused("organization.foreign", decision.reason)


def change_party_organization(
    organization: PartyOrganization, *, actor: Actor, now: datetime, version: int, **changes: Any
) -> Recorded:
    """Change what is recorded of an organisation; a former name stays findable. Raises `Refused`, `Conflict`."""
    require_role(actor, RECORDERS, "修改党组织")
    _require_managed(organization, actor)
    unknown = changes.keys() - WRITABLE
    if unknown:
        raise TypeError(f"not fields of a Party organisation: {sorted(unknown)}")
    before = {name: getattr(organization, name) for name in changes}
    changed = {name: value for name, value in changes.items() if value != before[name]}
    with everything("the organisation itself"):
        draft = PartyOrganization.objects.get(pk=organization.pk)
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.key = name_key(draft.name)
    derived = {"key": draft.key} if "name" in changed else {}
    with transaction.atomic():
        if {"parent", "kind"} & changed.keys():
            _lock_tree()
        _check_draft(draft, changed, actor, now)
        update_versioned(
            organization,
            version=version,
            changes=changed | derived | by_hand(organization, changed) | {"updated_at": now},
        )
        if "name" in changed and name_key(before["name"]) != organization.key:
            with everything("names of one organisation"):
                PartyOrganizationName.objects.get_or_create(
                    organization=organization,
                    key=name_key(before["name"]),
                    defaults={"name": before["name"], "kind": NameKind.FORMER},
                )
        record(
            "party_organizations.change",
            actor=actor,
            subject=organization,
            before=_shown({name: before[name] for name in changed}),
            after=_shown(changed),
            now=now,
        )
    return Recorded(organization, findings_of(organization, actor=actor, on=localdate(now)))


def _check_draft(draft: PartyOrganization, changed: dict[str, Any], actor: Actor, now: datetime) -> None:
    refuse_future(changed.get("established_on"), now, "成立日期")
    with everything("the associations that one organisation covers"):
        covered = [row.association for row in draft.covered.filter(ends_on=None).select_related("association")]
    if {"kind", "establishment_mode", "initiator"} & changed.keys():
        _check_combination(draft.kind, draft.establishment_mode, max(len(covered), 1), draft.initiator)
    if "name" in changed:
        _check_name(draft.name, draft)
    if "committee" in changed and draft.committee is not None:
        _check_scope(actor, draft.committee, covered, None)
    if {"parent", "kind"} & changed.keys():
        _check_place(draft, actor)
    checked(draft)


def _check_place(draft: PartyOrganization, actor: Actor) -> None:
    """The organisation in its tree: never below itself, a branch below a 总支 or a 党委. Asks for `_lock_tree`."""
    if draft.parent is not None:
        _check_parent(draft, draft.parent, actor)
    if draft.pk is not None:
        with everything("the tree of one association's organisations"):
            kinds = set(draft.children.filter(dissolved_on=None).values_list("kind", flat=True))
        for kind in sorted(kinds):
            problem = parent_problem(kind, draft.kind)
            if problem:
                raise Refused("organization.level", f"「{draft}」有下级{OrganizationKind(kind).label}。{problem}")


def _check_parent(draft: PartyOrganization, parent: PartyOrganization, actor: Actor) -> None:
    within_scope(parent, actor, "上级党组织")
    with everything("the tree of one association's organisations"):
        # As it is under the lock, not as the page showed it.
        fresh = PartyOrganization.objects.get(pk=parent.pk)
        above: PartyOrganization | None = fresh
        while above is not None:
            if above.pk == draft.pk:
                raise Refused(
                    "organization.cycle", f"「{fresh}」在「{draft}」之下，不能作为它的上级。请另选上级党组织。"
                )
            above = above.parent
    if fresh.dissolved_on is not None:
        raise Refused(
            "organization.parent_dissolved",
            f"「{fresh}」已于{fresh.dissolved_on.isoformat()}撤销，不能作为上级。请另选上级党组织。",
        )
    problem = parent_problem(draft.kind, fresh.kind)
    if problem:
        raise Refused("organization.level", problem)


def _lock_tree() -> None:
    """Moves in the tree come one after the other: two of them never close a circle that neither sees."""
    TreeLock.objects.get_or_create(tree=TREE)
    TreeLock.objects.filter(tree=TREE).update(move_count=F("move_count") + 1)


def cover_association(
    organization: PartyOrganization,
    association: Association,
    *,
    starts_on: date,
    actor: Actor,
    now: datetime,
    version: int,
) -> CoveredAssociation:
    """Let a shared organisation cover one more association from a day; `version` is the organisation's."""
    require_role(actor, RECORDERS, "登记覆盖关系")
    _require_managed(organization, actor)
    within_scope(association, actor, "社会组织")
    refuse_future(starts_on, now, "起始日期")
    refuse_ended(association, starts_on)
    if organization.established_on is not None and starts_on < organization.established_on:
        raise Refused(
            "cover.dates",
            f"起始日期{starts_on.isoformat()}早于党组织成立日期{organization.established_on.isoformat()}。请核对日期。",
        )
    with transaction.atomic():
        update_versioned(organization, version=version, changes={"updated_at": now})
        touch(association, version=None, now=now)
        if any(row.organization_id == organization.pk for row in _holding(association, starts_on)):
            raise Refused("cover.known", f"「{organization}」已覆盖「{association}」，不必重复登记。")
        with everything("the associations that one organisation covers"):
            number = organization.covered.filter(Q(ends_on=None) | Q(ends_on__gte=starts_on)).count()
        _check_combination(organization.kind, organization.establishment_mode, number + 1)
        row = CoveredAssociation(organization=organization, association=association, starts_on=starts_on)
        checked(row).save()
        after = {"association": str(association), "starts_on": starts_on}
        record("party_organizations.cover", actor=actor, subject=organization, after=after, now=now)
    return row


def end_cover(
    row: CoveredAssociation, *, ends_on: date, actor: Actor, now: datetime, version: int
) -> CoveredAssociation:
    """End the cover of one association; `version` is the organisation's."""
    require_role(actor, RECORDERS, "终止覆盖关系")
    _require_managed(row.organization, actor)
    if row.starts_on is not None and ends_on < row.starts_on:
        raise Refused(
            "cover.dates", f"终止日期{ends_on.isoformat()}早于起始日期{row.starts_on.isoformat()}。请核对两个日期。"
        )
    with transaction.atomic():
        update_versioned(row.organization, version=version, changes={"updated_at": now})
        touch(row.association, version=None, now=now)
        row.refresh_from_db()
        if row.ends_on is not None and row.ends_on <= ends_on:
            raise Refused("cover.ended", f"这项覆盖关系已于{row.ends_on.isoformat()}终止。")
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        after = {"association": str(row.association), "ends_on": ends_on}
        record("party_organizations.end_cover", actor=actor, subject=row.organization, after=after, now=now)
    return row


def dissolve_party_organization(
    organization: PartyOrganization,
    *,
    dissolved_on: date,
    approval_number: str,
    reason: str,
    actor: Actor,
    now: datetime,
    version: int,
) -> PartyOrganization:
    """Record that an organisation was dissolved: `dissolved_on` is the first day without it; its covers end before.

    Raises `Refused` without approval number or while organisations below it exist, `Conflict` on a stale version.
    """
    require_role(actor, RECORDERS, "登记党组织撤销")
    _require_managed(organization, actor)
    refuse_future(dissolved_on, now, "撤销日期")
    if not approval_number.strip():
        raise Refused("organization.approval", "撤销党组织由上级党委批准。请填写批复文号。")
    if organization.dissolved_on is not None:
        raise Refused("organization.dissolved", f"「{organization}」已于{organization.dissolved_on.isoformat()}撤销。")
    if organization.established_on is not None and dissolved_on <= organization.established_on:
        raise Refused(
            "organization.dates",
            f"撤销日期{dissolved_on.isoformat()}不晚于成立日期{organization.established_on.isoformat()}。请核对日期。",
        )
    last_day = dissolved_on - timedelta(days=1)
    with transaction.atomic():
        update_versioned(organization, version=version, changes={"dissolved_on": dissolved_on, "updated_at": now})
        with everything("what depends on one organisation"):
            below = PartyOrganization.objects.filter(parent=organization, dissolved_on=None).count()
            rows = list(organization.covered.filter(Q(ends_on=None) | Q(ends_on__gt=last_day)))
        if below:
            raise Refused(
                "organization.has_children", f"「{organization}」还有{below}个下级党组织。请先撤销或改属下级。"
            )
        for row in rows:
            if row.starts_on is not None and row.starts_on > last_day:
                raise Refused(
                    "organization.cover_later",
                    f"「{row.association}」自{row.starts_on.isoformat()}起由本组织覆盖，不早于撤销日期。请核对撤销日期。",
                )
            row.ends_on = last_day
            row.save(update_fields=["ends_on"])
            touch(row.association, version=None, now=now)
        record(
            "party_organizations.dissolve",
            actor=actor,
            subject=organization,
            after={"dissolved_on": dissolved_on, "approval_number": approval_number.strip()},
            reason=reason.strip(),
            now=now,
        )
    return organization


def _facts(organization: PartyOrganization) -> dict[str, Any]:
    return _shown({name: getattr(organization, name) for name in sorted(WRITABLE)})


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    labels = {name: str(values[name]) for name in ("committee", "parent") if values.get(name)}
    if "kind" in values:
        labels["kind"] = OrganizationKind(values["kind"]).label
    if "establishment_mode" in values:
        labels["establishment_mode"] = EstablishmentMode(values["establishment_mode"]).label
    return values | labels
