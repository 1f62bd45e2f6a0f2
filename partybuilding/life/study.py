"""Reading study: how a problem stands, the figures of a year, the coverage of a programme (P-53 to P-59, P-72)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from partybuilding.life.enums import Education, LifeKind, ProblemState, StudyForm, StudyMode
from partybuilding.life.models import LifeRecord, StudyProblem
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations.rules import Rate

STUDYING = Q(kind__in=[LifeKind.STUDY, LifeKind.LECTURE])


def problem_is(state: str, day: date) -> Q:
    """`rules.problem_state` as a filter."""
    done = Q(rectified_on__isnull=False, rectified_on__lte=day)
    return {
        ProblemState.RECTIFIED: done,
        ProblemState.OVERDUE: ~done & Q(due_on__lt=day),
        ProblemState.OPEN: ~done & Q(due_on__gte=day),
    }[ProblemState(state)]


@dataclass(frozen=True)
class StudyFigures:
    """Study of a span: how often, in which ways, who came; what was found and mended."""

    sessions: int
    organizations: int
    present: Rate
    officers: int
    member_units: int
    by_mode: dict[str, int]
    by_education: dict[str, int]
    by_form: dict[str, int]
    found: int
    rectified: int
    linked: int


def study_figures(
    actor: Actor, first: date, last: date, organizations: QuerySet[PartyOrganization] | None = None
) -> StudyFigures:
    """The figures of a span in the actor's scope, or of some organisations: two queries."""
    records = scoped(LifeRecord, actor).filter(STUDYING, held_on__gte=first, held_on__lte=last).order_by()
    problems = scoped(StudyProblem, actor).filter(found_on__gte=first, found_on__lte=last).order_by()
    if organizations is not None:
        keys = organizations.values("pk")
        records, problems = records.filter(organization__in=keys), problems.filter(organization__in=keys)
    done = records.aggregate(
        sessions=Count("pk"),
        organizations=Count("organization", distinct=True),
        expected=Sum("expected_count"),
        present=Sum("present_count"),
        officers=Sum("officer_count"),
        member_units=Sum("member_unit_count"),
        **{f"mode_{one}": Count("pk", filter=Q(mode=one)) for one in StudyMode.values},
        **{f"education_{one}": Count("pk", filter=Q(education=one)) for one in Education.values},
        **{f"form_{one}": Count("pk", filter=Q(form=one)) for one in StudyForm.values},
    )
    mended = problems.aggregate(
        found=Count("pk"),
        rectified=Count("pk", filter=problem_is(ProblemState.RECTIFIED, last)),
        linked=Count("pk", filter=~Q(linked_system="")),
    )
    return StudyFigures(
        sessions=done["sessions"],
        organizations=done["organizations"],
        present=Rate(done["present"] or 0, done["expected"] or 0),
        officers=done["officers"] or 0,
        member_units=done["member_units"] or 0,
        by_mode={one: done[f"mode_{one}"] for one in StudyMode.values},
        by_education={one: done[f"education_{one}"] for one in Education.values},
        by_form={one: done[f"form_{one}"] for one in StudyForm.values},
        **mended,
    )


def having_studied(rows: QuerySet[PartyOrganization], programme: int, day: date) -> QuerySet[PartyOrganization]:
    """The organisations with a record of a programme up to a day."""
    found = LifeRecord.objects.filter(held_on__lte=day, programme=programme, organization=OuterRef("pk"))
    return rows.filter(Q(Exists(found)))
