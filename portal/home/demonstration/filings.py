"""Annual inspections of the demonstration: last year's round, mostly concluded; this year's, filings in every state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from associations.governance.models import Officer
from associations.registry.enums import AssociationKind
from associations.registry.models import Association, Department
from portal.access.roles import Role
from portal.filing import wording
from portal.filing.definition import FieldType, Form
from portal.filing.examination import EXPLAIN, NOTE, Problem, content_code
from portal.filing.reading import Answers, parse
from portal.home.demonstration.reports import POSTS, Bodies, books, condition_holds, typed
from portal.home.demonstration.world import SEED, World, insert
from portal.memberships.models import Membership
from portal.workflow.models import WorkflowEvent
from supervision.inspections.enums import STAGE_STATES, Conclusion, InspectionState, SectionState, Stage
from supervision.inspections.issues import ISSUE
from supervision.inspections.models import Inspection, InspectionFigures, InspectionSection, Submission
from supervision.inspections.selectors import known_issues
from supervision.reviews.models import Opinion, Remark, Return
from supervision.rounds import editions, expectation
from supervision.rounds.enums import RoundLabel, RoundState
from supervision.rounds.models import Round, RoundTrack
from supervision.rounds.selectors import form_of
from supervision.rounds.services import newest_forms, proposals

State = InspectionState
HELP = {"help_office": "省民政厅社会组织管理局", "help_phone": "0731-84502000"}
FILER = "秘书处填报人"
LAST_ROUND = {State.CONCLUDED: 95, State.NOT_STARTED: 4, State.DRAFTING: 1}
THIS_ROUND = {
    State.NOT_STARTED: 34,
    State.DRAFTING: 20,
    State.WITH_SUPERVISOR: 12,
    State.WITH_COMMITTEE: 10,
    State.WITH_REGISTRAR: 9,
    State.RETURNED: 6,
    State.CONCLUDED: 8,
    State.EXEMPTED: 1,
}
CONCLUSIONS = {Conclusion.PASSED: 88, Conclusion.BASIC: 9, Conclusion.FAILED: 3}
REASONS = {
    Conclusion.PASSED: "",
    Conclusion.BASIC: "未按章程规定的次数召开理事会，要求限期整改。",
    Conclusion.FAILED: "超出章程规定的宗旨和业务范围开展活动。",
}
WORDS = {Stage.SUPERVISOR: "同意报送。", Stage.COMMITTEE: "党建内容属实。", Stage.REGISTRAR: "材料齐全。"}
REMARKS = {
    "council_meeting_count": "理事会次数与会议纪要不一致，请核对。",
    "party_activity_count": "请补充党组织活动的时间和主题。",
    "activity_dues_year": "会费收入与审计报告不一致，请核对。",
    "income_total": "收入合计与审计报告不一致，请核对。",
}
EXEMPT_REASON = "本年度已转为慈善组织年度报告（演示）"
REASON = "业务量比上年变化较大，属实。"
SMALL = 1000
LATE_SHARE, RETURNED_SHARE = 0.08, 0.15
# Ten and five working days, near enough for invented filings.
REVIEW_DAYS, CORRECTION_DAYS = timedelta(days=14), timedelta(days=7)
ACTS_FOR = {Stage.SUPERVISOR: "supervisor", Stage.COMMITTEE: "committee", Stage.REGISTRAR: "registrar"}
WITH = {
    State.WITH_SUPERVISOR: Stage.SUPERVISOR,
    State.WITH_COMMITTEE: Stage.COMMITTEE,
    State.WITH_REGISTRAR: Stage.REGISTRAR,
}


@dataclass
class Made:
    """The rows under construction."""

    world: World
    dice: Random = field(default_factory=lambda: Random(SEED + 3))  # noqa: S311  invented data, nothing secret
    rows: dict[type[Any], list[Any]] = field(default_factory=dict)
    last_answers: dict[int, Answers] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def key(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    def weighted(self, weights: dict[Any, int]) -> Any:
        return self.dice.choices(list(weights), weights=list(weights.values()))[0]

    def at(self, first: date, last: date) -> datetime:
        """A working hour of a day between two days."""
        day = first + timedelta(days=self.dice.randint(0, max(0, (last - first).days)))
        return timezone.make_aware(datetime.combine(day, time(self.dice.randint(8, 17), self.dice.randint(0, 59))))


def make_filings(world: World) -> None:
    """Both rounds with their filings, past the services; the database's constraints hold nevertheless."""
    editions.take_in_shipped(now=world.now)
    made = Made(world)
    last_year = world.today.year - 2
    before = _round(world, last_year, opens_on=date(last_year + 1, 1, 4))
    _fill(made, before, LAST_ROUND, date(last_year + 1, 6, 30))
    Round.objects.filter(pk=before.pk).update(
        state=RoundState.CLOSED, closed_at=_noon(date(last_year + 1, 12, 31)), closes_on=date(last_year + 1, 12, 31)
    )
    now = _round(world, last_year + 1, opens_on=world.today - timedelta(days=75), due_on=world.today)
    _fill(made, now, THIS_ROUND, world.today)
    opens_on = world.today - timedelta(days=75)
    reports = _round(world, last_year + 1, opens_on=opens_on, due_on=world.today, label=RoundLabel.REPORT)
    _fill(made, reports, THIS_ROUND, world.today)
    for model in (Submission, InspectionSection, InspectionFigures, Return, Remark, Opinion, WorkflowEvent):
        insert(model, made.rows.get(model, []))


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _round(
    world: World,
    report_year: int,
    *,
    opens_on: date,
    due_on: date | None = None,
    label: RoundLabel = RoundLabel.INSPECTION,
) -> Round:
    """A round with its arrangements; the present one has its days around today, so that something is due."""
    a_round = insert(
        Round,
        [
            Round(
                report_year=report_year,
                label=label,
                title=f"{report_year}{label.label}",
                state=RoundState.OPEN,
                basis=f"省民政厅关于开展{label.label}工作的通知（演示）",
                opens_on=opens_on,
                opened_at=_noon(opens_on),
                **HELP,
            )
        ],
    )[0]
    forms = newest_forms()
    tracks = []
    for one in proposals(report_year, world.today):
        supervisor, registrar = one.to_supervisor_by, one.to_registrar_by
        if due_on is not None:
            # Social groups have a week left, the others are past their day: some are overdue.
            ahead = 7 if one.kind == AssociationKind.SOCIAL_GROUP else -6
            supervisor = due_on + timedelta(days=ahead) if supervisor else None
            registrar = due_on + timedelta(days=ahead + 30 if supervisor else ahead)
        tracks.append(
            RoundTrack(
                round=a_round,
                kind=one.kind,
                mode=one.mode,
                form=forms[one.kind],
                registered_by=one.registered_by,
                to_supervisor_by=supervisor,
                to_registrar_by=registrar,
                has_first_review=one.has_first_review,
            )
        )
    insert(RoundTrack, tracks)
    expectation.fill(a_round, now=_noon(opens_on))
    return a_round


def _fill(made: Made, a_round: Round, weights: dict[Any, int], until: date) -> None:
    """Give every filing of a round its state, and what belongs to it."""
    own = set(Membership.objects.filter(role=Role.ASSOCIATION_FILER).values_list("association", flat=True))
    is_present = weights is THIS_ROUND
    departments = Department.objects.in_bulk()
    rows = list(Inspection.objects.filter(round=a_round).select_related("track", "form").order_by("pk"))
    associations = {one.pk: one for one in made.world.associations}
    officers = _officers()
    changed = []
    for row in rows:
        state = made.weighted(weights)
        if row.association_id in own:
            # Whoever tries the portal as an association has last year's behind it and this year's before it.
            state = State.NOT_STARTED if is_present else State.CONCLUDED
        if state in WITH and WITH[state] not in row.stages:
            state = State.WITH_REGISTRAR
        if state == State.RETURNED and not row.stages[:-1]:
            state = State.DRAFTING
        if state == State.NOT_STARTED:
            continue
        row.state = state
        held = officers.get(row.association_id, {})
        _One(made, a_round, row, associations[row.association_id], departments, held, until, is_present).make()
        changed.append(row)
    # Taken out and written anew with their keys: an UPDATE of every column of thousands of rows takes minutes.
    rewritten = Inspection.objects.filter(pk__in=[row.pk for row in changed])
    rewritten._raw_delete(rewritten.db)
    insert(Inspection, changed)
    Inspection.objects.filter(round=a_round).update(updated_at=made.world.now)


def _officers() -> dict[int, dict[str, str]]:
    """Who holds the posts that the register's locked fields name, by association."""
    found: dict[int, dict[str, str]] = {}
    rows = Officer.objects.filter(post__in=POSTS, ends_on=None).order_by("pk")
    for association, post, name in rows.values_list("association", "post", "person__name"):
        found.setdefault(association, {})[post] = name
    return found


@dataclass
class _One:
    """One filing and its parts; what happened to it runs forward in time."""

    made: Made
    a_round: Round
    row: Inspection
    association: Association
    departments: dict[int, Department]
    officers: dict[str, str]
    until: date
    is_present: bool

    def __post_init__(self) -> None:
        self.form: Form = form_of(self.row.form)
        self.at = _noon(self.until)
        self.state: str = State.NOT_STARTED
        self.is_waiting = False
        self.row.version = 1

    def make(self) -> None:
        row, made = self.row, self.made
        target = row.state
        if target == State.EXEMPTED:
            self.at = made.at(self.a_round.opens_on, self.a_round.opens_on + timedelta(days=20))
            row.exempt_reason = EXEMPT_REASON
            self._move("exempt", State.EXEMPTED, "社会工作部管理员")
            return
        answers = self._answers()
        if target == State.DRAFTING:
            self._start(self.until - timedelta(days=2))
            self._sections(answers, {}, share=made.dice.choice([0.2, 0.4, 0.6, 0.9]))
            return
        self.is_waiting = target in WITH
        ahead = self._stages_ahead()
        self._hand_in_day(steps=len(ahead) + (target in (State.RETURNED, State.CONCLUDED)))
        reasons = self._reasons(answers) if self.is_present else {}
        submission = self._submit(answers, reasons)
        self._sections(answers, reasons, share=1)
        self._figures(answers)
        for number, stage in enumerate(ahead):
            self._later()
            self._opinion(stage, submission)
            following = row.stages[number + 1 :]
            if following:
                name = "clear" if stage == Stage.COMMITTEE else "agree"
                self._move(f"{name}_to_{following[0]}", STAGE_STATES[following[0]], self._body(stage))
        if target == State.RETURNED:
            self._return(submission)
        elif target == State.CONCLUDED:
            self._conclude()
        else:
            row.step_due_on = self.at.date() + REVIEW_DAYS

    def _stages_ahead(self) -> tuple[Stage, ...]:
        """The stages that have spoken already."""
        row = self.row
        if row.state == State.CONCLUDED:
            return row.stages
        return row.stages[: row.stages.index(WITH[State(row.state)])] if State(row.state) in WITH else ()

    def _move(self, name: str, target: str, who: str) -> None:
        self.made.add(
            WorkflowEvent(
                subject_model=self.row._meta.label,
                subject_pk=str(self.row.pk),
                transition=name,
                source=self.state,
                target=target,
                version=self.row.version + 1,
                membership_label=who,
                at=self.at,
            )
        )
        self.state = self.row.state = target
        self.row.version += 1

    def _later(self) -> None:
        self.at += timedelta(days=self.made.dice.randint(0, 1), hours=self.made.dice.randint(1, 12))
        local = timezone.localtime(self.at)
        if not 8 <= local.hour < 18:
            # Offices work by day: the next morning, as long as what came before is earlier.
            self.at = (local + timedelta(days=local.hour >= 18)).replace(hour=8 + local.minute % 4)

    def _start(self, last: date) -> None:
        self.at = self.made.at(self.a_round.opens_on, min(self.a_round.opens_on + timedelta(days=40), last))
        self.row.started_at = self.at
        self._move("start", State.DRAFTING, self._filer())

    def _hand_in_day(self, *, steps: int) -> None:
        """When it was begun and handed in: early enough for what came after."""
        row, made = self.row, self.made
        last_possible = self.until - timedelta(days=2 + 2 * steps)
        row.is_late = row.filing_due_on < last_possible and made.dice.random() < LATE_SHARE
        if row.is_late:
            first, last = row.filing_due_on + timedelta(days=1), min(row.filing_due_on + timedelta(20), last_possible)
        else:
            last = min(row.filing_due_on, last_possible)
            first = max(last - timedelta(days=25), self.a_round.opens_on + timedelta(days=2))
        handed_in = made.at(first, last)
        self._start(handed_in.date() - timedelta(days=1))
        self.at = handed_in
        row.submitted_at = row.first_submitted_at = handed_in

    def _filer(self) -> str:
        return f"{FILER} · {self.association.name}"[:200]

    def _answers(self) -> Answers:
        row, year = self.row, self.a_round.report_year
        names = {
            name: self.departments[pk].name if (pk := getattr(row, f"{name}_id")) else ""
            for name in ("supervisor", "committee", "registrar")
        }
        money = books(self.association, year, self.made.world.today.year - 2)
        members = self.made.world.member_counts.get(self.association.uscc) or 0
        bodies = Bodies(**names, officers=self.officers)
        answers = typed(self.association, self.form, bodies, money, year, members)
        if not self.is_present:
            self.made.last_answers[self.association.pk] = answers
        return answers

    def _reasons(self, answers: Answers) -> dict[str, str]:
        """A reason for what differs much from last year, as the form asks for one."""
        last = self.made.last_answers.get(self.association.pk, {})
        return {
            code: REASON
            for code, one in self.form.fields.items()
            if one.explain_change_over is not None
            and code in answers
            and code in last
            and is_outlier(amount(answers[code]), amount(last[code]), one.explain_change_over)
        }

    def _flags(self, answers: Answers, reasons: dict[str, str]) -> list[dict[str, str]]:
        """What the hand-in would have shown a reviewer: doubts that were explained, the form's rules, known issues."""
        section_of = self.form.section_of
        found = []
        for code in reasons:
            one = self.form.fields[code]
            last = amount(self.made.last_answers[self.association.pk][code])
            text = wording.changed_much(one, amount(answers[code]), last, one.explain_change_over or 0)
            found.append(Problem(section_of[code], code, "outlier", text, EXPLAIN))
        for flag in self.form.flags:
            if all(condition_holds(condition, answers) for condition in flag.when):
                found.append(Problem(section_of[flag.field], flag.field, flag.code, flag.text, NOTE))
        # What the wings know takes some 30 ms a filing: only in the small province, where reviewers look. Pages and
        # batches ask again in any case.
        is_asked = self.is_waiting and self.made.world.scale.total <= SMALL
        issues = known_issues(self.association, self.made.world.today) if is_asked else ()
        found += [Problem("", "", ISSUE, one.text, NOTE) for one in issues]
        return [one._asdict() for one in found]

    def _by_section(self, answers: Answers) -> Iterator[tuple[str, Answers]]:
        for section in self.form.sections:
            yield section.code, {one.code: answers[one.code] for one in section.fields if one.code in answers}

    def _sections(self, answers: Answers, reasons: dict[str, str], *, share: float) -> None:
        done = round(len(self.form.sections) * share)
        for number, (code, own) in enumerate(self._by_section(answers)):
            is_done = number < done
            plain = {name: raw for name, raw in own.items() if not self.form.fields[name].is_locked}
            self.made.add(
                InspectionSection(
                    id=self.made.key(),
                    inspection=self.row,
                    code=code,
                    state=SectionState.DONE if is_done else SectionState.EMPTY,
                    is_open=self.row.state == State.DRAFTING,
                    answers=plain if is_done else {},
                    reasons={name: text for name, text in reasons.items() if name in own},
                    saved_at=self.row.submitted_at or self.at if is_done else None,
                )
            )

    def _submit(self, answers: Answers, reasons: dict[str, str]) -> Submission:
        stage = self.row.stages[0]
        flags = self._flags(answers, reasons) if self.is_present else []
        self.row.flag_count = len(flags)
        made: Submission = self.made.add(
            Submission(
                id=self.made.key(),
                inspection=self.row,
                sequence=1,
                stage=stage,
                answers=dict(self._by_section(answers)),
                reasons=reasons,
                flags=flags,
                content_code=content_code(self.form, answers, reasons, {}),
                check_code=f"{self.made.dice.getrandbits(16):04X}-{self.made.dice.getrandbits(16):04X}",
                is_late=self.row.is_late,
                submitter_label=self._filer(),
                submitted_at=self.at,
            )
        )
        self._move(f"submit_to_{stage}", STAGE_STATES[stage], self._filer())
        return made

    def _figures(self, answers: Answers) -> None:
        found = {
            one.column: parse(one, answers.get(code)).value
            for code, one in self.form.fields.items()
            if one.column and one.type is not FieldType.FILE
        }
        self.made.add(InspectionFigures(inspection=self.row, **found))

    def _body(self, stage: Stage) -> str:
        pk = getattr(self.row, f"{ACTS_FOR[stage]}_id")
        return self.departments[pk].name if pk else ""

    def _opinion(self, stage: Stage, submission: Submission) -> None:
        self.made.add(
            Opinion(
                inspection=self.row,
                submission=submission,
                stage=stage,
                text=WORDS[stage],
                giver_label=self._body(stage),
                given_at=self.at,
            )
        )

    def _return(self, submission: Submission) -> None:
        row, stage = self.row, self.row.stages[0]
        self._later()
        row.returned_at, row.returned_from, row.return_count = self.at, stage, 1
        row.step_due_on = self.at.date() + CORRECTION_DAYS
        sent = self.made.add(
            Return(
                inspection=row,
                submission=submission,
                stage=stage,
                comment="请按意见补正后重新提交。",
                due_on=row.step_due_on,
                returner_label=self._body(stage),
                returned_at=self.at,
            )
        )
        named = [code for code in REMARKS if code in self.form.fields][:2]
        for code in named:
            section = self.form.section_of[code]
            words = {"stage": stage, "section": section, "field": code, "text": REMARKS[code]}
            self.made.add(Remark(inspection=row, sent_in=sent, written_at=self.at, **words))
        self._move(f"return_from_{stage}", State.RETURNED, self._body(stage))
        opened = {self.form.section_of[code] for code in named}
        for section in self.made.rows[InspectionSection][-len(self.form.sections) :]:
            section.is_open = section.code in opened

    def _conclude(self) -> None:
        row, made = self.row, self.made
        row.conclusion = made.weighted(CONCLUSIONS)
        row.conclusion_reason = REASONS[Conclusion(row.conclusion)]
        row.conclusion_source = "account"
        row.concluded_at, row.conclusion_on = self.at, timezone.localdate(self.at)
        row.return_count = 1 if made.dice.random() < RETURNED_SHARE else 0
        self._move("conclude", State.CONCLUDED, self._body(Stage.REGISTRAR))


def amount(raw: Any) -> Decimal:
    return Decimal(str(raw).replace(",", "") or 0)


def is_outlier(now: Decimal, before: Decimal, per_cent: int) -> bool:
    return before != now and (not before or abs(now - before) * 100 > abs(before) * per_cent)
