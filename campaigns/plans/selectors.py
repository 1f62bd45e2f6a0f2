"""Reading campaigns: who runs one, which organisations it reaches, and whether its document holds together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from associations.registry.models import Assignment, Association, Department, current_on, in_department_subtree
from associations.registry.selectors import active_on
from campaigns.plans.enums import CampaignState, ItemKind, SteeringRole
from campaigns.plans.models import (
    Campaign,
    CampaignItem,
    CampaignLink,
    Criterion,
    CriterionSet,
    Method,
    Phase,
    SteeringMember,
    Step,
    StepExtension,
    Unit,
)
from campaigns.plans.rules import (
    CloseFacts,
    IssueFacts,
    PlanFacts,
    ReviewFacts,
    Span,
    method_problems,
    phase_clashes,
    phase_gaps,
    step_problems,
)
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from partybuilding.organizations.selectors import existing_on
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped

WHOLE = "the parts of one campaign that the caller has reached"


def is_runner(campaign: Campaign, actor: Actor) -> bool:
    """Whether the actor's body runs the campaign, as `run_by` says in SQL; the department oversees every one."""
    if actor.role in DEPARTMENT:
        return True
    if actor.role == Role.REGIONAL_OFFICE:
        return campaign.organizer_id is None and campaign.region.path.startswith(actor.scope.path)
    has_own = actor.role in {Role.PARTY_COMMITTEE, Role.SUPERVISING_UNIT}
    return has_own and campaign.organizer_id in actor.scope.department_pks


def associations_of(campaign: Campaign, day: date) -> QuerySet[Association]:
    """The active associations a campaign reaches: all of its place (C-35), or those its organiser answers for."""
    rows = Association.objects.unscoped("a campaign reaches every association of its scope").filter(active_on(day))
    if campaign.organizer_id is None:
        return rows.filter(region__path__startswith=campaign.region.path)
    answering = Assignment.objects.filter(
        current_on(day),
        in_department_subtree("department", campaign.organizer_id),
        association=OuterRef("pk"),
    )
    return rows.filter(Exists(answering))


def organizations_of(campaign: Campaign, day: date) -> QuerySet[PartyOrganization]:
    """The Party organisations that cover an association the campaign reaches on a day."""
    covering = CoveredAssociation.objects.filter(
        current_on(day), organization=OuterRef("pk"), association__in=associations_of(campaign, day)
    )
    rows = PartyOrganization.objects.unscoped("a campaign reaches every organisation of its scope")
    return rows.filter(existing_on(day), Exists(covering)).select_related("committee").order_by("pk")


def items_of(campaign: Campaign) -> dict[str, list[str]]:
    """The lists of a campaign's document, by kind, in the document's order; a kind without lines has an empty list."""
    rows = CampaignItem.objects.unscoped(WHOLE).filter(campaign=campaign).order_by("number")
    found: dict[str, list[str]] = defaultdict(list)
    for kind, text in rows.values_list("kind", "text"):
        found[kind].append(text)
    return {kind: found[kind] for kind in ItemKind.values}


def phases_of(campaign: Campaign) -> list[Phase]:
    return list(Phase.objects.unscoped(WHOLE).filter(campaign=campaign).order_by("number"))


def steps_of(campaign: Campaign) -> list[Step]:
    """The steps in their order, each with its last extension as `extension`; one query."""
    rows = Step.objects.unscoped(WHOLE).filter(campaign=campaign).order_by("number", "extensions__until_on")
    names = ("was_until_on", "until_on", "document_number", "reason")
    steps: dict[int, Step] = {}
    for row in rows.annotate(**{f"extension_{name}": F(f"extensions__{name}") for name in names}):
        told = {name: getattr(row, f"extension_{name}") for name in names}
        row.extension = StepExtension(step=row, **told) if told["until_on"] else None  # type: ignore[attr-defined]
        steps[row.pk] = row
    return list(steps.values())


def methods_of(campaign: Campaign) -> list[Method]:
    """The methods in their order, each with those that must be done first as `needed`; one query."""
    rows = Method.objects.unscoped(WHOLE).filter(campaign=campaign).order_by("number", "requires__number")
    methods: dict[int, Method] = {}
    waiting: list[tuple[int, int]] = []
    for row in rows.annotate(needed_pk=F("requires")):
        method = methods.setdefault(row.pk, row)
        method.needed = []  # type: ignore[attr-defined]
        if row.needed_pk is not None:
            waiting.append((row.pk, row.needed_pk))
    for pk, needed in waiting:
        methods[pk].needed.append(methods[needed])  # type: ignore[attr-defined]
    return list(methods.values())


def needs_of(method: Method) -> list[Method]:
    """What must be done before one method."""
    return list(Method.objects.unscoped(WHOLE).filter(required_by=method).order_by("number"))


def method_order(methods: Iterable[Method]) -> dict[int, tuple[str, list[int]]]:
    """Number → title and the numbers it waits for, as the rule wants it."""
    return {one.number: (one.title, [other.number for other in one.needed]) for one in methods}  # type: ignore[attr-defined]


def span_of(row: Campaign | Phase | Step) -> Span:
    """A campaign, a phase or a step as a span of days."""
    return Span(row.title, row.starts_on, row.ends_on, getattr(row, "may_overlap", False))


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """The document of a campaign with all its parts, read once for a page."""

    whole: Span
    items: dict[str, list[str]]
    phases: list[Phase]
    steps: list[Step]
    methods: list[Method]

    def problems(self) -> list[str]:
        """Everything that keeps the document from going out, by R-111 and R-112."""
        phases = [span_of(one) for one in self.phases]
        return [
            *phase_clashes(self.whole, phases),
            *phase_gaps(self.whole, phases),
            *step_problems(self.whole, [span_of(one) for one in self.steps]),
            *method_problems(method_order(self.methods)),
        ]


def plan_of(campaign: Campaign) -> CampaignPlan:
    """Everything a campaign's document says; four queries."""
    return CampaignPlan(
        span_of(campaign), items_of(campaign), phases_of(campaign), steps_of(campaign), methods_of(campaign)
    )


def issue_facts(campaign: Campaign, actor: Actor, day: date) -> IssueFacts:
    """What decides whether the document may go out."""
    plan = plan_of(campaign)
    return IssueFacts(
        is_runner=is_runner(campaign, actor),
        document_number=campaign.document_number,
        bases=plan.items[ItemKind.BASIS],
        method_count=len(plan.methods),
        unit_count=organizations_of(campaign, day).count(),
        problems=plan.problems(),
    )


def close_facts(campaign: Campaign, actor: Actor, day: date) -> CloseFacts:
    return CloseFacts(is_runner(campaign, actor), day, campaign.ends_on)


def is_own_unit(unit: Unit, actor: Actor) -> bool:
    """Whether the actor answers for the unit's plan: its secretary, or the committee itself."""
    if actor.role == Role.BRANCH_SECRETARY:
        return unit.organization_id is not None and unit.organization_id == actor.scope.pk
    return (
        actor.role == Role.PARTY_COMMITTEE and unit.department_id is not None and unit.department_id == actor.scope.pk
    )


def is_reviewer(unit: Unit, actor: Actor) -> bool:
    """Whether the actor looks at the unit's plan: whoever runs the campaign, or the committee above the unit.

    A committee's own plan is not for itself to accept.
    """
    if is_own_unit(unit, actor):
        return False
    above = unit.committee
    if actor.role == Role.PARTY_COMMITTEE and above is not None and above.pk in actor.scope.department_pks:
        return True
    return is_runner(unit.campaign, actor)


def plan_facts(unit: Unit, actor: Actor, day: date) -> PlanFacts:
    campaign = unit.campaign
    return PlanFacts(
        is_own=is_own_unit(unit, actor),
        is_running=campaign.state == CampaignState.RUNNING,
        has_left=unit.left_on is not None,
        theme=unit.theme,
        measures=unit.measures,
        mobilised_on=unit.mobilised_on,
        today=day,
        starts_on=campaign.starts_on,
    )


def review_facts(unit: Unit, actor: Actor) -> ReviewFacts:
    return ReviewFacts(is_reviewer(unit, actor))


def units_for(actor: Actor, campaign: Campaign) -> QuerySet[Unit]:
    """The units of a campaign that the actor reads."""
    rows = scoped(Unit, actor).filter(campaign=campaign)
    return rows.select_related("organization__committee", "department__parent", "campaign__region")


def running_q(day: date) -> Q:
    """Campaigns that are carried on."""
    return Q(state=CampaignState.RUNNING, starts_on__lte=day)


def committees_of(organizations: Sequence[PartyOrganization]) -> list[Department]:
    """The committees of some organisations, each once, which make plans of their own (C-02)."""
    found = {one.committee.pk: one.committee for one in organizations if one.committee is not None}
    return [found[pk] for pk in sorted(found)]


def steering_of(campaign: Campaign) -> list[SteeringMember]:
    """The leading group and its office, in the order of their posts."""
    rows = SteeringMember.objects.unscoped(WHOLE).filter(campaign=campaign)
    return sorted(rows, key=lambda row: (SteeringRole.values.index(row.role), row.number, row.pk))


def links_of(actor: Actor, campaign: Campaign) -> list[CampaignLink]:
    """Campaigns that this one belongs to, follows, or goes with; `is_readable` says whether the actor may open one."""
    rows = CampaignLink.objects.unscoped(WHOLE).filter(campaign=campaign).select_related("other")
    readable = Exists(Campaign.objects.filter(Campaign.scope_q(actor), pk=OuterRef("other")))
    return list(rows.annotate(is_readable=readable).order_by("kind", "pk"))


def criteria_of(campaign: Campaign) -> list[tuple[CriterionSet, list[Criterion]]]:
    """The sets of criteria that a campaign chose, each with its lines; one query."""
    rows = Criterion.objects.filter(criterion_set__campaigns=campaign).select_related("criterion_set")
    found: dict[int, tuple[CriterionSet, list[Criterion]]] = {}
    for row in rows.order_by("criterion_set__target", "criterion_set__code", "number"):
        found.setdefault(row.criterion_set_id, (row.criterion_set, []))[1].append(row)
    return list(found.values())
