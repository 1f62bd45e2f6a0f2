"""Reading rounds: places and how far they are used, who stands on the list, what keeps a decision back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from associations.registry.models import Department, current_on, in_department_subtree
from campaigns.commendations import vetoes
from campaigns.commendations.enums import COUNTED, Base, NominationState, RoundState
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from campaigns.commendations.rules import (
    ChooseFacts,
    DecideFacts,
    NominateFacts,
    OpenFacts,
    PublicityFacts,
    ReturnFacts,
    TakeBackFacts,
    advised_order,
    blocks,
    quota_problem,
    tie_rank,
    tie_words,
)
from campaigns.commendations.scoring import mean_scores, scoring_of
from campaigns.plans.enums import CampaignState, Target
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_own_unit, is_runner
from partybuilding.appraisal.selectors import last_effect
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from portal import gates
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.publishing.enums import PublicationState
from portal.publishing.selectors import notice_subjects, open_objection_count, upheld_subjects, upheld_whole

# What is given for a kind: a member, a secretary, a mass organisation, a name written down.
SHAPES = {
    str(Target.ORGANIZATION): (False, False, False, False),
    str(Target.MEMBER): (True, False, False, False),
    str(Target.WORKER): (False, True, False, False),
    str(Target.GROUP): (False, False, True, False),
    str(Target.GROUP_MEMBER): (False, False, True, True),
}
WHOLE = "the parts of one round that the caller has reached"


def kinds_of(one: AwardRound) -> list[AwardKind]:
    """The kinds of a round with how many places were given out as `given`."""
    rows = AwardKind.objects.unscoped(WHOLE).filter(round=one).select_related("criterion_set").order_by("number")
    return list(rows.annotate(given=Coalesce(Sum("quotas__count"), 0)))


def open_facts(one: AwardRound, actor: Actor, on: date) -> OpenFacts:
    kinds = kinds_of(one)
    problems = [quota_problem(kind.title, kind.total, kind.given) for kind in kinds]  # type: ignore[attr-defined]
    with everything(WHOLE):
        problems += blocks(gates.check(vetoes.THREE_NO, one, on=on))
    return OpenFacts(
        is_runner=is_runner(one.campaign, actor),
        is_running=one.campaign.state == CampaignState.RUNNING,
        basis_title=one.basis_title,
        basis_number=one.basis_number,
        has_basis_file=one.basis_file_id is not None,
        kind_count=len(kinds),
        problems=[text for text in problems if text],
    )


def quotas_of(one: AwardRound) -> list[Quota]:
    """Every unit with places, and how many of them are used as `used`."""
    rows = Quota.objects.unscoped(WHOLE).filter(kind__round=one)
    rows = rows.select_related("kind", "unit__organization", "unit__department").order_by("kind__number", "unit")
    counted = Nomination.objects.unscoped(WHOLE).filter(kind=OuterRef("kind"), unit=OuterRef("unit"), state__in=COUNTED)
    used = counted.order_by().values("kind").annotate(number=Count("pk")).values("number")
    return list(rows.annotate(used=Coalesce(Subquery(used), 0)))


def own_quotas(one: AwardRound, actor: Actor) -> list[Quota]:
    """The places of the actor's own unit that are not used up."""
    mine = [quota for quota in quotas_of(one) if is_own_unit(quota.unit, actor)]
    return [quota for quota in mine if quota.count > quota.used]  # type: ignore[attr-defined]


def quota_bases(campaign: Campaign, units: Sequence[Unit], by: str, on: date) -> dict[int, int]:
    """What each unit's share is reckoned from: members or organisations of the units below it (R-115a)."""
    with everything("the figures of one campaign's units"):
        rows = Unit.objects.filter(campaign=campaign, left_on=None, organization__isnull=False)
        bodies = {unit.organization_id: unit.organization for unit in rows.select_related("organization")}
        roster = Counter(
            PartyMember.objects.filter(current_on(on), organization__in=list(bodies))
            .exclude(relation_in_organization=False)
            .values_list("organization", flat=True)
        )
        above = _committees_above({one.committee_id for one in bodies.values() if one.committee_id})
    weights = {pk: _weight(one, roster[pk], by) for pk, one in bodies.items()}
    found = {}
    for unit in units:
        if unit.organization_id is not None:
            found[unit.pk] = weights.get(unit.organization_id, 0)
        else:
            found[unit.pk] = sum(
                weights[pk] for pk, one in bodies.items() if unit.department_id in above.get(one.committee_id, ())
            )
    return found


def _weight(organization: PartyOrganization, roster: int, by: str) -> int:
    """One an organisation, or its members: by its roster, else as the organisation reported them."""
    if by == Base.ORGANIZATIONS:
        return 1
    reported = (organization.full_member_count or 0) + (organization.probationary_member_count or 0)
    return roster or reported


def _committees_above(pks: Iterable[int]) -> dict[int | None, set[int]]:
    """For each committee itself and all above it."""
    parents: Mapping[int, int | None] = dict(Department.objects.values_list("pk", "parent"))
    found: dict[int | None, set[int]] = {}
    for pk in pks:
        chain, at = set(), pk
        while at is not None and at not in chain:
            chain.add(at)
            at = parents.get(at)  # type: ignore[assignment]
        found[pk] = chain
    return found


def organizations_under(unit: Unit) -> QuerySet[PartyOrganization]:
    """The organisations that a unit may recommend, or recommend from: its own, or those below a committee, as far as
    they take part in the campaign."""
    rows = PartyOrganization.objects.unscoped("the units of one campaign")
    taking_part = Unit.objects.unscoped(WHOLE).filter(campaign=unit.campaign_id, left_on=None)
    rows = rows.filter(pk__in=taking_part.values("organization")).order_by("name", "pk")
    if unit.organization_id is not None:
        return rows.filter(pk=unit.organization_id)
    return rows.filter(in_department_subtree("committee", unit.department_id))


def nominate_facts(
    kind: AwardKind,
    unit: Unit,
    organization: PartyOrganization,
    member: PartyMember | None,
    secretary: Secretary | None,
    group: GroupOrganization | None = None,
    person_name: str = "",
    *,
    actor: Actor,
    on: date,
    recommended_on: date | None,
    participant_count: int,
    support_count: int,
    appraisal: str,
    dues_paid: bool | None,
    no_discipline: bool | None,
) -> NominateFacts:
    """What decides whether a unit may recommend somebody."""
    one = kind.round
    with everything(WHOLE):
        quota = Quota.objects.filter(kind=kind, unit=unit).first()
        counted = Nomination.objects.filter(kind=kind)
        used = counted.filter(unit=unit, state__in=COUNTED).count()
        same = Q(organization=organization, member=member, secretary=secretary, group=group, person_name=person_name)
        is_twice = counted.exclude(state=NominationState.WITHDRAWN).filter(same).exists()
    person = member or secretary
    is_of_unit = (
        unit.campaign_id == one.campaign_id
        and organizations_under(unit).filter(pk=organization.pk).exists()
        and (person is None or person.organization_id == organization.pk)
        and _fits(kind.target, member, secretary, group, person_name)
        and (group is None or covers(organization, group, on))
    )
    findings = vetoes.findings_for(
        kind,
        organization,
        member,
        secretary,
        group,
        on=on,
        appraisal=appraisal,
        dues_paid=dues_paid,
        no_discipline=no_discipline,
    )
    return NominateFacts(
        is_own=is_own_unit(unit, actor),
        is_open=one.state == RoundState.OPEN,
        due_on=one.nominations_due_on,
        today=on,
        unit_left=unit.left_on is not None,
        is_of_unit=is_of_unit,
        is_twice=is_twice,
        quota=quota.count if quota else 0,
        used=used,
        recommended_on=recommended_on,
        first_day=one.campaign.starts_on,
        participant_count=participant_count,
        support_count=support_count,
        vetoes=blocks(findings),
    )


def _fits(
    target: str,
    member: PartyMember | None,
    secretary: Secretary | None,
    group: GroupOrganization | None,
    person_name: str,
) -> bool:
    """Whether what is recommended is of the kind's own sort, and nothing besides."""
    given = (member is not None, secretary is not None, group is not None, bool(person_name))
    return given == SHAPES.get(target)


def covers(organization: PartyOrganization, group: GroupOrganization, on: date) -> bool:
    """Whether a Party organisation covers the association of a mass organisation, and so leads it (C-45)."""
    rows = CoveredAssociation.objects.unscoped(WHOLE).filter(current_on(on), organization=organization)
    return bool(rows.filter(association=group.association_id).exists())


def groups_under(actor: Actor, unit: Unit, on: date) -> QuerySet[GroupOrganization]:
    """The mass organisations that a unit may recommend: of the associations that its organisations cover."""
    covered = CoveredAssociation.objects.unscoped(WHOLE).filter(
        current_on(on), organization__in=organizations_under(unit)
    )
    rows = scoped(GroupOrganization, actor).filter(current_on(on), association__in=covered.values("association"))
    return rows.select_related("association").order_by("association__name", "kind", "pk")


def leader_of(unit: Unit, group: GroupOrganization, on: date) -> PartyOrganization | None:
    """The Party organisation below a unit that leads a mass organisation."""
    covering = CoveredAssociation.objects.unscoped(WHOLE).filter(current_on(on), association=group.association_id)
    return organizations_under(unit).filter(pk__in=covering.values("organization")).first()


def nominations_of(one: AwardRound, *states: str) -> list[Nomination]:
    rows = Nomination.objects.unscoped(WHOLE).filter(kind__round=one)
    rows = rows.filter(state__in=states) if states else rows
    return list(
        rows.select_related(
            "kind__round__campaign",
            "unit__organization",
            "unit__department",
            "organization__committee",
            "member__person",
            "secretary__person",
            "group__association",
        ).order_by("kind__number", "pk")
    )


def nominations_for(actor: Actor, one: AwardRound) -> QuerySet[Nomination]:
    """The recommendations of a round that the actor reads."""
    rows = scoped(Nomination, actor).filter(kind__round=one)
    return rows.select_related(
        "kind", "unit__organization", "unit__department", "organization", "member__person", "secretary__person", "group"
    )


def advised(nominations: QuerySet[Nomination], on: date) -> list[Nomination]:
    """Recommendations by kind, the better scored first, equal ones by the tie-break (A-44, R-115), each with `score`
    and `tie`. An order to read by, for whoever draws up the list; it chooses nobody (R-191)."""
    rows = list(nominations.annotate(effect=last_effect(on, "organization")))
    means = mean_scores(rows)
    ranks = {}
    for one in rows:
        gone, rating = one.organization.dissolved_on, one.effect or ""  # type: ignore[attr-defined]
        ranks[one.pk] = tie_rank(is_founded=gone is None or gone > on, rating=rating)
        one.score = means.get(one.pk)  # type: ignore[attr-defined]
        one.tie = tie_words(ranks[one.pk], rating)  # type: ignore[attr-defined]
    return sorted(
        rows, key=lambda one: (one.kind.number, *advised_order(means.get(one.pk), ranks[one.pk]), str(one), one.pk)
    )


def choose_facts(nomination: Nomination, actor: Actor, on: date, reason: str | None = None) -> ChooseFacts:
    kind = nomination.kind
    with everything(WHOLE):
        chosen = Nomination.objects.filter(kind=kind, state=NominationState.CHOSEN).count()
    return ChooseFacts(
        is_runner=is_runner(kind.round.campaign, actor),
        is_open=kind.round.state == RoundState.OPEN,
        chosen=chosen,
        total=kind.total,
        reason=reason,
        vetoes=[*blocks(vetoes.findings_of(nomination, on)), *scoring_of(nomination).problems],
    )


def drop_facts(nomination: Nomination, actor: Actor, reason: str | None = None) -> ChooseFacts:
    """Leaving somebody out asks for nothing but who and why; it is possible until the decision."""
    one = nomination.kind.round
    is_open = one.state in (RoundState.OPEN, RoundState.PUBLICITY)
    return ChooseFacts(is_open and is_runner(one.campaign, actor), is_open, 0, 1, reason)


def veto_problems(chosen: Iterable[Nomination], on: date) -> list[str]:
    """What speaks against those on the list, each by name."""
    found = [(one, [*blocks(vetoes.findings_of(one, on)), *scoring_of(one).problems]) for one in chosen]
    return [f"「{one}」：{text}" for one, texts in found for text in texts]


def publicity_facts(one: AwardRound, actor: Actor, on: date, *, asks_everybody: bool = True) -> PublicityFacts:
    """What decides whether the list goes before the public. A page that only explains asks nobody about vetoes: each
    has its own page, and what is written asks about every one."""
    chosen = nominations_of(one, NominationState.CHOSEN)
    with everything(WHOLE):
        guard = blocks(gates.check(vetoes.THREE_NO, one, on=on))
    return PublicityFacts(
        is_runner(one.campaign, actor), len(chosen), [*guard, *(veto_problems(chosen, on) if asks_everybody else [])]
    )


def decide_facts(
    one: AwardRound,
    actor: Actor,
    on: date,
    *,
    document_number: str | None = None,
    reason: str | None = None,
    asks_everybody: bool = True,
) -> DecideFacts:
    """What decides whether anybody may be commended: the basis, the notice, objections, vetoes, the list itself."""
    notice = one.notice
    chosen = nominations_of(one, NominationState.CHOSEN)
    with everything(WHOLE):
        problems = blocks(gates.check(vetoes.THREE_NO, one, on=on))
    open_count = 0
    if notice is not None:
        open_count = open_objection_count(notice)
        shown, upheld = set(notice_subjects(notice)), upheld_subjects(notice)
        if upheld_whole(notice):
            problems.append("对整个名单的异议经核查属实，不能作出决定。请撤下公示、重定名单。")
        for nomination in chosen:
            if str(nomination.pk) not in shown:
                problems.append(f"「{nomination}」没有公示，不能表彰。请撤下公示、重定名单后重新公示。")
            elif str(nomination.pk) in upheld:
                problems.append(f"「{nomination}」的异议经核查属实，不能表彰。请将其移出名单。")
    return DecideFacts(
        is_runner=is_runner(one.campaign, actor),
        today=on,
        is_published=notice is not None and notice.state == PublicationState.PUBLISHED,
        ends_on=notice.ends_on if notice is not None else None,
        open_objections=open_count,
        chosen=len(chosen),
        problems=[*problems, *(veto_problems(chosen, on) if asks_everybody else [])],
        document_number=document_number,
        reason=reason,
    )


def return_facts(
    campaign: Campaign, actor: Actor, reason: str | None = None, document_number: str | None = None
) -> ReturnFacts:
    return ReturnFacts(is_runner(campaign, actor), reason, document_number)


def take_back_facts(nomination: Nomination, actor: Actor, reason: str | None = None) -> TakeBackFacts:
    return TakeBackFacts(is_own_unit(nomination.unit, actor), reason)


def commendations_of(actor: Actor, organization: PartyOrganization) -> list[Commendation]:
    """The honours in the file of an organisation, its members' among them."""
    rows = scoped(Commendation, actor).filter(nomination__organization=organization)
    return list(rows.select_related("nomination__kind__round").order_by("-decided_on", "number"))
