"""Every write of contact points, inspections and rectification notices."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.services import checked, refuse_future, require_role, within_scope
from campaigns.guidance.enums import InspectionKind
from campaigns.guidance.models import (
    CampaignInspection,
    ContactPoint,
    InspectedUnit,
    RectificationNotice,
    ReportPart,
    Visit,
)
from campaigns.guidance.rules import notice_problems, visit_problem
from campaigns.guidance.selectors import inspectable, is_inspector, notice_facts, stratum_of
from campaigns.guidance.transitions import ANSWER, CLOSE, RETURN
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign, SteeringMember, Unit
from campaigns.plans.running import check_runner, task_desk
from campaigns.plans.selectors import is_reviewer, is_runner
from campaigns.plans.transitions import RUNNERS
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.importing.normalise import name_key
from portal.notices.services import close_for_subject, open_task
from portal.privacy.keys import derive, ring
from portal.sampling import draw_by_stratum, seed_of, share_count
from portal.workflow.services import apply, update_versioned

NOTICE_TASK = "campaign_rectification"
JUDGE_TASK = "campaign_rectification_judge"


def _running(campaign: Campaign, what: str) -> None:
    if campaign.state != CampaignState.RUNNING:
        raise Refused("campaign.state", f"「{campaign}」{campaign.get_state_display()}，不能{what}。")


def _above(unit: Unit, actor: Actor, what: str) -> None:
    """Raise `Refused` unless the actor stands above the unit, in a campaign that is carried on."""
    require_role(actor, RUNNERS, what)
    within_scope(unit, actor, "单位")
    if not is_reviewer(unit, actor):
        raise Refused("unit.foreign", f"「{unit}」由其上级党组织或活动组织单位{what}，您不能办理。")
    _running(unit.campaign, what)


# Contact points ----------------------------------------------------------------------------------------------------


def set_point(
    unit: Unit,
    *,
    leader: SteeringMember | None,
    leader_post: str,
    starts_on: date,
    actor: Actor,
    now: datetime,
) -> ContactPoint:
    """Make a unit a contact point: of one of the leading group, or of the committee above it (C-26).

    Raises `Refused` for a unit that left or is one already, and for a leader of another campaign or out of office.
    """
    _above(unit, actor, "设立联系点")
    refuse_future(starts_on, now, "设立日期")
    if unit.left_on is not None:
        raise Refused("unit.left", f"「{unit}」已退出活动，不能设为联系点。")
    body = None
    if leader is not None:
        if leader.campaign_id != unit.campaign_id or leader.ends_on is not None:
            raise Refused("point.leader", f"「{leader}」不是这项活动的在任小组成员。请重新选择。")
        if not is_runner(unit.campaign, actor):
            raise Refused("point.foreign", "领导（指导）小组的联系点由活动组织单位设立。请填写本党委联系领导的岗位。")
    else:
        body = unit.committee
    point = ContactPoint(unit=unit, leader=leader, leader_post=leader_post.strip(), body=body, starts_on=starts_on)
    with transaction.atomic():
        checked(point).save()
        after = {"unit": str(unit), "leader": point.leader_words, "starts_on": starts_on}
        record("campaigns.set_point", actor=actor, subject=point, after=after, now=now)
    return point


def end_point(point: ContactPoint, *, ends_on: date, reason: str, actor: Actor, now: datetime) -> ContactPoint:
    """A unit is no contact point any more, for a reason; its visits stay."""
    _above(point.unit, actor, "撤销联系点")
    refuse_future(ends_on, now, "撤销日期")
    if point.ends_on is not None:
        raise Refused("point.ended", f"「{point}」已于 {point.ends_on.isoformat()} 撤销。")
    if not reason.strip():
        raise Refused("point.reason", "撤销联系点须写明原因。请填写。")
    point.ends_on, point.reason = ends_on, reason.strip()
    with transaction.atomic():
        checked(point).save()
        record("campaigns.end_point", actor=actor, subject=point, after={"ends_on": ends_on}, reason=reason, now=now)
    return point


def record_visit(
    point: ContactPoint, *, visited_on: date, visitor: str, text: str, asked: str, actor: Actor, now: datetime
) -> Visit:
    """The leader was there. Raises `Refused` for a day outside the point's time, or one already recorded."""
    _above(point.unit, actor, "登记走访")
    assert point.starts_on is not None  # noqa: S101  a constraint of the table
    problem = visit_problem(point.starts_on, point.ends_on, visited_on, localdate(now))
    if problem:
        raise Refused("visit.day", problem)
    visit = Visit(
        point=point,
        visited_on=visited_on,
        visitor=visitor.strip(),
        text=text.strip(),
        asked=asked.strip(),
        recorded_by_id=actor.user_id,
    )
    with transaction.atomic():
        checked(visit).save()
        after = {"visited_on": visited_on, "visitor": visit.visitor}
        record("campaigns.record_visit", actor=actor, subject=point, after=after, now=now)
    return visit


# Inspections -------------------------------------------------------------------------------------------------------


def open_inspection(
    campaign: Campaign,
    *,
    kind: str,
    number: str,
    title: str,
    starts_on: date,
    ends_on: date | None,
    names: Sequence[str],
    share: Decimal | None,
    actor: Actor,
    now: datetime,
) -> CampaignInspection:
    """Open an inspection: of the units named, or of a share of all, drawn by committee so that anybody can repeat it.

    Raises `Refused` for a name that fits no unit or several, a share out of range, nobody to draw from (R-143).
    """
    require_role(actor, RUNNERS, "组织督查")
    within_scope(campaign, actor, "活动")
    _running(campaign, "组织督查")
    body = None if is_runner(campaign, actor) else _own_body(actor)
    units = inspectable(actor, campaign, body)
    inspection = CampaignInspection(
        campaign=campaign,
        body_id=body,
        kind=kind,
        number=number.strip(),
        title=title.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=actor.user_id,
    )
    if kind == InspectionKind.DRAW:
        rows = _drawn(inspection, units, share, now)
    else:
        rows = [InspectedUnit(unit=unit, stratum=stratum_of(unit)) for unit in _by_name(names, units)]
    with transaction.atomic():
        checked(inspection).save()
        for row in rows:
            row.inspection = inspection
        InspectedUnit.objects.bulk_create(rows, batch_size=500)
        chosen = sum(row.is_chosen for row in rows)
        after = {"number": inspection.number, "kind": kind, "units": chosen, "of": len(rows), "seed": inspection.seed}
        record("campaigns.open_inspection", actor=actor, subject=inspection, after=after, now=now)
    return inspection


def _own_body(actor: Actor) -> int:
    if actor.role != Role.PARTY_COMMITTEE or actor.scope.pk is None:
        raise Refused("inspection.foreign", "督查由活动组织单位或上级党委组织，您只能查看。")
    return actor.scope.pk


def _drawn(
    inspection: CampaignInspection, units: Sequence[Unit], share: Decimal | None, now: datetime
) -> list[InspectedUnit]:
    if share is None or not 0 < share <= 1:
        raise Refused("inspection.share", "随机抽查须填写抽取比例，大于 0、不超过 100%。请填写，例如 5。")
    if not units:
        raise Refused("inspection.nobody", "范围内没有参加活动的党组织，不能抽查。")
    inspection.share, inspection.drawn_at = share, now
    batch = f"{inspection.campaign_id}|{inspection.number}"
    inspection.seed = seed_of(batch, key=derive(ring().index_key, "campaign-draw"))
    strata: dict[str, list[int]] = defaultdict(list)
    for unit in units:
        strata[stratum_of(unit)].append(unit.pk)
    drawn = draw_by_stratum(strata, seed=inspection.seed, count=share_count(len(units), share))
    chosen = {key for keys in drawn.values() for key in keys}
    return [InspectedUnit(unit=unit, stratum=stratum_of(unit), is_chosen=unit.pk in chosen) for unit in units]


def _by_name(names: Sequence[str], units: Sequence[Unit]) -> list[Unit]:
    """The units that lines name: each line exactly one, by the whole name or a part of it."""
    if not names:
        raise Refused("inspection.names", "请填写督查的单位，每行一个。")
    keys = {unit.pk: (unit, name_key(str(unit))) for unit in units}
    found: dict[int, Unit] = {}
    for name in names:
        wanted = name_key(name)
        fitting = [unit for unit, key in keys.values() if key == wanted]
        fitting = fitting or [unit for unit, key in keys.values() if wanted in key]
        if len(fitting) != 1:
            many = f"有 {len(fitting)} 个单位符合，例如「{fitting[0]}」「{fitting[1]}」" if fitting else "没有这个单位"
            raise Refused("inspection.name", f"「{name[:40]}」{many}。请填写参加活动的党组织全称。")
        found[fitting[0].pk] = fitting[0]
    return list(found.values())


def record_finding(
    inspected: InspectedUnit, *, visited_on: date, finding: str, actor: Actor, now: datetime
) -> InspectedUnit:
    """What was found at a unit that was chosen."""
    inspection = inspected.inspection
    require_role(actor, RUNNERS, "登记督查情况")
    within_scope(inspected, actor, "督查单位")
    if not is_inspector(inspection, actor):
        raise Refused("inspection.foreign", f"「{inspection}」由其他单位组织，您只能查看。")
    if not inspected.is_chosen:
        raise Refused("inspection.not_drawn", f"「{inspected}」没有抽中，不登记督查情况。")
    refuse_future(visited_on, now, "到访日期")
    if visited_on < inspection.starts_on:
        raise Refused(
            "inspection.before",
            f"到访日期 {visited_on.isoformat()} 早于督查开始日期 {inspection.starts_on.isoformat()}。请核对日期。",
        )
    before = {"visited_on": inspected.visited_on, "finding": inspected.finding}
    inspected.visited_on, inspected.finding = visited_on, finding.strip()
    with transaction.atomic():
        checked(inspected).save()
        after = {"unit": str(inspected), "visited_on": visited_on, "finding": inspected.finding}
        record("campaigns.record_finding", actor=actor, subject=inspection, before=before, after=after, now=now)
    return inspected


def close_inspection(
    inspection: CampaignInspection, *, ends_on: date, summary: str, actor: Actor, now: datetime, version: int
) -> CampaignInspection:
    """The inspection is over, with its summary. Raises `Refused` when a chosen unit was not visited."""
    require_role(actor, RUNNERS, "登记督查小结")
    within_scope(inspection, actor, "督查")
    if not is_inspector(inspection, actor):
        raise Refused("inspection.foreign", f"「{inspection}」由其他单位组织，您只能查看。")
    refuse_future(ends_on, now, "结束日期")
    if not summary.strip():
        raise Refused("inspection.summary", "督查小结须有内容。请填写。")
    with everything("the units of one inspection"):
        waiting = InspectedUnit.objects.filter(inspection=inspection, is_chosen=True, visited_on=None).count()
    if waiting:
        raise Refused("inspection.waiting", f"还有 {waiting} 个单位没有登记督查情况，不能结束。请先登记。")
    if ends_on < inspection.starts_on:
        raise Refused("inspection.dates", f"结束日期 {ends_on.isoformat()} 早于开始日期。请核对两个日期。")
    with transaction.atomic():
        changes = {"ends_on": ends_on, "summary": summary.strip(), "updated_at": now}
        update_versioned(inspection, version=version, changes=changes)
        record("campaigns.close_inspection", actor=actor, subject=inspection, after={"ends_on": ends_on}, now=now)
    return inspection


# Rectification -----------------------------------------------------------------------------------------------------


def notice_url(notice: RectificationNotice) -> str:
    return reverse("campaigns:notice", args=[notice.pk])


def issue_notice(
    unit: Unit,
    *,
    inspected: InspectedUnit | None,
    number: str,
    issued_on: date,
    due_on: date,
    problem: str,
    requirement: str,
    actor: Actor,
    now: datetime,
) -> RectificationNotice:
    """Tell a unit what it has to put right, by when (C-28); it has a task until it reports."""
    _above(unit, actor, "提出整改意见")
    problems = notice_problems(problem, requirement, issued_on, due_on, localdate(now))
    if problems:
        raise Refused("notice.invalid", problems[0])
    if inspected is not None and (inspected.unit_id != unit.pk or inspected.visited_on is None):
        raise Refused("notice.inspected", f"「{inspected}」在这次督查中还没有登记督查情况。请先登记。")
    notice = RectificationNotice(
        unit=unit,
        inspected=inspected,
        number=number.strip(),
        issued_on=issued_on,
        due_on=due_on,
        problem=problem.strip(),
        requirement=requirement.strip(),
        issued_by_id=actor.user_id,
        issued_label=actor.label[:200],
    )
    with transaction.atomic():
        checked(notice).save()
        _lay(notice, "整改", actor, now)
        after = {"unit": str(unit), "due_on": due_on, "problem": notice.problem}
        record("campaigns.issue_notice", actor=actor, subject=notice, after=after, now=now)
    return notice


def _lay(notice: RectificationNotice, verb: str, actor: Actor, now: datetime) -> None:
    role, body = task_desk(notice.unit)
    open_task(
        kind=NOTICE_TASK,
        subject=notice,
        title=f"{verb}：{notice.problem[:60]}",
        url=notice_url(notice),
        for_role=role,
        body=body,
        due_on=notice.due_on,
        actor=actor,
        now=now,
    )


def answer_notice(
    notice: RectificationNotice,
    *,
    answer: str,
    file: StoredFile | None,
    actor: Actor,
    now: datetime,
    version: int,
) -> RectificationNotice:
    """The unit says what it put right; the committee above has it on its desk."""
    within_scope(notice, actor, "整改意见")
    changes: dict[str, Any] = {"answer": answer.strip(), "updated_at": now}
    if file is not None:
        changes["file"] = file
    with transaction.atomic():
        facts = notice_facts(notice, actor, answer)
        apply(ANSWER, notice, actor=actor, version=version, now=now, facts=facts, changes=changes)
        close_for_subject(notice, kinds=(NOTICE_TASK,), evidence="已报告整改情况。", actor=actor, now=now)
        above = notice.unit.committee
        if above is not None:
            open_task(
                kind=JUDGE_TASK,
                subject=notice,
                title=f"核对「{notice.unit}」整改情况",
                url=notice_url(notice),
                for_role=Role.PARTY_COMMITTEE,
                body=Scope("department", above.pk, above.name),
                due_on=None,
                actor=actor,
                now=now,
            )
    return notice


def judge_notice(
    notice: RectificationNotice, *, is_closed: bool, judgement: str, actor: Actor, now: datetime, version: int
) -> RectificationNotice:
    """Close a notice that was put right, or send it back; either with words."""
    require_role(actor, RUNNERS, "核对整改情况")
    within_scope(notice, actor, "整改意见")
    words = judgement.strip()
    if not words:
        raise Refused("notice.words", "销号或退回须写明意见。请填写。")
    with transaction.atomic():
        apply(
            CLOSE if is_closed else RETURN,
            notice,
            actor=actor,
            version=version,
            now=now,
            facts=notice_facts(notice, actor),
            changes={"judgement": words, "updated_at": now},
            comment=words,
        )
        evidence = "已销号。" if is_closed else "已退回继续整改。"
        close_for_subject(notice, kinds=(JUDGE_TASK,), evidence=evidence, actor=actor, now=now)
        if not is_closed:
            _lay(notice, "继续整改", actor, now)
    return notice


# The words of the report -------------------------------------------------------------------------------------------


def write_part(
    campaign: Campaign, *, number: int, heading: str, text: str, actor: Actor, now: datetime, version: int
) -> ReportPart:
    """Keep the words of one part of the campaign's report; `version` 0 for a part not written yet."""
    check_runner(campaign, actor, "编写情况汇报")
    with everything("one part of a campaign that the caller runs"):
        part = ReportPart.objects.filter(campaign=campaign, number=number).first()
    values = {"heading": heading.strip(), "text": text.strip()}
    with transaction.atomic():
        if part is None:
            part = checked(ReportPart(campaign=campaign, number=number, **values))
            part.save()
        else:
            update_versioned(part, version=version, changes=values)
        after = {"number": number, "heading": part.heading}
        record("campaigns.write_part", actor=actor, subject=campaign, after=after, now=now)
    return part
