"""What the register knows about an association, by the names that form files use, and last year's answers.

Two queries whatever a form asks: every fact of the association is a subquery of one statement, the answering bodies
and Party organisation's people among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from associations.evaluation.models import Grade
from associations.governance.enums import SINGLE_POSTS, Post
from associations.governance.models import Contact, Officer
from associations.registry.enums import AssignmentRole, DepartmentKind
from associations.registry.models import Assignment, Association, Department, current_on
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.members.models import Secretary
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from partybuilding.organizations.selectors import existing_on
from portal.access.statements import Statement
from portal.filing.definition import CarryCheck, FieldType, Form
from portal.filing.definition import Field as FormField
from portal.filing.reading import Answers, Raw, Value, canonical, parse
from portal.people.models import Phone
from portal.privacy.sealing import SealBroken, unseal
from portal.privacy.services import column_of
from supervision.inspections.enums import Conclusion
from supervision.inspections.models import Inspection, Submission
from supervision.inspections.sealed import opened_answers

WHY = "the register's facts about an association whose filing the caller has already reached"
REGISTER, LAST_YEAR = "register", "last_year"
OPENING, CLOSING = "opening", "closing"  # the columns of a balance sheet in every form file
ORIGIN_LABELS = {REGISTER: "登记库", LAST_YEAR: "上年年检"}


def facts_of(association: Association, on: date) -> dict[str, Value]:
    """Everything the register knows on a day, by source name; a fact that is not known is None."""
    row = _FACTS.first(
        association=association.pk,
        on=on,
        birthday=_birthday_of_seventy(on),
        new_year=date(on.year, 1, 1),
    )
    # Of a plain value's subquery Django reads what the database keeps; SQLite keeps these as text.
    if isinstance(row["grade_until"], str):
        row["grade_until"] = date.fromisoformat(row["grade_until"])
    if isinstance(row["contact_phone_pk"], str):
        row["contact_phone_pk"] = UUID(row["contact_phone_pk"])
    organization = _organization(row["organization_pk"], on)
    return {**_own_facts(association), **_bodies(row), **_people(row), **_officers(row), **organization}


def _own_facts(association: Association) -> dict[str, Value]:
    return {
        "association.name": association.name,
        "association.uscc": association.uscc,
        "association.kind": association.get_kind_display(),
        "association.registration_level": association.get_registration_level_display(),
        "association.region": association.region.name,
        "association.registration_mode": association.get_registration_mode_display() or None,
        "association.industry_category": association.industry_category or None,
        "association.established_on": association.established_on,
        "association.domicile": association.domicile or None,
        "association.registered_fund": association.registered_fund,
        "association.unit_member_count": association.unit_member_count,
        "association.individual_member_count": association.individual_member_count,
        "association.staff_count": association.staff_count,
        "association.full_time_staff_count": association.full_time_staff_count,
        "association.term_started_on": association.term_started_on,
        "association.term_years": association.term_years,
        "association.charter_has_party_clause": association.charter_has_party_clause,
        "association.charter_party_clause_on": association.charter_party_clause_on,
    }


def _question(association: Any, on: Any, birthday: Any, new_year: Any) -> QuerySet[Any]:
    """One statement for all that hangs on the association."""
    here = OuterRef("pk")
    assigned = Assignment.objects.filter(current_on(on), association=here).order_by("-starts_on", "-pk")
    officers = Officer.objects.filter(current_on(on), association=here)
    counted = officers.exclude(post=Post.HONORARY)
    contact = Contact.objects.filter(current_on(on), association=here).order_by("-is_main", "pk")
    covered = CoveredAssociation.objects.filter(
        current_on(on),
        association=here,
        organization__in=PartyOrganization.objects.filter(existing_on(on)),
    ).order_by("starts_on", "pk")
    grade = Grade.objects.filter(current_on(on), association=here, announced_on__lte=on).order_by("-announced_on")
    guided = InstructorAssignment.objects.filter(current_on(on), association=here).order_by("-starts_on", "-pk")
    registrars = (
        Department.objects.filter(current_on(on), kind=DepartmentKind.REGISTRAR, level=OuterRef("registration_level"))
        .alias(registered_at=ExpressionWrapper(OuterRef("region__path"), output_field=CharField()))
        .filter(registered_at__startswith=F("region__path"))
        .order_by("-region__path", "pk")
    )
    earlier = Inspection.objects.filter(association=here, round__opens_on__lt=new_year).exclude(conclusion="")
    found = Association.objects.unscoped(WHY).filter(pk=association)
    found = found.annotate(
        **{f"body_{role}": _first(assigned.filter(role=role), "department__name") for role in AssignmentRole},
        registrar=_first(registrars, "name"),
        **{
            f"officer_{post}": _first(officers.filter(post=post).order_by("pk"), "person__name")
            for post in SINGLE_POSTS
        },
        officer_count=_number(counted),
        # The figure is defined by that age, whatever limit is in force.
        over_seventy_count=_number(counted.filter(person__born_on__lt=birthday)),
        contact_name=_first(contact, "person__name"),
        contact_duty=_first(contact, "duty"),
        contact_phone_pk=_first(contact, "phone"),
        contact_phone=_first(contact, "phone__number"),
        organization_pk=_first(covered, "organization"),
        grade_level=_first(grade, "level"),
        grade_until=_first(grade, "ends_on"),
        instructor=_first(guided, "instructor__person__name"),
        last_conclusion=_first(earlier.order_by("-round__report_year", "-pk"), "conclusion"),
    )
    return found.values(*found.query.annotations)


_FACTS = Statement(
    _question,
    association=BigIntegerField(),
    on=DateField(),
    birthday=DateField(),
    new_year=DateField(),
)


def _first(rows: QuerySet[Any], name: str) -> Subquery:
    return Subquery(rows.values(name)[:1])


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("association").annotate(number=Count("person", distinct=True)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _birthday_of_seventy(on: date) -> date:
    """Whoever was born before this day has had the seventieth birthday."""
    return on.replace(year=on.year - 70, day=min(on.day, 28) if on.month == 2 else on.day)


def _bodies(row: dict[str, Any]) -> dict[str, Value]:
    return {
        "bodies.supervising_unit": row["body_supervising_unit"],
        "bodies.industry_regulator": row["body_industry_regulator"],
        "bodies.party_committee": row["body_party_committee"],
        "bodies.registrar": row["registrar"],
        "evaluation.grade": row["grade_level"],
        "evaluation.valid_until": row["grade_until"],
        "last.conclusion": Conclusion(row["last_conclusion"]).label if row["last_conclusion"] else None,
        "party.instructor_name": row["instructor"],
    }


def _officers(row: dict[str, Any]) -> dict[str, Value]:
    has_any = row["officer_count"] > 0
    return {
        "officers.legal_representative": row["officer_legal_representative"],
        "officers.president": row["officer_president"],
        "officers.secretary_general": row["officer_secretary_general"],
        "officers.count": row["officer_count"] if has_any else None,
        "officers.over_seventy_count": row["over_seventy_count"] if has_any else None,
    }


def _people(row: dict[str, Any]) -> dict[str, Value]:
    phone = None
    if row["contact_phone"]:
        column = column_of(Phone, "number")
        try:
            phone = unseal(row["contact_phone"], table=Phone._meta.db_table, column=column, row=row["contact_phone_pk"])
        except SealBroken:
            phone = None
    return {
        "contacts.name": row["contact_name"],
        "contacts.post": row["contact_duty"] or None,
        "contacts.phone": phone,
    }


def _organization_question(pk: Any, on: Any) -> QuerySet[Any]:
    secretary = Secretary.objects.filter(current_on(on), organization=OuterRef("pk")).order_by("-starts_on", "-pk")
    rows = PartyOrganization.objects.unscoped(WHY).filter(pk=pk)
    return rows.annotate(
        secretary=_first(secretary, "person__name"),
        superior=Coalesce(F("parent__name"), F("committee__name")),
    ).values(
        "name",
        "establishment_mode",
        "established_on",
        "secretary",
        "superior",
        "full_member_count",
        "probationary_member_count",
    )


_ORGANIZATION = Statement(_organization_question, pk=BigIntegerField(), on=DateField())


def _organization(pk: int | None, on: date) -> dict[str, Value]:
    known: dict[str, Any] = {} if pk is None else _ORGANIZATION.first(pk=pk, on=on)
    return {
        "party.has_organization": bool(known),
        "party.organization_name": known.get("name"),
        "party.establishment_mode": known.get("establishment_mode"),
        "party.established_on": known.get("established_on"),
        "party.secretary_name": known.get("secretary"),
        "party.superior_name": known.get("superior"),
        "party.member_count": known.get("full_member_count"),
        "party.probationary_count": known.get("probationary_member_count"),
    }


# Last year --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LastYear:
    """What the association handed in last year: as typed, as read by this year's form, and when."""

    answers: Answers = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    on: datetime | None = None
    year: int = 0


_HANDED_IN = Statement(
    lambda association, year: (
        Submission.objects.unscoped(WHY)
        .filter(inspection__association=association, inspection__round__report_year=year)
        .order_by("-submitted_at", "-sequence")[:1]
    ),
    association=BigIntegerField(),
    year=IntegerField(),
)


def last_year_of(inspection: Inspection, form: Form) -> LastYear:
    """The latest hand-in of the same association for the year before; answers that this form does not ask fall away."""
    found = _HANDED_IN.first(association=inspection.association_id, year=inspection.round.report_year - 1)
    return last_year_in(found, inspection, form)


def last_year_in(found: Submission | None, inspection: Inspection, form: Form) -> LastYear:
    """The answers of last year's hand-in as this year's form reads them."""
    if found is None:
        return LastYear()
    answers: Answers = {}
    for typed in found.answers.values():
        answers |= {code: raw for code, raw in typed.items() if code in form.fields}
    answers |= {code: raw for code, raw in opened_answers(found).items() if code in form.fields}
    values: dict[str, Value] = {}
    for code, raw in answers.items():
        read = parse(form.fields[code], raw)
        if not read.problem and read.value is not None:
            values[code] = read.value
    return LastYear(answers, values, found.submitted_at, inspection.round.report_year - 1)


# What a section begins with ---------------------------------------------------------------------------------------
def typed(one: FormField, value: Value) -> Raw:
    """A value as a person would have typed it into the field."""
    return canonical(one, value)


def locked_answers(fields: Iterable[FormField], register: dict[str, Value]) -> Answers:
    """The fields that the register owns, with what it says today."""
    return {
        one.code: typed(one, known)
        for one in fields
        if one.is_locked and (known := register.get(one.source)) is not None
    }


def carried(form: Form) -> dict[str, str]:
    """Opening figure → last year's closing figure that it must be: by the checks, and in every statement that has both
    columns."""
    found = {
        group.grid.cell(row.code, OPENING): group.grid.cell(row.code, CLOSING)
        for section in form.sections
        for group in section.groups
        if group.grid is not None and {OPENING, CLOSING} <= {column.code for column in group.grid.columns}
        for row in group.grid.rows
    }
    return found | {check.field: check.last for check in form.checks if isinstance(check, CarryCheck)}


def beginning(
    form: Form, fields: Iterable[FormField], register: dict[str, Value], last: LastYear, on: date
) -> tuple[Answers, dict[str, dict[str, str]]]:
    """(answers, origins) of a section that nobody has touched: the register's facts, else what does not change by
    itself from last year, opening figures among it. Other figures wait for 「沿用上年」 or the person."""
    closing = carried(form)
    answers: Answers = {}
    origins: dict[str, dict[str, str]] = {}
    for one in fields:
        if one.type is FieldType.FILE or one.is_locked:
            continue
        known = register.get(one.source) if one.source else None
        if known is not None:
            answers[one.code] = typed(one, known)
            origins[one.code] = {"from": REGISTER, "on": on.isoformat()}
        elif closing.get(one.code) in last.values:
            answers[one.code] = last.answers[closing[one.code]]
            origins[one.code] = {"from": LAST_YEAR, "on": str(last.year)}
        elif one.last_year and one.code in last.values and not one.is_numeric and one.type is not FieldType.DATE:
            answers[one.code] = last.answers[one.code]
            origins[one.code] = {"from": LAST_YEAR, "on": str(last.year)}
    return answers, origins


def as_last_year(
    fields: Iterable[FormField], answers: Answers, origins: dict[str, dict[str, str]], last: LastYear
) -> tuple[Answers, dict[str, dict[str, str]]]:
    """「沿用上年，无变化」: last year's answers where the person has typed nothing.

    What was typed stays, and so does what the register knows today: it is the fresher of the two.
    """
    taken, marks = dict(answers), dict(origins)
    for one in fields:
        is_kept = bool(answers.get(one.code)) and origins.get(one.code, {}).get("from") != LAST_YEAR
        if one.type is FieldType.FILE or one.is_locked or not one.last_year or is_kept or one.code not in last.answers:
            continue
        taken[one.code] = last.answers[one.code]
        marks[one.code] = {"from": LAST_YEAR, "on": str(last.year)}
    return taken, marks
