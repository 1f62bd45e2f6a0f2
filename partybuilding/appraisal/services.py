"""Every write of yearly reviews and reports."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from associations.registry.models import Department
from associations.registry.services import checked, refuse_future, require_role, within_scope
from partybuilding.appraisal.enums import Level, MemberGrading, Paper, PaperState, Rating
from partybuilding.appraisal.models import MemberGrade, MemberReview, ReportSection, YearlyReport
from partybuilding.appraisal.rules import (
    Problem,
    ReviewFacts,
    day_after_year,
    grading_problem,
    review_problem,
    review_remarks,
    sections_problem,
    year_problem,
)
from partybuilding.appraisal.selectors import due_by, rater_facts, review_rules, sections_for, superior_of
from partybuilding.appraisal.transitions import RATE, RESUBMIT, RETURN
from partybuilding.life.services import must_keep
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.audit.services import record
from portal.notices.models import Task
from portal.notices.services import close_for_subject, open_task
from portal.workflow.services import apply, update_versioned

PAPER_TASK, RATE_TASK, MEND_TASK = "party_paper", "party_rate", "party_mend"
REVIEW = "review"
COUNTS = (
    *("member_count", "probationary_count", "participant_count"),
    *("excellent_count", "competent_count", "basic_count", "failing_count"),
)


def _raise(problem: Problem | None) -> None:
    if problem is not None:
        raise Refused(problem.code, problem.text)


# 民主评议


def record_review(
    organization: PartyOrganization,
    *,
    year: int,
    held_on: date,
    actor: Actor,
    now: datetime,
    grades: Mapping[int, str] | None = None,
    note: str = "",
    **counts: int,
) -> tuple[MemberReview, list[str]]:
    """Record 民主评议 of a year; `grades` by name (roster row → grade) give the counts of the grades themselves.

    Returns the review and what is remarked. Raises `Refused`: too many 优秀, a probationary member graded, more taking
    part than there are, a second review of the year.
    """
    must_keep(organization, actor, "登记民主评议")
    row = MemberReview(organization=organization, recorded_by=actor.label[:200], updated_at=now)
    remarks = _fill(row, year, held_on, note, counts, grades, actor, now)
    with transaction.atomic():
        checked(row).save()
        _grade(row, grades or {})
        _settle(organization, REVIEW, f"{row}已登记。", actor, now)
        record(
            "appraisal.review", actor=actor, subject=organization, after=_shown(row), reason="".join(remarks), now=now
        )
    return row, remarks


def correct_review(
    row: MemberReview,
    *,
    year: int,
    held_on: date,
    actor: Actor,
    now: datetime,
    version: int,
    grades: Mapping[int, str] | None = None,
    note: str = "",
    **counts: int,
) -> tuple[MemberReview, list[str]]:
    """Correct a review; grades by name are replaced when they are given. Raises like `record_review`, `Conflict`."""
    must_keep(row.organization, actor, "修改民主评议")
    before = _shown(row)
    remarks = _fill(row, year, held_on, note, counts, grades, actor, now)
    with transaction.atomic():
        checked(row)
        changes = {name: getattr(row, name) for name in ("year", "held_on", "note", *COUNTS)}
        update_versioned(row, version=version, changes=changes | {"updated_at": now})
        # Grades by name that no longer give the numbers would contradict them.
        scoped(MemberGrade, actor).filter(review=row).delete()
        _grade(row, grades or {})
        record(
            "appraisal.correct_review", actor=actor, subject=row.organization, before=before, after=_shown(row), now=now
        )
    return row, remarks


def _fill(
    row: MemberReview,
    year: int,
    held_on: date,
    note: str,
    counts: dict[str, int],
    grades: Mapping[int, str] | None,
    actor: Actor,
    now: datetime,
) -> list[str]:
    refuse_future(held_on, now, "评议日期")
    _raise(year_problem(year, held_on, row.organization.established_on, "民主评议"))
    if grades is not None:
        counts = counts | _by_name(row.organization, grades, held_on, actor)
    row.year, row.held_on, row.note = year, held_on, note.strip()
    for name in COUNTS:
        setattr(row, name, counts.get(name, 0))
    rules = review_rules(held_on)
    facts = ReviewFacts(**{name: getattr(row, name) for name in COUNTS})
    _raise(review_problem(facts, rules))
    return review_remarks(facts, rules)


def _by_name(organization: PartyOrganization, grades: Mapping[int, str], day: date, actor: Actor) -> dict[str, int]:
    """The counts of grades by name; only full members of this organisation's roster are graded."""
    rows = scoped(PartyMember, actor).filter(organization=organization, pk__in=list(grades)).select_related("person")
    members = {str(one.pk): one for one in rows if one.is_current(day)}
    if len(members) < len(grades):
        raise Refused("review.roster", "所选党员在评议当日不在这个党组织的名册上。请核对名册和评议日期。")
    _raise(
        grading_problem(
            {str(pk): grade for pk, grade in grades.items()},
            {pk: one.membership_state for pk, one in members.items()},
            {pk: one.person.name for pk, one in members.items()},
        )
    )
    return {f"{grade}_count": sum(one == grade for one in grades.values()) for grade in MemberGrading.values}


def _grade(row: MemberReview, grades: Mapping[int, str]) -> None:
    MemberGrade.objects.bulk_create(
        MemberGrade(review=row, member_id=pk, grade=grade) for pk, grade in grades.items() if grade
    )


def _shown(row: MemberReview) -> dict[str, Any]:
    return {"year": row.year, "held_on": row.held_on} | {name: getattr(row, name) for name in COUNTS}


# Urging


def urge(organization: PartyOrganization, *, what: str, year: int, due_on: date, actor: Actor, now: datetime) -> Task:
    """Lay a task on the secretary of an organisation whose review or report of a year is missing.

    `what` is a paper or `REVIEW`. Raises `Refused` when it is there, for another committee's organisation, for a due
    date before today.
    """
    require_role(actor, RECORDERS, "催办")
    within_scope(organization, actor, "党组织")
    decision = may_manage(actor, organization.committee, f"「{organization}」")
    if not decision:
        raise Refused("organization.foreign", decision.reason)
    if due_on < localdate(now):
        raise Refused("appraisal.urge_due", f"完成期限{due_on.isoformat()}早于今天。请填写今天或以后的日期。")
    label = "民主评议" if what == REVIEW else Paper(what).label
    if what == REVIEW:
        rows: Any = scoped(MemberReview, actor)
    else:
        rows = scoped(YearlyReport, actor).filter(paper=what).exclude(state=PaperState.RETURNED)
    if rows.filter(organization=organization, year=year).exists():
        raise Refused("appraisal.done", f"「{organization}」{year}年度{label}已经提交，不必催办。")
    with transaction.atomic():
        task = open_task(
            kind=f"{PAPER_TASK}.{what}",
            subject=organization,
            title=f"完成{year}年度{label}",
            url=reverse("partybuilding:organization", args=[organization.pk]) + "?tab=appraisal",
            for_role=Role.BRANCH_SECRETARY,
            body=Scope("organization", organization.pk, organization.name),
            due_on=due_on,
            actor=actor,
            now=now,
        )
        after = {"what": str(label), "year": year, "due_on": due_on}
        record("appraisal.urge", actor=actor, subject=organization, after=after, now=now)
    return task


def _settle(organization: PartyOrganization, what: str, evidence: str, actor: Actor, now: datetime) -> None:
    close_for_subject(organization, kinds=(f"{PAPER_TASK}.{what}",), evidence=evidence, actor=actor, now=now)


# Reports


def _must_report(reporter: PartyOrganization | Department, actor: Actor, what: str) -> None:
    """An organisation's report is handed in for it by whoever keeps its records, a committee's by itself only."""
    if isinstance(reporter, PartyOrganization):
        must_keep(reporter, actor, what)
        return
    require_role(actor, {Role.PARTY_COMMITTEE}, what)
    if actor.scope.pk != reporter.pk:
        raise Refused("scope.outside", f"「{reporter}」的报告由本党委提交，您不能代为提交。")


def submit_report(
    reporter: PartyOrganization | Department,
    *,
    paper: str,
    year: int,
    reported_on: date,
    texts: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> YearlyReport:
    """Hand in the report of a year with all its sections. Raises `Refused`: an empty section, a second report, a year
    in which the organisation did not exist."""
    label = Paper(paper).label
    _must_report(reporter, actor, f"提交{label}报告")
    row = YearlyReport(
        paper=paper, year=year, reported_on=reported_on, submitted_by=actor.label[:200], submitted_at=now
    )
    if isinstance(reporter, PartyOrganization):
        row.level, row.organization = Level.ORGANIZATION, reporter
    else:
        row.level, row.committee = Level.COMMITTEE, reporter
    sections = _sections(row, texts, now)
    with transaction.atomic():
        checked(row).save()
        _write(row, sections)
        record(
            "appraisal.submit",
            actor=actor,
            subject=reporter,
            after={"paper": str(label), "year": year, "reported_on": reported_on},
            now=now,
        )
        _ask_for_rating(row, actor, now)
    return row


def resubmit_report(
    row: YearlyReport,
    *,
    reported_on: date,
    texts: Mapping[str, str],
    actor: Actor,
    now: datetime,
    version: int,
) -> YearlyReport:
    """Hand in a report again after it was returned, or before it is rated."""
    _must_report(row.reporter, actor, f"修改{row.get_paper_display()}报告")
    row.reported_on = reported_on
    sections = _sections(row, texts, now)
    with transaction.atomic():
        changes = {"reported_on": reported_on, "submitted_by": actor.label[:200], "submitted_at": now}
        apply(RESUBMIT, row, actor=actor, version=version, now=now, changes=changes)
        scoped(ReportSection, actor).filter(report=row).delete()
        _write(row, sections)
        _ask_for_rating(row, actor, now)
    return row


def _ask_for_rating(row: YearlyReport, actor: Actor, now: datetime) -> None:
    """What was asked of the reporter is done; the committee above finds the report on its desk."""
    if row.organization is None:
        return
    _settle(row.organization, row.paper, f"{row}已提交。", actor, now)
    close_for_subject(row, kinds=(MEND_TASK,), evidence="已重新提交。", actor=actor, now=now)
    above = row.organization.committee
    if above is not None:
        open_task(
            kind=RATE_TASK,
            subject=row,
            title=f"评议「{row.organization}」{row}",
            url=reverse("partybuilding:yearly_report", args=[row.pk]),
            for_role=Role.PARTY_COMMITTEE,
            body=Scope("department", above.pk, above.name),
            due_on=max(day_after_year(row.year, due_by(row.paper, localdate(now))), localdate(now)),
            actor=actor,
            now=now,
        )


def _sections(row: YearlyReport, texts: Mapping[str, str], now: datetime) -> list[tuple[str, str, str]]:
    refuse_future(row.reported_on, now, "报告日期")
    first = row.organization.established_on if row.organization is not None else None
    _raise(year_problem(row.year, row.reported_on, first, row.get_paper_display()))
    asked = sections_for(row.paper, row.year, localdate(now), row.organization)
    found = [(code, label, texts.get(code, "").strip()) for code, label in asked]
    _raise(sections_problem([(label, text) for _code, label, text in found]))
    return found


def _write(row: YearlyReport, sections: list[tuple[str, str, str]]) -> None:
    for code, label, text in sections:
        checked(ReportSection(report=row, code=code, label=label, text=text)).save()


def rate_report(
    row: YearlyReport, *, rating: str, rated_on: date, comment: str, actor: Actor, now: datetime, version: int
) -> YearlyReport:
    """Rate a report as the body above its reporter. Raises `Refused` for any other body, and for a day before the
    report; `Conflict` when it moved on meanwhile."""
    refuse_future(rated_on, now, "评议日期")
    if rated_on < row.reported_on:
        raise Refused(
            "appraisal.dates",
            f"评议日期{rated_on.isoformat()}早于报告日期{row.reported_on.isoformat()}。请核对两个日期。",
        )
    above = superior_of(row)
    changes = {
        "rating": Rating(rating),
        "rated_on": rated_on,
        "comment": comment.strip(),
        "rated_by": above.name if above else "",
    }
    with transaction.atomic():
        apply(
            RATE,
            row,
            actor=actor,
            version=version,
            now=now,
            facts=rater_facts(row, actor),
            changes=changes,
            comment=comment.strip(),
        )
        evidence = f"{row}已于{rated_on.isoformat()}评议。"
        close_for_subject(row, kinds=(RATE_TASK,), evidence=evidence, actor=actor, now=now)
    return row


def return_report(row: YearlyReport, *, comment: str, actor: Actor, now: datetime, version: int) -> YearlyReport:
    """Return a report with what is to be mended, as the body above its reporter."""
    with transaction.atomic():
        apply(
            RETURN,
            row,
            actor=actor,
            version=version,
            now=now,
            facts=rater_facts(row, actor),
            changes={"comment": comment.strip()},
            comment=comment.strip(),
        )
        close_for_subject(row, kinds=(RATE_TASK,), evidence="已退回修改。", actor=actor, now=now)
        if row.organization is not None:
            open_task(
                kind=MEND_TASK,
                subject=row,
                title=f"修改{row}报告：{comment.strip()}",
                url=reverse("partybuilding:yearly_report", args=[row.pk]),
                for_role=Role.BRANCH_SECRETARY,
                body=Scope("organization", row.organization.pk, row.organization.name),
                due_on=None,
                actor=actor,
                now=now,
            )
    return row
