"""Annual inspections of the demonstration: last year's round, mostly concluded; this year's, filings in every state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.utils import timezone

from associations.governance.models import Officer
from associations.registry.enums import AssociationKind
from associations.registry.models import Association, Department
from portal.access.roles import Role
from portal.filing.definition import FieldType, Form
from portal.filing.examination import content_code
from portal.filing.reading import Answers, parse
from portal.home.demonstration.reports import POSTS, Bodies, books, typed
from portal.home.demonstration.world import SEED, World, insert
from portal.memberships.models import Membership
from supervision.inspections.enums import Conclusion, InspectionState, SectionState, Stage
from supervision.inspections.models import Inspection, InspectionFigures, InspectionSection, Submission
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
    for model in (Submission, InspectionSection, InspectionFigures, Return, Remark, Opinion):
        insert(model, made.rows.get(model, []))


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _round(world: World, report_year: int, *, opens_on: date, due_on: date | None = None) -> Round:
    """A round with its arrangements; the present one has its days around today, so that something is due."""
    label = RoundLabel.INSPECTION
    a_round = insert(
        Round,
        [
            Round(
                report_year=report_year,
                label=label,
                title=f"{report_year}{label.label}",
                state=RoundState.OPEN,
                basis="省民政厅关于开展年度检查工作的通知（演示）",
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
    own = Membership.objects.filter(role=Role.ASSOCIATION_FILER).values_list("association", flat=True)
    not_begun = set(own) if weights is THIS_ROUND else set()
    departments = Department.objects.in_bulk()
    rows = list(Inspection.objects.filter(round=a_round).select_related("track", "form").order_by("pk"))
    associations = {one.pk: one for one in made.world.associations}
    officers = _officers()
    changed = []
    for row in rows:
        state = State.NOT_STARTED if row.association_id in not_begun else made.weighted(weights)
        if state in WITH and WITH[state] not in row.stages:
            state = State.WITH_REGISTRAR
        if state == State.RETURNED and not row.stages[:-1]:
            state = State.DRAFTING
        if state == State.NOT_STARTED:
            continue
        row.state, row.version = state, 2
        held = officers.get(row.association_id, {})
        _One(made, a_round, row, associations[row.association_id], departments, held, until).make()
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
    """One filing and its parts."""

    made: Made
    a_round: Round
    row: Inspection
    association: Association
    departments: dict[int, Department]
    officers: dict[str, str]
    until: date

    def __post_init__(self) -> None:
        self.form: Form = form_of(self.row.form)
        self.submission: Submission | None = None
        self.handed_in_at = _noon(self.until)

    def make(self) -> None:
        row, made = self.row, self.made
        if row.state == State.EXEMPTED:
            row.exempt_reason = "本年度已转为慈善组织年度报告（演示）"
            return
        row.started_at = made.at(self.a_round.opens_on, self.a_round.opens_on + timedelta(days=30))
        answers = self._answers()
        if row.state == State.DRAFTING:
            self._sections(answers, share=made.dice.choice([0.2, 0.4, 0.6, 0.9]))
            return
        due = min(row.filing_due_on, self.until)
        late = self.until > row.filing_due_on and made.dice.random() < 0.08
        first, last = due - timedelta(days=25), due
        if late:
            first, last = due + timedelta(days=1), min(due + timedelta(days=20), self.until)
        self.handed_in_at = row.submitted_at = row.first_submitted_at = max(made.at(first, last), row.started_at)
        row.is_late = late
        self._submit(answers)
        self._sections(answers, share=1)
        self._figures(answers)
        if row.state == State.RETURNED:
            self._return()
        elif row.state == State.CONCLUDED:
            self._conclude()
        else:
            self._opinions(row.stages.index(WITH[State(row.state)]))
            row.step_due_on = self.made.world.today + timedelta(days=made.dice.randint(-3, 12))

    def _answers(self) -> Answers:
        row, year = self.row, self.a_round.report_year
        names = {
            name: self.departments[pk].name if (pk := getattr(row, f"{name}_id")) else ""
            for name in ("supervisor", "committee", "registrar")
        }
        money = books(self.association, year, self.made.world.today.year - 2)
        members = self.made.world.member_counts.get(self.association.uscc) or 0
        return typed(self.association, self.form, Bodies(**names, officers=self.officers), money, year, members)

    def _by_section(self, answers: Answers) -> Iterator[tuple[str, Answers]]:
        for section in self.form.sections:
            yield section.code, {one.code: answers[one.code] for one in section.fields if one.code in answers}

    def _sections(self, answers: Answers, *, share: float) -> None:
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
                    saved_at=self.row.started_at if is_done else None,
                )
            )

    def _submit(self, answers: Answers) -> None:
        self.submission = self.made.add(
            Submission(
                id=self.made.key(),
                inspection=self.row,
                sequence=1,
                stage=self.row.stages[0],
                answers=dict(self._by_section(answers)),
                content_code=content_code(self.form, answers, {}, {}),
                check_code=f"{self.made.dice.getrandbits(32):08X}"[:4] + f"-{self.made.dice.getrandbits(16):04X}",
                is_late=self.row.is_late,
                submitter_label=f"{self.association.name}{FILER}"[:200],
                submitted_at=self.handed_in_at,
            )
        )

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

    def _opinions(self, count: int) -> datetime:
        """What the first stages said, and when the last of them did."""
        at = self.handed_in_at
        for stage in self.row.stages[:count]:
            at = min(at + timedelta(days=self.made.dice.randint(1, 8)), self.made.world.now)
            self.made.add(
                Opinion(
                    inspection=self.row,
                    submission=self.submission,
                    stage=stage,
                    text=WORDS[stage],
                    giver_label=self._body(stage),
                    given_at=at,
                )
            )
        return at

    def _return(self) -> None:
        row, stage = self.row, self.row.stages[0]
        at = min(self.handed_in_at + timedelta(days=3), self.made.world.now)
        row.returned_at, row.returned_from, row.return_count = at, stage, 1
        row.step_due_on = self.made.world.today + timedelta(days=self.made.dice.randint(-4, 6))
        sent = self.made.add(
            Return(
                inspection=row,
                submission=self.submission,
                stage=stage,
                comment="请按意见补正后重新提交。",
                due_on=row.step_due_on,
                returner_label=self._body(stage),
                returned_at=at,
            )
        )
        named = [code for code in REMARKS if code in self.form.fields][:2]
        for code in named:
            remark = Remark(
                inspection=row,
                stage=stage,
                section=self.form.section_of[code],
                field=code,
                text=REMARKS[code],
                sent_in=sent,
                written_at=at,
            )
            self.made.add(remark)
        opened = {self.form.section_of[code] for code in named}
        for section in self.made.rows[InspectionSection][-len(self.form.sections) :]:
            section.is_open = section.code in opened

    def _conclude(self) -> None:
        row, made = self.row, self.made
        at = self._opinions(len(row.stages))
        row.conclusion = made.weighted(CONCLUSIONS)
        row.conclusion_reason = REASONS[Conclusion(row.conclusion)]
        row.conclusion_source = "account"
        row.concluded_at, row.conclusion_on = at, timezone.localdate(at)
        row.return_count = 1 if made.dice.random() < 0.15 else 0
