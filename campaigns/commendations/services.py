"""Every write of commendation rounds up to the list that goes before the public."""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.services import checked, require_role, within_scope
from campaigns.commendations.enums import ACTIVE, Base, NominationState, RoundState
from campaigns.commendations.models import AwardKind, AwardRound, Nomination, Quota
from campaigns.commendations.rules import largest_remainder, may_nominate
from campaigns.commendations.selectors import (
    WHOLE,
    choose_facts,
    drop_facts,
    nominate_facts,
    nominations_of,
    open_facts,
    publicity_facts,
    quota_bases,
    return_facts,
    take_back_facts,
)
from campaigns.commendations.transitions import CANCEL, CHOOSE, DROP, OPEN, PUBLICISE, RETURN, TAKE_BACK
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.running import check_runner, desk_of
from campaigns.plans.transitions import PLANNERS
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import GroupOrganization, PartyOrganization
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.notices.services import NewTask, close_for_subject, open_many
from portal.publishing.enums import PublicationKind, PublicationState
from portal.publishing.rules import line_problem
from portal.publishing.services import Holder, Line, draft_publication, topic_of, withdraw_publication
from portal.workflow.services import apply, update_versioned

NOMINATE_TASK = "award_nominate"


def holder_of(campaign: Campaign) -> Holder:
    """In whose name the notices of a campaign go out."""
    return Holder(*desk_of(campaign))


def round_url(one: AwardRound) -> str:
    return reverse("campaigns:award_round", args=[one.pk])


def _check_draft(one: AwardRound, actor: Actor, what: str) -> None:
    check_runner(one.campaign, actor, what)
    if one.state != RoundState.DRAFT:
        raise Refused(
            "award.state", f"「{one}」{one.get_state_display()}，不能{what}。开始推荐后，类别和名额不再改动。"
        )


def create_round(campaign: Campaign, *, actor: Actor, now: datetime, **values: Any) -> AwardRound:
    """Plan a round of a campaign; opening it asks for its basis (R-116)."""
    check_runner(campaign, actor, "拟定评选")
    one = AwardRound(campaign=campaign, **values)
    with transaction.atomic():
        checked(one).save()
        record("campaigns.create_award_round", actor=actor, subject=one, after={"title": one.title}, now=now)
    return one


def change_round(
    one: AwardRound, *, file: StoredFile | None, actor: Actor, now: datetime, version: int, **values: Any
) -> AwardRound:
    """Change a round that has not begun; a file that is not given stays."""
    _check_draft(one, actor, "修改评选")
    changes: dict[str, Any] = {**values, "updated_at": now}
    if file is not None:
        changes["basis_file"] = file
    trial = copy(one)
    for name, value in changes.items():
        setattr(trial, name, value)
    checked(trial)
    before = {name: getattr(one, name) for name in values}
    with transaction.atomic():
        update_versioned(one, version=version, changes=changes)
        record("campaigns.change_award_round", actor=actor, subject=one, before=before, after=dict(values), now=now)
    return one


def save_kind(
    one: AwardRound, kind: AwardKind | None, *, actor: Actor, now: datetime, version: int, **values: Any
) -> AwardKind:
    """Add or change what is awarded in a round that has not begun. `version` is the round's."""
    _check_draft(one, actor, "修改表彰类别")
    row = kind or AwardKind(round=one)
    for name, value in values.items():
        setattr(row, name, value)
    with transaction.atomic():
        update_versioned(one, version=version, changes={"updated_at": now})
        checked(row).save()
        after = {"title": row.title, "total": row.total}
        record("campaigns.save_award_kind", actor=actor, subject=one, after=after, now=now)
    return row


def remove_kind(kind: AwardKind, *, actor: Actor, now: datetime, version: int) -> None:
    """Take a kind, with its places, out of a round that has not begun."""
    one = kind.round
    _check_draft(one, actor, "删去表彰类别")
    with transaction.atomic():
        update_versioned(one, version=version, changes={"updated_at": now})
        label = str(kind)
        with everything(WHOLE):
            kind.delete()
        record("campaigns.remove_award_kind", actor=actor, subject=one, before={"kind": label}, now=now)


def distribute(
    kind: AwardKind, units: Sequence[Unit], *, by: str, actor: Actor, now: datetime, version: int
) -> list[Quota]:
    """Give the places of a kind to some units by largest remainder (R-115a); places given before are replaced.

    Raises `Refused` when none of the units has a member or an organisation to go by.
    """
    one = kind.round
    _check_draft(one, actor, "分配名额")
    _check_units(one, units)
    bases = quota_bases(one.campaign, units, by, localdate(now))
    if not sum(bases.values()):
        raise Refused(
            "award.base", f"所选单位的{Base(by).label}合计为 0，无法按比例分配。请核对名册，或手工填写各单位名额。"
        )
    shares = largest_remainder(kind.total, bases)
    return _write_quotas(kind, {unit: (bases[unit.pk], shares[unit.pk]) for unit in units}, actor, now, version)


def set_quotas(
    kind: AwardKind, counts: Mapping[Unit, int], *, actor: Actor, now: datetime, version: int
) -> list[Quota]:
    """Write the places of units by hand. Raises `Refused` when they do not add up to the kind's total (R-115a)."""
    one = kind.round
    _check_draft(one, actor, "分配名额")
    _check_units(one, list(counts))
    given = sum(counts.values())
    if given != kind.total:
        raise Refused("award.quota", f"「{kind}」名额共 {kind.total} 个，填写合计 {given} 个，不相等。请调整后再保存。")
    with everything(WHOLE):
        known = dict(Quota.objects.filter(kind=kind).values_list("unit", "base_count"))
    wanted = {unit: (known.get(unit.pk, 0), count) for unit, count in counts.items()}
    return _write_quotas(kind, wanted, actor, now, version)


def _check_units(one: AwardRound, units: Sequence[Unit]) -> None:
    if not units:
        raise Refused("award.units", "还没有选择单位。请选择参加分配的单位。")
    for unit in units:
        if unit.campaign_id != one.campaign_id or unit.left_on is not None:
            raise Refused("award.unit", f"「{unit}」没有参加这项活动，或已退出，不能分配名额。")


def _write_quotas(
    kind: AwardKind, wanted: Mapping[Unit, tuple[int, int]], actor: Actor, now: datetime, version: int
) -> list[Quota]:
    one = kind.round
    with transaction.atomic():
        update_versioned(one, version=version, changes={"updated_at": now})
        with everything(WHOLE):
            Quota.objects.filter(kind=kind).delete()
            rows = Quota.objects.bulk_create(
                Quota(kind=kind, unit=unit, base_count=base, count=count) for unit, (base, count) in wanted.items()
            )
        after = {"kind": str(kind), "places": {str(row.unit): row.count for row in rows if row.count}}
        record("campaigns.set_award_quotas", actor=actor, subject=one, after=after, now=now)
    return rows


def open_round(one: AwardRound, *, actor: Actor, now: datetime, version: int) -> AwardRound:
    """Units may recommend from now on; each that has places gets a task.

    Raises `Refused` without a basis (R-116), without kinds, or when places do not add up (R-115a).
    """
    check_runner(one.campaign, actor, "开始评选")
    with transaction.atomic():
        apply(
            OPEN,
            one,
            actor=actor,
            version=version,
            now=now,
            facts=open_facts(one, actor, localdate(now)),
            changes={"updated_at": now},
        )
        with everything(WHOLE):
            rows = Unit.objects.filter(quotas__kind__round=one, quotas__count__gt=0).distinct()
            units = list(rows.select_related("organization", "department").order_by("pk"))
        for role, scope_kind in ((Role.BRANCH_SECRETARY, "organization"), (Role.PARTY_COMMITTEE, "department")):
            mine = [unit for unit in units if getattr(unit, f"{scope_kind}_id") is not None]
            open_many(
                (
                    NewTask(
                        subject=unit,
                        title=f"推荐「{one}」对象",
                        url=round_url(one),
                        body=Scope(scope_kind, getattr(unit, f"{scope_kind}_id"), str(unit)),  # type: ignore[arg-type]
                        due_on=one.nominations_due_on,
                    )
                    for unit in mine
                ),
                kind=NOMINATE_TASK,
                for_role=role,
                actor=actor,
                now=now,
            )
    return one


def nominate(
    kind: AwardKind,
    unit: Unit,
    *,
    organization: PartyOrganization,
    member: PartyMember | None,
    secretary: Secretary | None,
    deeds: str,
    recommended_on: date,
    way: str,
    participant_count: int,
    support_count: int,
    appraisal: str,
    dues_paid: bool | None,
    no_discipline: bool | None,
    actor: Actor,
    now: datetime,
    group: GroupOrganization | None = None,
    person_name: str = "",
) -> Nomination:
    """A unit recommends one of its own, after the masses did (C-22).

    Raises `Refused` out of time, past the unit's places, for a nominee of another unit, and under a veto (R-115).
    """
    require_role(actor, PLANNERS, "推荐表彰对象")
    within_scope(unit, actor, "单位")
    today = localdate(now)
    with transaction.atomic():
        # Of two recommendations for the last place one sees the other: the unit's row serialises them.
        with everything(WHOLE):
            Quota.objects.select_for_update().filter(kind=kind, unit=unit).first()
        facts = nominate_facts(
            kind,
            unit,
            organization,
            member,
            secretary,
            group,
            person_name.strip(),
            actor=actor,
            on=today,
            recommended_on=recommended_on,
            participant_count=participant_count,
            support_count=support_count,
            appraisal=appraisal,
            dues_paid=dues_paid,
            no_discipline=no_discipline,
        )
        decision = may_nominate(facts)
        if not decision:
            raise Refused("award.nominate", decision.reason)
        words = deeds.strip()
        problem = line_problem([words, person_name])
        if not words or problem:
            raise Refused("award.deeds", problem or "还没有填写主要事迹。请填写，公示时一并公开。")
        nomination = Nomination(
            kind=kind,
            unit=unit,
            organization=organization,
            member=member,
            secretary=secretary,
            group=group,
            person_name=person_name.strip(),
            deeds=words,
            recommended_on=recommended_on,
            way=way,
            participant_count=participant_count,
            support_count=support_count,
            appraisal=appraisal,
            dues_paid=dues_paid,
            no_discipline=no_discipline,
            nominated_by_id=actor.user_id,
            nominated_label=actor.label[:200],
            nominated_at=now,
        )
        checked(nomination).save()
        after = {"kind": str(kind), "unit": str(unit), "organization": str(organization)}
        record("campaigns.nominate", actor=actor, subject=nomination, after=after, now=now)
        if facts.used + 1 >= facts.quota:
            close_for_subject(unit, kinds=(NOMINATE_TASK,), evidence="已按名额推荐。", actor=actor, now=now)
    return nomination


def take_back(nomination: Nomination, *, reason: str, actor: Actor, now: datetime, version: int) -> Nomination:
    """The unit takes its recommendation back, with a reason; not once the list stands for publicity or is decided."""
    require_role(actor, PLANNERS, "撤回推荐")
    within_scope(nomination, actor, "推荐对象")
    _check_open(nomination.kind.round, "撤回推荐")
    return apply(
        TAKE_BACK,
        nomination,
        actor=actor,
        version=version,
        now=now,
        facts=take_back_facts(nomination, actor, reason),
        changes={"reason": reason.strip()},
        comment=reason,
    )


def _check_open(one: AwardRound, what: str) -> None:
    if one.state != RoundState.OPEN:
        raise Refused("award.state", f"「{one}」{one.get_state_display()}，不能{what}。")


def choose(nomination: Nomination, *, reason: str, actor: Actor, now: datetime, version: int) -> Nomination:
    """Put a recommendation on the list, for a reason; the places of the kind and the vetoes hold (R-115, R-191)."""
    check_runner(nomination.kind.round.campaign, actor, "拟定表彰名单")
    with transaction.atomic():
        with everything(WHOLE):
            AwardKind.objects.select_for_update().get(pk=nomination.kind_id)
        return apply(
            CHOOSE,
            nomination,
            actor=actor,
            version=version,
            now=now,
            facts=choose_facts(nomination, actor, localdate(now), reason),
            changes={"reason": reason.strip()},
            comment=reason,
        )


def drop(nomination: Nomination, *, reason: str, actor: Actor, now: datetime, version: int) -> Nomination:
    """Leave a recommendation out, for a reason; possible until the decision."""
    one = nomination.kind.round
    check_runner(one.campaign, actor, "拟定表彰名单")
    if one.state not in (RoundState.OPEN, RoundState.PUBLICITY):
        raise Refused("award.state", f"「{one}」{one.get_state_display()}，名单不能再改。")
    return apply(
        DROP,
        nomination,
        actor=actor,
        version=version,
        now=now,
        facts=drop_facts(nomination, actor, reason),
        changes={"reason": reason.strip()},
        comment=reason,
    )


def public_line(nomination: Nomination) -> Line:
    """What the public reads of a nominee: name, organisation, post, reason (R-117)."""
    person, group = nomination.member or nomination.secretary, nomination.group
    if group is not None:
        above = group.name if nomination.person_name else group.association.name
        return Line(
            heading=nomination.kind.title,
            name=nomination.person_name or group.name,
            organization=above,
            post="",
            reason=nomination.deeds,
            subject_pk=str(nomination.pk),
        )
    post = ""
    if nomination.member is not None:
        party = nomination.member.get_party_post_display() if nomination.member.party_post else ""
        post = "、".join(part for part in (str(party), nomination.member.association_post) if part)
    elif nomination.secretary is not None:
        post = "党组织书记"
    return Line(
        heading=nomination.kind.title,
        name=person.person.name if person is not None else nomination.organization.name,
        organization=nomination.organization.name if person is not None else "",
        post=post,
        reason=nomination.deeds,
        subject_pk=str(nomination.pk),
    )


def publicise(one: AwardRound, *, contact: str, actor: Actor, now: datetime, version: int) -> AwardRound:
    """Draw up the public notice of the list. Its days run once another person has issued it (R-117).

    Raises `Refused` for an empty list, and when anybody on it is under a veto by now (R-115).
    """
    check_runner(one.campaign, actor, "将名单送公示")
    today = localdate(now)
    with transaction.atomic():
        facts = publicity_facts(one, actor, today)
        chosen = nominations_of(one, NominationState.CHOSEN)
        # The state first: of two who press at once, one draws up a notice.
        apply_facts = {"facts": facts, "changes": {"updated_at": now}}
        notice = None
        if facts.chosen and not facts.problems:
            notice = draft_publication(
                kind=PublicationKind.NOTICE,
                title=f"{one}拟表彰名单公示",
                body=_notice_text(one),
                basis=one.basis,
                contact=contact,
                holder=holder_of(one.campaign),
                topic=topic_of(one.campaign, str(one.campaign)),
                subject=one,
                lines=[public_line(nomination) for nomination in chosen],
                actor=actor,
                now=now,
            )
            apply_facts["changes"] = {"updated_at": now, "notice": notice}
        return apply(PUBLICISE, one, actor=actor, version=version, now=now, **apply_facts)  # type: ignore[arg-type]


def _notice_text(one: AwardRound) -> str:
    period = f"，表彰时段为{one.period}" if one.period else ""
    return (
        f"根据{one.basis_title}（{one.basis_number}），按照「{one.campaign}」安排开展{one}{period}。"
        "经群众推荐、单位推荐和审核，现将拟表彰名单予以公示，接受监督。\n"
        "对名单有异议的，请在公示期内通过本页提出，写明具体事实。提出异议不需要登录，不收集姓名和电话，凭回执号查询结果。"
    )


def return_list(one: AwardRound, *, reason: str, actor: Actor, now: datetime, version: int) -> AwardRound:
    """Take the notice down and draw the list up anew; a new list is shown anew for all its days."""
    check_runner(one.campaign, actor, "重定名单")
    with transaction.atomic():
        facts = return_facts(one.campaign, actor, reason)
        notice = one.notice
        apply(
            RETURN,
            one,
            actor=actor,
            version=version,
            now=now,
            facts=facts,
            changes={"notice": None, "updated_at": now},
            comment=reason,
        )
        _withdraw(notice, reason, actor, now)
    return one


def _withdraw(notice: Any, reason: str, actor: Actor, now: datetime) -> None:
    if notice is not None and notice.state != PublicationState.WITHDRAWN:
        withdraw_publication(notice, reason=reason, actor=actor, now=now, version=notice.version)


def cancel_round(one: AwardRound, *, reason: str, actor: Actor, now: datetime, version: int) -> AwardRound:
    """A round ends without a decision, for a reason."""
    check_runner(one.campaign, actor, "取消评选")
    if one.state not in ACTIVE:
        raise Refused("award.state", f"「{one}」{one.get_state_display()}，不能取消。")
    with transaction.atomic():
        notice = one.notice
        apply(
            CANCEL,
            one,
            actor=actor,
            version=version,
            now=now,
            facts=return_facts(one.campaign, actor, reason),
            changes={"updated_at": now},
            comment=reason,
        )
        _withdraw(notice, reason, actor, now)
        with everything(WHOLE):
            units = list(Unit.objects.filter(quotas__kind__round=one).distinct())
        for unit in units:
            close_for_subject(unit, kinds=(NOMINATE_TASK,), evidence=f"「{one}」已取消。", actor=actor, now=now)
    return one
