"""Every write of the units of a campaign and of their plans."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.services import checked, refuse_future, require_role, within_scope
from campaigns.collecting.services import settle as settle_reports
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.running import check_runner, task_desk
from campaigns.plans.selectors import (
    WHOLE,
    committees_of,
    methods_of,
    organizations_of,
    plan_facts,
    review_facts,
    running_q,
)
from campaigns.plans.transitions import ACCEPT, PLANNERS, RETURN, RUNNERS, SUBMIT
from campaigns.urging.services import settle
from partybuilding.members.models import Secretary
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.jobs.daily import request_daily
from portal.jobs.runner import JobContext
from portal.notices.services import NewTask, close_for_subject, open_many, open_task
from portal.workflow.services import apply, update_versioned

PLAN_TASK = "campaign_plan"
REVIEW_TASK = "campaign_plan_review"
FROM_HOUR = 7


def enrol(campaign: Campaign, *, actor: Actor | None, now: datetime) -> int:
    """Take in the organisations and committees in reach that are no units yet. Returns how many."""
    today = localdate(now)
    organizations = list(organizations_of(campaign, today))
    with everything(WHOLE):
        rows = Unit.objects.filter(campaign=campaign)
        known = set(rows.values_list("organization", flat=True)) - {None}
        committees = set(rows.values_list("department", flat=True)) - {None}
        joined = max(today, campaign.starts_on)
        fresh = [
            *(
                Unit(campaign=campaign, department=one, joined_on=joined)
                for one in committees_of(organizations)
                if one.pk not in committees
            ),
            *(
                Unit(campaign=campaign, organization=one, joined_on=joined)
                for one in organizations
                if one.pk not in known
            ),
        ]
        Unit.objects.bulk_create(fresh, batch_size=500)
    if not fresh:
        return 0
    for role, scope_kind in ((Role.BRANCH_SECRETARY, "organization"), (Role.PARTY_COMMITTEE, "department")):
        mine = [one for one in fresh if getattr(one, f"{scope_kind}_id") is not None]
        open_many(
            (
                NewTask(
                    subject=unit,
                    title=f"报送「{campaign}」单位方案",
                    url=unit_url(unit),
                    body=Scope(scope_kind, getattr(unit, f"{scope_kind}_id"), str(unit)),  # type: ignore[arg-type]
                    due_on=campaign.plans_due_on,
                )
                for unit in mine
            ),
            kind=PLAN_TASK,
            for_role=role,
            actor=actor,
            now=now,
        )
    record("campaigns.enrol", actor=actor, subject=campaign, after={"units": len(fresh)}, now=now)
    return len(fresh)


def request_enrolment(now: datetime) -> int:
    """The tick: from seven in the morning one job a day. Returns how many."""
    job = request_daily("campaigns.enrol", kind="campaign", label="列入新建党组织", now=now, from_hour=FROM_HOUR)
    return int(job is not None)


def enrol_everywhere(context: JobContext) -> dict[str, Any]:
    """The job: organisations founded since are taken into every running campaign; a second run finds none."""
    now = context.now()
    with everything("running campaigns of every body"):
        campaigns = list(Campaign.objects.filter(running_q(localdate(now))).select_related("region").order_by("pk"))
    units = 0
    for campaign in campaigns:
        with transaction.atomic():
            units += enrol(campaign, actor=None, now=now)
    return {"campaigns": len(campaigns), "units": units}


def unit_url(unit: Unit) -> str:
    return reverse("campaigns:unit", args=[unit.pk])


def save_plan(
    unit: Unit,
    *,
    theme: str,
    measures: str,
    carriers: str,
    mobilised_on: date | None,
    mobilised_count: int | None,
    file: StoredFile | None,
    actor: Actor,
    now: datetime,
    version: int,
) -> Unit:
    """Keep what the unit has written of its plan; handing in is `submit_plan`. A file that is not given stays."""
    require_role(actor, PLANNERS, "填写单位方案")
    within_scope(unit, actor, "单位")
    facts = plan_facts(unit, actor, localdate(now))
    if not facts.is_own:
        raise Refused("plan.foreign", f"「{unit}」的方案由该单位填写，您只能查看。")
    if unit.state not in SUBMIT.sources:
        raise Refused("plan.state", f"方案{unit.get_state_display()}，不能修改。需要修改的，请联系审阅单位退回。")
    changes: dict[str, Any] = {
        "theme": theme.strip(),
        "measures": measures.strip(),
        "carriers": carriers.strip(),
        "mobilised_on": mobilised_on,
        "mobilised_count": mobilised_count,
        "updated_at": now,
    }
    if file is not None:
        changes["file"] = file
    before = {name: getattr(unit, name) for name in ("theme", "mobilised_on", "mobilised_count")}
    with transaction.atomic():
        update_versioned(unit, version=version, changes=changes)
        record(
            "campaigns.save_plan",
            actor=actor,
            subject=unit,
            before=before,
            after={name: changes[name] for name in before},
            now=now,
        )
    return unit


def submit_plan(unit: Unit, *, actor: Actor, now: datetime, version: int) -> Unit:
    """Hand the plan in; its first responsible person is the secretary of the day (C-25).

    Raises `Refused` for a plan without theme or measures, or of another unit; `Conflict` on a stale version.
    """
    require_role(actor, PLANNERS, "报送单位方案")
    within_scope(unit, actor, "单位")
    today = localdate(now)
    with everything("the secretary of one organisation"):
        holder = Secretary.objects.filter(organization=unit.organization_id, ends_on=None).first()
    with transaction.atomic():
        apply(
            SUBMIT,
            unit,
            actor=actor,
            version=version,
            now=now,
            facts=plan_facts(unit, actor, today),
            changes={"responsible": holder, "updated_at": now},
        )
        close_for_subject(unit, kinds=(PLAN_TASK,), evidence="方案已报送。", actor=actor, now=now)
        if unit.committee is not None:
            open_task(
                kind=REVIEW_TASK,
                subject=unit,
                title=f"审阅「{unit}」创先争优方案",
                url=unit_url(unit),
                for_role=Role.PARTY_COMMITTEE,
                body=Scope("department", unit.committee.pk, unit.committee.name),
                due_on=None,
                actor=actor,
                now=now,
            )
    return unit


def review_plan(unit: Unit, *, is_accepted: bool, text: str, actor: Actor, now: datetime, version: int) -> Unit:
    """Accept a plan for the record, or return it with words; a return reopens the unit's task.

    Raises `Refused` for a return without words or by whom it does not concern, `Conflict` on a stale version.
    """
    require_role(actor, RUNNERS, "审阅单位方案")
    within_scope(unit, actor, "单位")
    words = text.strip()
    if not is_accepted and not words:
        raise Refused("plan.words", "退回修改须写明修改意见。请填写。")
    with transaction.atomic():
        apply(
            ACCEPT if is_accepted else RETURN,
            unit,
            actor=actor,
            version=version,
            now=now,
            facts=review_facts(unit, actor),
            changes={"review_text": words, "updated_at": now},
            comment=words,
        )
        close_for_subject(unit, kinds=(REVIEW_TASK,), evidence=str(unit.get_state_display()), actor=actor, now=now)
        if not is_accepted:
            _ask_again(unit, actor, now)
    return unit


def _ask_again(unit: Unit, actor: Actor, now: datetime) -> None:
    role, body = task_desk(unit)
    open_task(
        kind=PLAN_TASK,
        subject=unit,
        title=f"修改「{unit.campaign}」单位方案",
        url=unit_url(unit),
        for_role=role,
        body=body,
        due_on=unit.campaign.plans_due_on,
        actor=actor,
        now=now,
    )


def leave_campaign(unit: Unit, *, left_on: date, reason: str, actor: Actor, now: datetime, version: int) -> Unit:
    """A unit no longer takes part, for a reason; it leaves the rates from that day."""
    check_runner(unit.campaign, actor, "登记单位退出")
    refuse_future(left_on, now, "退出日期")
    if unit.left_on is not None:
        raise Refused("unit.left", f"「{unit}」已于 {unit.left_on.isoformat()} 退出。")
    unit.left_on, unit.left_reason = left_on, reason.strip()
    checked(unit)
    with transaction.atomic():
        changes = {"left_on": left_on, "left_reason": unit.left_reason, "updated_at": now}
        update_versioned(unit, version=version, changes=changes)
        record("campaigns.leave", actor=actor, subject=unit, after={"left_on": left_on}, reason=reason, now=now)
        close_for_subject(unit, kinds=(PLAN_TASK, REVIEW_TASK), evidence="已退出活动。", actor=actor, now=now)
        settle(unit, methods_of(unit.campaign), evidence="已退出活动。", actor=actor, now=now)
        settle_reports([unit], evidence="已退出活动。", actor=actor, now=now)
    return unit
