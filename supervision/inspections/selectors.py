"""Reading one filing whole: its form, what was typed, what the register says, last year's figures, the examination."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.urls import reverse
from django.utils import timezone

from associations.registry.enums import AssignmentRole, DepartmentKind
from associations.registry.models import Assignment, Association, Department, current_on
from portal import gates
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.access.statements import ActorStatement, Statement
from portal.filing.definition import FieldType, Form, Section
from portal.filing.examination import Examination, Given, content_code, examine
from portal.filing.reading import Answers, Parsed, read
from portal.gates import Finding, Level
from portal.regulations.selectors import values_under
from supervision.inspections import rules
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.issues import Issue, issues_of
from supervision.inspections.models import (
    Attachment,
    FilingPaper,
    Inspection,
    InspectionSection,
    SignaturePage,
    Submission,
)
from supervision.inspections.prefill import LastYear, facts_of, last_year_of, locked_answers
from supervision.inspections.rules import Window, WindowFacts
from supervision.inspections.sealed import opened_answers
from supervision.inspections.streaks import PastYear, outcome_of
from supervision.rounds.enums import RoundState
from supervision.rounds.models import Extension
from supervision.rounds.selectors import form_of

WHY = "the parts of a filing that the caller has already reached"
NOBODY, NOBODY_LABEL = "none", "未明确"  # where a filing has no body of a kind
RELATED = ("round", "track", "form", "association__region", "supervisor", "committee", "registrar")


def filings(actor: Actor) -> QuerySet[Inspection]:
    """The filings an actor reaches, with everything a page about one needs."""
    extended = Extension.objects.filter(inspection=OuterRef("pk")).order_by("-until").values("until")[:1]
    rows = scoped(Inspection, actor).select_related(*RELATED)
    return rows.annotate(extended_until=Subquery(extended)).defer("form__source")


_FILING = ActorStatement(lambda actor, pk: filings(actor).filter(pk=pk), pk=BigIntegerField())


def filing_row(actor: Actor, pk: int) -> Inspection | None:
    """One of `filings`; every page of a filing begins with it."""
    found: Inspection | None = _FILING.first(actor, pk=pk)
    return found


def extended_until(inspection: Inspection) -> date | None:
    """Until when the registrar lets the association file; none without a decision."""
    if hasattr(inspection, "extended_until"):
        return inspection.extended_until  # type: ignore[no-any-return]  # annotated by `filings`
    with everything(WHY):
        return Extension.objects.filter(inspection=inspection).aggregate(until=Max("until"))["until"]  # type: ignore[no-any-return]


def window_of(inspection: Inspection, today: date) -> Window:
    """Whether the filing can be handed in today, and what its dates are."""
    a_round = inspection.round
    return rules.window(
        WindowFacts(
            state=inspection.state,
            round_state=a_round.state,
            title=a_round.title,
            opens_on=a_round.opens_on,
            closes_on=a_round.closes_on,
            closed_on=timezone.localdate(a_round.closed_at) if a_round.closed_at else None,
            filing_due_on=inspection.filing_due_on,
            step_due_on=inspection.step_due_on,
            extended_until=extended_until(inspection),
            help_text=f"{a_round.help_office} {a_round.help_phone}",
        ),
        today,
    )


@dataclass
class Filing:
    """One filing with all its parts; nothing here writes."""

    inspection: Inspection
    form: Form
    sections: dict[str, InspectionSection]
    attachments: dict[str, list[Attachment]]
    register: dict[str, Any]
    last_year: LastYear
    on: date
    personal: dict[str, Answers] = field(default_factory=dict)

    @cached_property
    def answers(self) -> Answers:
        """Everything typed, the register's own facts filled in."""
        found: Answers = {}
        for code, row in self.sections.items():
            found |= {**row.answers, **self.personal[code]}
        return {**found, **locked_answers(self.form.fields.values(), self.register)}

    @cached_property
    def read(self) -> dict[str, Parsed]:
        """The answers as they can be read: once for the examination and the content code."""
        return read(self.form, self.answers)

    @cached_property
    def reasons(self) -> dict[str, str]:
        return {code: text for row in self.sections.values() for code, text in row.reasons.items() if text.strip()}

    @cached_property
    def given(self) -> Given:
        return Given(
            form=self.form,
            answers=self.answers,
            register=self.register,
            last_year=self.last_year.values,
            reasons=self.reasons,
            file_counts={code: len(rows) for code, rows in self.attachments.items()},
            read=self.read,
        )

    @cached_property
    def examination(self) -> Examination:
        return examine(self.given)

    @cached_property
    def file_hashes(self) -> dict[str, list[str]]:
        """The hashes of what was handed in under each field; the signed page is not content."""
        return {
            code: sorted(one.file.sha256 for one in rows)
            for code, rows in sorted(self.attachments.items())
            if code != Attachment.SIGNATURE and rows
        }

    @cached_property
    def content_code(self) -> str:
        """Names exactly what stands in the filing now."""
        return content_code(self.form, self.answers, self.reasons, self.file_hashes, self.read)

    @property
    def needs_signature(self) -> bool:
        return bool(self.form.declaration)

    @property
    def signed(self) -> list[Attachment]:
        """The signed pages that stand for exactly this content."""
        rows = self.attachments.get(Attachment.SIGNATURE, [])
        return [one for one in rows if one.content_code == self.content_code]

    @property
    def outdated_signed(self) -> list[Attachment]:
        rows = self.attachments.get(Attachment.SIGNATURE, [])
        return [one for one in rows if one.content_code != self.content_code]

    def section_answers(self, code: str) -> Answers:
        """What was typed in one section, personal answers included."""
        row = self.sections[code]
        return {**row.answers, **self.personal[code]}

    @cached_property
    def blockers(self) -> list[str]:
        """Why the filing cannot be handed in yet, in sentences."""
        found = [problem.text for problem in self.examination.problems]
        if not found and self.needs_signature and not self.signed:
            found.append("还没有上传签字盖章后的签章页。请打印签章页，签字盖章后拍照上传。")
        return found

    @cached_property
    def done_count(self) -> int:
        return sum(state.is_complete for state in self.examination.sections.values())


_SECTIONS = Statement(
    lambda inspection: InspectionSection.objects.unscoped(WHY).filter(inspection=inspection),
    inspection=BigIntegerField(),
)
_SECTION = Statement(
    lambda inspection, code: (
        InspectionSection.objects.unscoped(WHY).filter(inspection=inspection, code=code).select_related("saved_by")
    ),
    inspection=BigIntegerField(),
    code=CharField(),
)
_ATTACHED = Statement(
    lambda inspection: (
        Attachment.objects.unscoped(WHY)
        .filter(inspection=inspection, removed_at=None)
        .select_related("file", "preview")
        .order_by("pk")
    ),
    inspection=BigIntegerField(),
)


def section_row(inspection: Inspection, code: str) -> InspectionSection | None:
    """One section as it is kept now, with who saved it."""
    found: InspectionSection | None = _SECTION.first(inspection=inspection.pk, code=code)
    return found


def filing_of(inspection: Inspection, on: date) -> Filing:
    """The filing with its parts; a filing that was not started has sections without rows."""
    form = form_of(inspection.form)
    rows = {row.code: row for row in _SECTIONS(inspection=inspection.pk)}
    attachments: dict[str, list[Attachment]] = {}
    for one in _ATTACHED(inspection=inspection.pk):
        one.inspection = inspection
        attachments.setdefault(one.field, []).append(one)
    for section in form.sections:
        rows.setdefault(section.code, InspectionSection(inspection=inspection, code=section.code, version=0))
    return Filing(
        inspection=inspection,
        form=form,
        sections=rows,
        attachments=attachments,
        register=facts_of(inspection.association, on),
        last_year=last_year_of(inspection, form),
        on=on,
        personal={code: opened_answers(row) for code, row in rows.items()},
    )


def given_of(inspection: Inspection, on: date) -> Given:
    """What the examination needs, as things stand now."""
    return filing_of(inspection, on).given


def submissions_of(inspection: Inspection) -> list[Submission]:
    """Every hand-in, the latest first."""
    with everything(WHY):
        return list(Submission.objects.filter(inspection=inspection).order_by("-sequence"))


def latest_sequence(inspection: Inspection) -> int:
    """How often it was handed in."""
    with everything(WHY):
        return Submission.objects.filter(inspection=inspection).count()


def latest_submission(inspection: Inspection) -> Submission | None:
    """What was handed in last."""
    with everything(WHY):
        return Submission.objects.filter(inspection=inspection).order_by("-sequence").first()


def _receipts(actor: Actor, pk: Any) -> QuerySet[Submission]:
    related = ("round", "form", "association", "supervisor", "committee", "registrar")
    rows = scoped(Submission, actor).filter(pk=pk).select_related(*(f"inspection__{name}" for name in related))
    # The receipt itself shows nothing of the content; whoever asks for it reads it then.
    return rows.defer("inspection__form__source", "answers", "reasons", "flags")


_RECEIPT = ActorStatement(_receipts, pk=UUIDField())


def submission_row(actor: Actor, pk: UUID) -> Submission | None:
    """A hand-in that the actor reaches, with what its receipt says."""
    found: Submission | None = _RECEIPT.first(actor, pk=pk)
    return found


def signature_page_of(inspection: Inspection, code: str) -> SignaturePage | None:
    """The signature page that was made for exactly this content."""
    with everything(WHY):
        return SignaturePage.objects.filter(inspection=inspection, content_code=code).first()


def handed_in_answers(submission: Submission) -> Answers:
    """All answers of a hand-in, personal ones opened; whoever shows them masks these."""
    found: Answers = {}
    for typed in submission.answers.values():
        found |= typed
    return {**found, **opened_answers(submission)}


def handed_in_files(submission: Submission) -> dict[str, list[str]]:
    """The names of the files that belonged to a hand-in, by field."""
    at = submission.submitted_at
    found: dict[str, list[str]] = {}
    with everything(WHY):
        rows = Attachment.objects.filter(inspection=submission.inspection_id, uploaded_at__lte=at)
        rows = rows.filter(Q(removed_at=None) | Q(removed_at__gt=at)).select_related("file")
        for one in rows.order_by("pk"):
            found.setdefault(one.field, []).append(one.file.name)
    return found


# Returns ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Wanted:
    """What a return asks to be mended in one place: the reviewer's words."""

    section: str
    field: str
    text: str


@dataclass(frozen=True)
class Correction:
    """The return that waits for the association."""

    comment: str
    due_on: date
    returner: str
    stage_label: str
    wanted: tuple[Wanted, ...]

    def of_section(self, code: str) -> tuple[Wanted, ...]:
        return tuple(one for one in self.wanted if one.section == code)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that are named, in the order of the remarks."""
        return tuple(dict.fromkeys(one.section for one in self.wanted))


def correction_of(inspection: Inspection, form: Form) -> Correction | None:
    """The unanswered return of a returned filing, its remarks in the form's order; none in any other state."""
    if inspection.state != InspectionState.RETURNED:
        return None
    with everything(WHY):
        found = inspection.returns.filter(answered_by=None).order_by("-returned_at", "-pk").first()
        if found is None:
            return None
        remarks = list(found.remarks.order_by("pk"))
    order = {code: place for place, code in enumerate(form.fields)}
    places = {section.code: place for place, section in enumerate(form.sections)}
    wanted = sorted(
        (Wanted(one.section, one.field, one.text) for one in remarks),
        key=lambda one: (places.get(one.section, 0), order.get(one.field, -1)),
    )
    return Correction(found.comment, found.due_on, found.returner_label, found.get_stage_display(), tuple(wanted))


def first_fix(inspection: Inspection, correction: Correction | None) -> str:
    """The page of the first field that a return names, at the field; empty when it names none."""
    if correction is None or not correction.wanted:
        return ""
    first = correction.wanted[0]
    anchor = f"#f-{first.field}" if first.field else ""
    return f"{reverse('supervision:filing_section', args=[inspection.pk, first.section])}{anchor}"


def next_section(filing: Filing, after: str, correction: Correction | None) -> Section | None:
    """Where the person goes on: the next section that is asked for or has something left; none when all is done."""
    codes = [section.code for section in filing.form.sections]
    start = codes.index(after) + 1 if after in codes else 0
    for code in [*codes[start:], *codes[:start]]:
        if code == after:
            continue
        state = filing.examination.sections[code]
        wanted = correction is not None and code in correction.sections and not _is_touched(filing, code)
        if wanted or not state.is_complete:
            return filing.form.section(code)
    return None


def _is_touched(filing: Filing, code: str) -> bool:
    """Whether the section was saved after the filing came back."""
    saved_at, returned_at = filing.sections[code].saved_at, filing.inspection.returned_at
    return saved_at is not None and returned_at is not None and saved_at > returned_at


def file_fields(section: Section) -> Iterable[str]:
    return (one.code for one in section.fields if one.type is FieldType.FILE)


# What speaks against 合格 ------------------------------------------------------------------------------------------
GATE = "inspection"
ISSUES = "inspection.issue."


def issues_among(findings: Sequence[Finding], rules: Mapping[str, Any]) -> tuple[Issue, ...]:
    """The warnings of the other wings that are issues by the lists in force (R-032)."""
    severities = {code.removeprefix(ISSUES): str(level) for code, level in rules.items() if code.startswith(ISSUES)}
    return issues_of([(one.rule, one.text) for one in findings if one.level != Level.OK], severities)


def known_issues(association: Association, today: date) -> tuple[Issue, ...]:
    """What the wings know today of an association that speaks against 合格 (R-084, R-032)."""
    return issues_among(gates.check(GATE, association, on=today), values_under("inspection", on=today))


# Who answers -----------------------------------------------------------------------------------------------------
def _bodies(association: Any, on: Any) -> QuerySet[Any]:
    """The bodies that answer for an association; whom a role was given to last, where it was given twice."""
    assigned = Assignment.objects.filter(current_on(on), association=OuterRef("pk")).order_by("-starts_on", "-pk")
    registrars = (
        Department.objects.filter(current_on(on), kind=DepartmentKind.REGISTRAR, level=OuterRef("registration_level"))
        .alias(registered_at=ExpressionWrapper(OuterRef("region__path"), output_field=CharField()))
        .filter(registered_at__startswith=F("region__path"))
        .order_by("-region__path", "pk")
    )
    return (
        Association.objects.unscoped(WHY)
        .filter(pk=association)
        .values(
            supervisor_id=Subquery(assigned.filter(role=AssignmentRole.SUPERVISING_UNIT).values("department")[:1]),
            committee_id=Subquery(assigned.filter(role=AssignmentRole.PARTY_COMMITTEE).values("department")[:1]),
            registrar_id=Subquery(registrars.values("pk")[:1]),
        )
    )


_BODIES = Statement(_bodies, association=BigIntegerField(), on=DateField())


def bodies_of(association: Association, on: date) -> dict[str, Any]:
    """The keys of the bodies that answer for an association on a day, by the filing's columns."""
    return _BODIES.first(association=association.pk, on=on)  # type: ignore[no-any-return]


# The years before -------------------------------------------------------------------------------------------------
_YEARS = Statement(
    lambda association: (
        Inspection.objects.unscoped(WHY)
        .filter(association=association)
        .exclude(round__state=RoundState.DRAFT)
        .order_by("round__report_year", "pk")
        .values_list("round__report_year", "state", "conclusion", "filing_due_on", "round__state")
    ),
    association=BigIntegerField(),
)


def past_years(association: Association, today: date) -> list[PastYear]:
    """How each year of an association ended, as far as there is a record of it; one query."""
    return [
        PastYear(year, outcome_of(state, conclusion, is_over=round_state == RoundState.CLOSED or due_on < today))
        for year, state, conclusion, due_on, round_state in _YEARS(association=association.pk)
    ]


def receiver(inspection: Inspection, submission: Submission) -> str:
    """Who has the hand-in now, by name."""
    bodies = {
        Stage.SUPERVISOR: inspection.supervisor,
        Stage.COMMITTEE: inspection.committee,
        Stage.REGISTRAR: inspection.registrar,
    }
    body = bodies.get(Stage(submission.stage)) if submission.stage else None
    return body.name if body else (submission.get_stage_display() or "登记管理机关")


def ready_paper(inspection: Inspection, kind: str, content_code: str) -> FilingPaper | None:
    """The kept paper of a draft's content, if it was made."""
    with everything(WHY):
        papers = FilingPaper.objects.filter(inspection=inspection, submission=None, kind=kind)
        return papers.filter(content_code=content_code, stored__isnull=False).first()
