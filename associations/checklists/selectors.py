"""Reading checklists: their steps with what the records answer, for one and for a page of them."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from associations.checklists.answers import answers
from associations.checklists.enums import OPENING
from associations.checklists.models import Checklist, ChecklistStep, ChecklistTemplate, TemplateStep
from associations.checklists.rules import StepView, applying, step_state
from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association, current_on
from portal.access.actor import Actor
from portal.access.scoping import scoped


def templates_for(association: Association, day: date, occasion: str = "") -> list[ChecklistTemplate]:
    """The templates of an occasion, or of all that open a checklist, which apply to an association on a day; the
    nearest of each code."""
    return templates_at(association.region.path_codes, day, *([occasion] if occasion else OPENING))


def templates_at(path_codes: Sequence[str], day: date, *occasions: str) -> list[ChecklistTemplate]:
    """The lists of some occasions that hold in a place on a day, with their steps; the nearest of each code."""
    rows = ChecklistTemplate.objects.select_related("region").prefetch_related("steps")
    return applying(rows.filter(occasion__in=occasions), path_codes, day)


def lists_in_force(day: date, *occasions: str) -> list[ChecklistTemplate]:
    """Every list of some occasions that holds somewhere on a day, with its steps; the nation's first."""
    rows = ChecklistTemplate.objects.filter(current_on(day), occasion__in=occasions).select_related("region")
    found = rows.prefetch_related("steps").order_by("occasion", "pk")
    return sorted(found, key=lambda one: (one.region_code, occasions.index(one.occasion), one.pk))


def template_titles(*occasions: str) -> list[tuple[str, str]]:
    """Code and title of every checklist that there is, or of the lists of some occasions, for a choice."""
    return list(
        dict(
            ChecklistTemplate.objects.filter(occasion__in=occasions or OPENING)
            .order_by("code", "pk")
            .values_list("code", "title")
        ).items()
    )


def templates_among(keys: Collection[int]) -> QuerySet[ChecklistTemplate]:
    """Templates by key."""
    return ChecklistTemplate.objects.filter(pk__in=keys)


def committee_name_on(day: date) -> Subquery:
    """The name of the committee that answers on a day for the association of a checklist in the outer query."""
    rows = Assignment.objects.filter(
        current_on(day), role=AssignmentRole.PARTY_COMMITTEE, association=OuterRef("association")
    )
    return Subquery(rows.order_by("-starts_on", "-pk").values("department__name")[:1])


def with_steps(rows: QuerySet[Checklist], actor: Actor) -> QuerySet[Checklist]:
    steps = scoped(ChecklistStep, actor).select_related("done_by").order_by("number")
    return rows.select_related("association__region", "template").prefetch_related(
        Prefetch("steps", queryset=steps, to_attr="all_steps")
    )


def checklists_of(actor: Actor, association: Association) -> list[Checklist]:
    """The checklists of an association, the open ones first; two queries."""
    rows = with_steps(scoped(Checklist, actor).filter(association=association), actor)
    return sorted(rows, key=lambda one: (one.closed_on is not None, one.pk))


def step_views(checklists: Sequence[Checklist], day: date) -> dict[int, list[StepView]]:
    """Checklist → its steps. What a person recorded stands; the records are asked for the others, once a fact."""
    open_ones = [one for one in checklists if one.closed_on is None]
    asked = {step.fact for one in open_ones for step in one.all_steps if step.fact and step.done_on is None}  # type: ignore[attr-defined]
    known = answers(asked, {one.association_id for one in open_ones}, day)
    return {one.pk: [_view(one, step, known) for step in one.all_steps] for one in checklists}  # type: ignore[attr-defined]


def _view(checklist: Checklist, step: ChecklistStep, known: dict) -> StepView:  # type: ignore[type-arg]
    answer = None if checklist.closed_on else known.get((step.fact, checklist.association_id))
    state = step_state(step.done_on, answer)
    if step.done_on is None and answer is not None:
        return StepView(step.number, step.text, state, answer.on, answer.evidence, "系统记录", step.pk)
    return StepView(step.number, step.text, state, step.done_on, step.evidence, step.membership_label, step.pk)


def matters(*occasions: str) -> list[str]:
    """The texts of the lists of some occasions, each once, in their order: for a choice."""
    rows = TemplateStep.objects.filter(template__occasion__in=occasions).order_by("template__code", "number", "pk")
    return list(dict.fromkeys(rows.values_list("text", flat=True)))
