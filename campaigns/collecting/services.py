"""Every write of progress reports: asking for them, handing one in, returning one."""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.services import checked, require_role, within_scope
from campaigns.collecting.enums import OPEN_REPORTS, ReportState
from campaigns.collecting.models import Collection, UnitReport
from campaigns.collecting.rules import due_problem
from campaigns.collecting.selectors import WHOLE, asked_units, report_facts
from campaigns.collecting.transitions import RETURN, SUBMIT
from campaigns.plans.enums import CampaignState
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.running import check_runner, task_desk
from campaigns.plans.transitions import PLANNERS, RUNNERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.notices.services import NewTask, close_for_subject, open_many, open_task
from portal.workflow.services import apply, update_versioned

REPORT_TASK = "campaign_report"


def report_url(report: UnitReport) -> str:
    return reverse("campaigns:unit_report", args=[report.pk])


def _title(report: UnitReport) -> str:
    return f"报送「{report.collection}」（{report.collection.campaign}）"


def lay_tasks(reports: Iterable[UnitReport], *, actor: Actor | None, now: datetime) -> int:
    """A task for every report that is awaited, on the desk of its unit; one that lies there gets the new last day."""
    desks = [(report, *task_desk(report.unit)) for report in reports]
    return sum(
        open_many(
            [
                NewTask(
                    subject=report,
                    title=_title(report),
                    url=report_url(report),
                    body=body,
                    due_on=report.collection.due_on,
                )
                for report, role, body in desks
                if role == wanted
            ],
            kind=REPORT_TASK,
            for_role=wanted,
            actor=actor,
            now=now,
        )
        for wanted in (Role.BRANCH_SECRETARY, Role.PARTY_COMMITTEE)
    )


def _check_due(campaign: Campaign, due_on: date, now: datetime) -> None:
    problem = due_problem(due_on, campaign.starts_on, campaign.ends_on, localdate(now))
    if problem:
        raise Refused("collection.due", problem)


def open_collection(
    campaign: Campaign, *, title: str, asks: str, asked: str, due_on: date, actor: Actor, now: datetime
) -> Collection:
    """Ask the units of a campaign to report by a day; each has a task.

    Raises `Refused` for a campaign that is not carried on, a day that does not hold, or nobody to ask.
    """
    check_runner(campaign, actor, "布置情况报送")
    if campaign.state != CampaignState.RUNNING:
        raise Refused("collection.state", "活动没有在开展中，不能布置情况报送。")
    _check_due(campaign, due_on, now)
    with transaction.atomic():
        with everything(WHOLE):
            last = Collection.objects.filter(campaign=campaign).aggregate(last=Max("number"))["last"] or 0
        one = Collection(
            campaign=campaign,
            number=last + 1,
            title=title.strip(),
            asks=asks.strip(),
            asked=asked,
            due_on=due_on,
            opened_by_id=actor.user_id,
            opened_at=now,
        )
        units = list(asked_units(campaign, asked))
        if not units:
            raise Refused("collection.nobody", f"没有可以报送的单位（{one.get_asked_display()}）。请改选报送单位。")
        checked(one).save()
        reports = UnitReport.objects.bulk_create(
            (UnitReport(collection=one, unit=unit) for unit in units), batch_size=500
        )
        lay_tasks(reports, actor=actor, now=now)
        after = {"title": one.title, "due_on": due_on, "units": len(units)}
        record("campaigns.open_collection", actor=actor, subject=one, after=after, now=now)
    return one


def change_collection(
    one: Collection, *, title: str, asks: str, due_on: date, actor: Actor, now: datetime, version: int
) -> Collection:
    """Correct what is asked, or give more time; who still owes a report has the new last day on the desk."""
    check_runner(one.campaign, actor, "修改情况报送")
    if due_on != one.due_on:
        _check_due(one.campaign, due_on, now)
    changes = {"title": title.strip(), "asks": asks.strip(), "due_on": due_on}
    before = {name: getattr(one, name) for name in changes}
    trial = copy(one)
    for name, value in changes.items():
        setattr(trial, name, value)
    checked(trial)
    with transaction.atomic():
        update_versioned(one, version=version, changes=changes)
        lay_tasks(awaited(one), actor=actor, now=now)
        record("campaigns.change_collection", actor=actor, subject=one, before=before, after=changes, now=now)
    return one


def awaited(one: Collection) -> list[UnitReport]:
    """The reports that still have to be handed in, of units that take part."""
    with everything(WHOLE):
        rows = UnitReport.objects.filter(collection=one, state__in=OPEN_REPORTS, unit__left_on=None)
        related = ("collection__campaign", "unit__organization__committee", "unit__department__parent")
        return list(rows.select_related(*related).order_by("pk"))


def remove_collection(one: Collection, *, actor: Actor, now: datetime, version: int) -> None:
    """Take a collection back that was asked by mistake. Raises `Refused` once somebody has reported."""
    check_runner(one.campaign, actor, "删去情况报送")
    with transaction.atomic():
        update_versioned(one, version=version, changes={})
        with everything(WHOLE):
            handed_in = UnitReport.objects.filter(collection=one).exclude(state=ReportState.AWAITING).count()
        if handed_in:
            raise Refused(
                "collection.used", f"「{one}」已有 {handed_in} 个单位报送，不能删去。可以修改要求或截止日期。"
            )
        for report in awaited(one):
            close_for_subject(report, kinds=(REPORT_TASK,), evidence="报送已取消。", actor=actor, now=now)
        before, label = {"title": one.title, "due_on": one.due_on}, str(one)
        with everything(WHOLE):
            one.delete()
        record("campaigns.remove_collection", actor=actor, subject_label=label, before=before, now=now)


def _changes(values: dict[str, Any]) -> dict[str, Any]:
    """Words without the blanks around them; an empty file field is no change."""
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if kept.get("file") is None:
        kept.pop("file", None)
    return kept


def submit_report(
    report: UnitReport,
    *,
    progress: str,
    problems: str,
    suggestions: str,
    plans: str,
    file: StoredFile | None,
    actor: Actor,
    now: datetime,
    version: int,
) -> UnitReport:
    """Hand a report in, also after the last day. Raises `Refused` with the rule, `Conflict` on a stale version."""
    require_role(actor, PLANNERS, "报送进展情况")
    within_scope(report, actor, "进展情况报告")
    changes = _changes(
        {"progress": progress, "problems": problems, "suggestions": suggestions, "plans": plans, "file": file}
    )
    changes |= {"handed_in_on": report.handed_in_on or localdate(now), "remark": "", "updated_at": now}
    with transaction.atomic():
        facts = report_facts(report, actor, progress=progress)
        apply(SUBMIT, report, actor=actor, version=version, now=now, facts=facts, changes=changes)
        evidence = f"已于 {localdate(now).isoformat()} 报送。"
        close_for_subject(report, kinds=(REPORT_TASK,), evidence=evidence, actor=actor, now=now)
    return report


def return_report(report: UnitReport, *, remark: str, actor: Actor, now: datetime, version: int) -> UnitReport:
    """Ask for more, in words; the unit has it back on its desk."""
    require_role(actor, RUNNERS, "退回进展情况")
    within_scope(report, actor, "进展情况报告")
    with transaction.atomic():
        facts = report_facts(report, actor, remark=remark)
        changes = {"remark": remark.strip(), "updated_at": now}
        apply(
            RETURN, report, actor=actor, version=version, now=now, facts=facts, changes=changes, comment=remark.strip()
        )
        role, body = task_desk(report.unit)
        open_task(
            kind=REPORT_TASK,
            subject=report,
            title=f"补充{_title(report)}",
            url=report_url(report),
            for_role=role,
            body=body,
            due_on=max(report.collection.due_on, localdate(now)),
            actor=actor,
            now=now,
        )
    return report


def settle(units: Iterable[Unit], *, evidence: str, actor: Actor, now: datetime) -> None:
    """What is no longer asked of units leaves their desks: they left, or the campaign ended."""
    with everything(WHOLE):
        reports = list(UnitReport.objects.filter(unit__in=units, state__in=OPEN_REPORTS))
    for report in reports:
        close_for_subject(report, kinds=(REPORT_TASK,), evidence=evidence, actor=actor, now=now)
