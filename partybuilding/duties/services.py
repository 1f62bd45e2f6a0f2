"""Every write of yearly checks: saving what was found, submitting, confirming, returning."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.checklists.models import ChecklistTemplate
from associations.registry.models import Department
from associations.registry.services import checked, require_role, within_scope
from partybuilding.deliberation.services import must_record
from partybuilding.duties.enums import CheckState, Result
from partybuilding.duties.models import CheckItem, YearlyCheck
from partybuilding.duties.rules import Item, Span, year_problem
from partybuilding.duties.selectors import Bearer, field_of, lists_of, span_of
from partybuilding.duties.transitions import CONFIRM, CONFIRMERS, RETURN, SUBMIT
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from portal.access.actor import Actor, Scope
from portal.access.decisions import ALLOWED, Decision, Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.notices.services import close_for_subject, open_task
from portal.workflow.services import apply, update_versioned

CHECK_TASK = "yearly_check"
UNIT_FILLERS = DEPARTMENT | {Role.SUPERVISING_UNIT}
Given = Iterable[tuple[int, str, str]]


def _must_fill(bearer: Bearer, actor: Actor) -> None:
    if isinstance(bearer, PartyOrganization):
        must_record(bearer, actor, "填写年度对照")
        return
    require_role(actor, UNIT_FILLERS, "填写年度对照")
    if actor.role == Role.SUPERVISING_UNIT and actor.scope.pk != bearer.pk:
        raise Refused("duty.foreign", f"「{bearer}」的年度对照由该单位填写，您只能填写本单位的。")


def may_confirm(actor: Actor, check: YearlyCheck) -> Decision:
    """Who stands above: the organisation's committee or the department; for a unit the department."""
    if actor.role not in CONFIRMERS:
        return Decision(False, "年度对照由上级党委或者社会工作部确认。")
    if check.organization is not None:
        return may_manage(actor, check.organization.committee, f"「{check.organization}」")
    if actor.role in DEPARTMENT:
        return ALLOWED
    return Decision(False, "业务主管单位的年度对照由社会工作部确认。")


def save_check(
    bearer: Bearer,
    template: ChecklistTemplate,
    year: int,
    given: Given,
    *,
    actor: Actor,
    now: datetime,
    is_final: bool = False,
) -> YearlyCheck:
    """Begin the check of a list for a year with what was found so far; `is_final` also submits it.

    Raises `Refused` for a year to come, one before the list was in force or the bearer existed, for a list that does
    not hold there, and when the check was begun before.
    """
    _must_fill(bearer, actor)
    today = localdate(now)
    in_force = Span(template.starts_on, template.ends_on)
    problem = year_problem(template.title, in_force, str(bearer), span_of(bearer), year, today)
    if problem:
        raise Refused("duty.year", problem)
    if template not in lists_of(bearer, year, today):
        raise Refused("duty.list", f"《{template.title}》{year}年不适用于「{bearer}」。请重新选择清单。")
    check = YearlyCheck(
        template=template, code=template.code, year=year, state=CheckState.DRAFT, **{field_of(bearer): bearer}
    )
    with transaction.atomic():
        checked(check)
        try:
            with transaction.atomic():
                check.save()
        except IntegrityError:
            raise Refused("invalid", "这份清单本年度的对照已经开始，请直接填写。") from None
        CheckItem.objects.bulk_create(
            CheckItem(check_of=check, number=step.number, text=step.text, fact=step.fact)
            for step in template.steps.all()
        )
        _write(check, given)
        record("duties.begin", actor=actor, subject=bearer, after=_facts(check), now=now)
        if is_final:
            submit_check(check, actor=actor, now=now, version=check.version)
    return check


def change_check(
    check: YearlyCheck, given: Given, *, actor: Actor, now: datetime, version: int, is_final: bool = False
) -> YearlyCheck:
    """Write what was found; a submitted or confirmed check stays as it is."""
    _must_fill(check.bearer, actor)
    within_scope(check, actor, "年度对照")
    if check.state != CheckState.DRAFT:
        raise Refused("duty.state", f"这份对照{check.get_state_display()}，不能再改。需要修改的请上级党委退回。")
    before = _facts(check)
    with transaction.atomic():
        update_versioned(check, version=version, changes={"updated_at": now})
        _write(check, given)
        record("duties.change", actor=actor, subject=check.bearer, before=before, after=_facts(check), now=now)
        if is_final:
            submit_check(check, actor=actor, now=now, version=check.version)
    return check


def _write(check: YearlyCheck, given: Given) -> None:
    with everything("the items of one check"):
        rows = {row.number: row for row in check.items.all()}
        for number, result, note in given:
            if number not in rows or result not in ("", *Result.values):
                raise Refused(
                    "duty.item", f"清单没有第{number}项，或者落实情况「{result}」不能识别。请重新打开页面填写。"
                )
            rows[number].result, rows[number].note = result, note.strip()
        CheckItem.objects.bulk_update(rows.values(), ["result", "note"])


def found_items(check: YearlyCheck) -> list[Item]:
    with everything("the items of one check"):
        return [Item(row.number, row.text, row.result, row.note) for row in check.items.order_by("number")]


def _facts(check: YearlyCheck) -> dict[str, Any]:
    found = found_items(check)
    counts = {str(result.label): sum(one.result == result for one in found) for result in Result}
    return {"list": check.template.title, "year": check.year, **counts}


def submit_check(check: YearlyCheck, *, actor: Actor, now: datetime, version: int) -> YearlyCheck:
    """Hand the check to who stands above. Raises `Refused` naming what is not answered or not explained."""
    _must_fill(check.bearer, actor)
    with transaction.atomic():
        apply(SUBMIT, check, actor=actor, version=version, now=now, facts=found_items(check))
        close_for_subject(check, kinds=(CHECK_TASK,), evidence="已重新提交。", actor=actor, now=now)
        _lay(check, actor, now)
    return check


def _lay(check: YearlyCheck, actor: Actor, now: datetime) -> None:
    """On the desk of who confirms; nobody's where an organisation has no committee."""
    url = reverse("partybuilding:duty", args=[check.pk])
    committee = check.organization.committee if check.organization else None
    if check.organization is not None and committee is None:
        return
    body = Scope("department", committee.pk, committee.name) if committee else Scope("province", None, "全省")
    open_task(
        kind=CHECK_TASK,
        subject=check,
        title=f"确认「{check.bearer}」{check.year}年度对照",
        url=url,
        for_role=Role.PARTY_COMMITTEE if committee else Role.DEPARTMENT_STAFF,
        body=body,
        due_on=None,
        actor=actor,
        now=now,
    )


def _must_confirm(check: YearlyCheck, actor: Actor, what: str) -> None:
    require_role(actor, CONFIRMERS, what)
    within_scope(check, actor, "年度对照")
    decision = may_confirm(actor, check)
    if not decision:
        raise Refused("duty.foreign", decision.reason)


def confirm_check(check: YearlyCheck, *, opinion: str, actor: Actor, now: datetime, version: int) -> YearlyCheck:
    """The one above agrees with what was found; its words stay with the check."""
    _must_confirm(check, actor, "确认年度对照")
    changes = {"opinion": opinion.strip(), "updated_at": now}
    with transaction.atomic():
        apply(CONFIRM, check, actor=actor, version=version, now=now, changes=changes, comment=opinion.strip())
        close_for_subject(check, kinds=(CHECK_TASK,), evidence="年度对照已确认。", actor=actor, now=now)
    return check


def return_check(check: YearlyCheck, *, reason: str, actor: Actor, now: datetime, version: int) -> YearlyCheck:
    """Back to the bearer, with what is to be mended; the bearer has it on the desk."""
    _must_confirm(check, actor, "退回年度对照")
    changes = {"opinion": reason.strip(), "updated_at": now}
    with transaction.atomic():
        apply(RETURN, check, actor=actor, version=version, now=now, changes=changes, comment=reason.strip())
        close_for_subject(check, kinds=(CHECK_TASK,), evidence="已退回修改。", actor=actor, now=now)
        bearer = check.bearer
        is_unit = isinstance(bearer, Department)
        open_task(
            kind=CHECK_TASK,
            subject=check,
            title=f"修改「{bearer}」{check.year}年度对照",
            url=reverse("partybuilding:duty", args=[check.pk]),
            for_role=Role.SUPERVISING_UNIT if is_unit else Role.BRANCH_SECRETARY,
            body=Scope("department" if is_unit else "organization", bearer.pk, bearer.name),
            due_on=None,
            actor=actor,
            now=now,
        )
    return check


def steps_of(check: YearlyCheck) -> list[CheckItem]:
    """The items as rows, with what in the records speaks to them."""
    with everything("the items of one check"):
        return list(check.items.order_by("number"))
