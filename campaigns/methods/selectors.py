"""Reading what units did: one unit's methods, the matrix of a campaign, its rates."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.methods.models import Comment, MethodRecord, Pledge, PledgeEdition, SelfReview
from campaigns.methods.rules import (
    FROM_ABOVE,
    Needed,
    PledgeFacts,
    RecordFacts,
    WithdrawFacts,
    completion,
    may_record,
)
from campaigns.plans.enums import CampaignState, ItemKind, MethodForm
from campaigns.plans.models import Campaign, CampaignItem, Method, Unit
from campaigns.plans.selectors import is_reviewer, methods_of, needs_of, units_for
from partybuilding.members.models import PartyMember
from partybuilding.members.services import may_keep
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.scoping import scoped
from portal.regulations.rules import Rate

WHOLE = "what one unit has done, which the caller has reached"


def done_by(method: Any) -> Exists:
    """That a unit has done one method."""
    return Exists(MethodRecord.objects.filter(unit=OuterRef("pk"), method=method))


def branches_for(actor: Actor, campaign: Campaign) -> QuerySet[Unit]:
    """The units that do the methods: Party organisations that take part and have not left."""
    return units_for(actor, campaign).filter(organization__isnull=False, left_on=None)


def method_numbered(unit: Unit, number: int) -> Method | None:
    """The method of the unit's campaign with a number."""
    return Method.objects.unscoped(WHOLE).filter(campaign=unit.campaign_id, number=number).first()


def records_of(unit: Unit) -> dict[int, MethodRecord]:
    """Method → what a unit recorded under it."""
    rows = MethodRecord.objects.unscoped(WHOLE).filter(unit=unit).select_related("method", "recorded_by")
    return {row.method_id: row for row in rows}


def record_of(unit: Unit, method: Method) -> MethodRecord | None:
    """What a unit recorded under a method."""
    rows = MethodRecord.objects.unscoped(WHOLE).filter(unit=unit, method=method)
    return rows.select_related("recorded_by", "file").first()


def done_days(unit: Unit) -> dict[int, date]:
    """When a unit did what: method → day."""
    rows = MethodRecord.objects.unscoped(WHOLE).filter(unit=unit)
    return dict(rows.values_list("method", "done_on"))


def is_recorder(unit: Unit, method: Method, actor: Actor) -> bool:
    """Whether the actor records this method of this unit: from above, or the unit's own."""
    if unit.organization is None:
        return False
    if method.form in FROM_ABOVE:
        return is_reviewer(unit, actor)
    return bool(may_keep(actor, unit.organization))


def record_facts(
    unit: Unit,
    method: Method,
    actor: Actor,
    today: date,
    done_on: date | None = None,
    done: dict[int, date] | None = None,
) -> RecordFacts:
    """What decides whether the actor may record that the unit did a method; `done` where it is known already."""
    done = done_days(unit) if done is None else done
    needed = [Needed(one.title, done.get(one.pk)) for one in needs_of(method)]
    return facts_with(unit, method, actor, today, done, needed, done_on)


def facts_with(
    unit: Unit,
    method: Method,
    actor: Actor,
    today: date,
    done: dict[int, date],
    needed: Sequence[Needed],
    done_on: date | None = None,
) -> RecordFacts:
    campaign = unit.campaign
    organization = unit.organization
    return RecordFacts(
        form=method.form,
        title=method.title,
        unit=str(unit),
        is_keeper=organization is not None and bool(may_keep(actor, organization)),
        is_reviewer=is_reviewer(unit, actor),
        is_branch=organization is not None,
        is_running=campaign.state == CampaignState.RUNNING,
        has_left=unit.left_on is not None,
        is_done=method.pk in done,
        starts_on=campaign.starts_on,
        today=today,
        needed=needed,
        done_on=done_on,
    )


def withdraw_facts(record: MethodRecord, actor: Actor) -> WithdrawFacts:
    """What decides whether a record may be taken back."""
    unit = record.unit
    rows = MethodRecord.objects.unscoped(WHOLE).filter(unit=unit, method__requires=record.method_id)
    return WithdrawFacts(
        is_recorder=is_recorder(unit, record.method, actor),
        is_running=unit.campaign.state == CampaignState.RUNNING,
        later=list(rows.order_by("method__number").values_list("method__title", flat=True)),
        is_by_award=record.award_round_id is not None,
    )


@dataclass(frozen=True, slots=True)
class MethodLine:
    """One method of one unit: its record or why there is none yet."""

    method: Method
    record: MethodRecord | None
    waiting: list[str]

    @property
    def is_ready(self) -> bool:
        return self.record is None and not self.waiting


def lines_of(unit: Unit, methods: Sequence[Method], records: dict[int, MethodRecord]) -> list[MethodLine]:
    """The methods of one unit in their order; `methods` carry `needed`."""
    found = []
    for method in methods:
        record = records.get(method.pk)
        waiting = [str(one) for one in method.needed if one.pk not in records]  # type: ignore[attr-defined]
        found.append(MethodLine(method, record, [] if record else waiting))
    return found


def methods_done(unit: Unit) -> list[MethodLine]:
    """Every method of a unit's campaign, with what the unit did; three queries."""
    rows = MethodRecord.objects.unscoped(WHOLE).filter(unit=unit).select_related("method")
    return lines_of(unit, methods_of(unit.campaign), {row.method_id: row for row in rows})


def records_by_unit(actor: Actor, units: Sequence[Unit]) -> dict[int, dict[int, MethodRecord]]:
    """Unit → method → record, for the rows of one page; one query."""
    found: dict[int, dict[int, MethodRecord]] = defaultdict(dict)
    rows = scoped(MethodRecord, actor).filter(unit__in=[one.pk for one in units])
    for row in rows:
        found[row.unit_id][row.method_id] = row
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """Units counted together; `committee` makes the list of exactly those, None where they have none."""

    label: str
    committee: int | None
    units: int
    done: dict[int, int]
    complete: int

    @property
    def rate(self) -> Rate:
        return completion(self.done, self.units)

    def of(self, method: Method) -> Rate:
        return Rate(self.done[method.pk], self.units)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a campaign is for one reader: all units in reach, and by committee in the order of names."""

    methods: list[Method]
    total: Group
    committees: list[Group]


def progress_of(actor: Actor, campaign: Campaign) -> Progress:
    """Units × methods, counted once; the same rows as the list behind each figure. Nobody is ranked."""
    methods = methods_of(campaign)
    units = branches_for(actor, campaign).order_by()
    rows = list(units.values_list("pk", "organization__committee", "organization__committee__name"))
    records = scoped(MethodRecord, actor).filter(unit__in=units.values("pk"))
    done: dict[int, set[int]] = defaultdict(set)
    for unit, method in records.values_list("unit", "method"):
        done[unit].add(method)
    by_committee: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    for unit, committee, name in rows:
        by_committee[committee, name or "未明确党委"].append(unit)

    def group(label: str, committee: int | None, own: Sequence[int]) -> Group:
        counted = Counter(method for unit in own for method in done[unit])
        complete = sum(len(done[unit]) == len(methods) for unit in own) if methods else 0
        return Group(label, committee, len(own), {one.pk: counted[one.pk] for one in methods}, complete)

    ordered = sorted(by_committee.items(), key=lambda one: one[0][1])
    return Progress(
        methods,
        group("合计", None, [row[0] for row in rows]),
        [group(name, committee, own) for (committee, name), own in ordered],
    )


# What the forms of a method show


def roster_of(actor: Actor, unit: Unit) -> QuerySet[PartyMember]:
    """The members a unit may choose from; empty where the committee keeps counts only."""
    rows = scoped(PartyMember, actor).filter(organization=unit.organization_id, ends_on=None, is_lost=False)
    return rows.select_related("person").order_by("person__name", "pk")


def pledges_of(unit: Unit, method: Method) -> list[Pledge]:
    """The pledges of a unit, its own first."""
    rows = Pledge.objects.unscoped(WHOLE).filter(unit=unit, method=method).select_related("member__person")
    return sorted(rows, key=lambda row: (row.member_id is not None, str(row.member or ""), row.pk))


def aspects_by_pledge(pledges: Sequence[Pledge]) -> dict[int, list[str]]:
    """Pledge → the aspects it is about."""
    found: dict[int, list[str]] = defaultdict(list)
    if not pledges:
        return found
    through = Pledge.aspects.through.objects.filter(pledge__in=[one.pk for one in pledges])
    for pledge, text in through.order_by("campaignitem__number").values_list("pledge", "campaignitem__text"):
        found[pledge].append(text)
    return found


def aspect_keys(pledge: Pledge) -> list[int]:
    """The aspects one pledge is about, by key."""
    return list(Pledge.aspects.through.objects.filter(pledge=pledge.pk).values_list("campaignitem", flat=True))


def editions_of(unit: Unit, method: Method) -> list[PledgeEdition]:
    """What the pledges of a unit said before they were corrected, the latest first."""
    rows = PledgeEdition.objects.unscoped(WHOLE).filter(pledge__unit=unit, pledge__method=method)
    related = ("pledge__member__person", "pledge__unit__organization", "replaced_by")
    return list(rows.select_related(*related).order_by("-replaced_at", "-pk"))


def aspect_count(unit: Unit) -> int:
    """How many aspects of pledges the campaign's document names."""
    rows = CampaignItem.objects.unscoped(WHOLE)
    return int(rows.filter(campaign=unit.campaign_id, kind=ItemKind.ASPECT).count())


def members_expected(unit: Unit) -> int:
    """Full and probationary members: of the roster, or as the committee counted them."""
    rows = PartyMember.objects.unscoped(WHOLE).filter(organization=unit.organization_id, ends_on=None)
    on_roster = rows.count()
    organization = unit.organization
    if on_roster or organization is None:
        return int(on_roster)
    return (organization.full_member_count or 0) + (organization.probationary_member_count or 0)


def has_roster(unit: Unit) -> bool:
    return bool(PartyMember.objects.unscoped(WHOLE).filter(organization=unit.organization_id, ends_on=None).exists())


def may_pledge(unit: Unit, method: Method, actor: Actor, today: date) -> Decision:
    """Pledges are the unit's own to record, while the campaign goes on, also after the method counts as done."""
    if method.campaign_id != unit.campaign_id:
        return Decision(False, f"「{method}」不是「{unit.campaign}」的推进方式。请重新选择。")
    return pledging(method, record_facts(unit, method, actor, today))


def pledging(method: Method, facts: RecordFacts) -> Decision:
    """Whether pledges are recorded here, by what decides whether the method may be."""
    if method.form != MethodForm.PLEDGE:
        return Decision(False, f"「{method}」不登记承诺。请选择记录形式为承诺的推进方式。")
    return may_record(replace(facts, is_done=False))


def pledge_facts(unit: Unit, method: Method, expected: int, members: int) -> PledgeFacts:
    """The pledges in numbers: counted where there is a roster, as given where there are counts only."""
    rows = [row for row in pledges_of(unit, method) if row.published_on is not None]
    if has_roster(unit):
        expected, members = members_expected(unit), sum(row.member_id is not None for row in rows)
    aspects = len({text for texts in aspects_by_pledge(rows).values() for text in texts})
    return PledgeFacts(len(rows), aspects, aspect_count(unit), expected, members)


def review_of(record: MethodRecord) -> SelfReview | None:
    return SelfReview.objects.unscoped(WHOLE).filter(record=record).first()


def speakers_of(review: SelfReview) -> list[str]:
    """The names of the members who spoke of themselves."""
    rows = PartyMember.objects.unscoped(WHOLE).filter(
        pk__in=SelfReview.speakers.through.objects.filter(selfreview=review).values("partymember")
    )
    return list(rows.order_by("person__name", "pk").values_list("person__name", flat=True))


def comment_of(record: MethodRecord) -> Comment | None:
    return Comment.objects.unscoped(WHOLE).filter(record=record).first()
