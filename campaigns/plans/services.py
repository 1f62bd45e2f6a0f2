"""Every write of campaigns and of the plans of their units."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from associations.registry.models import Department
from associations.registry.services import checked, require_role
from campaigns.collecting.services import settle as settle_reports
from campaigns.plans.enums import CampaignState, ItemKind, UnitState
from campaigns.plans.models import (
    Campaign,
    CampaignItem,
    Criterion,
    CriterionSet,
    Unit,
)
from campaigns.plans.rules import Span, phase_clashes, step_problems
from campaigns.plans.running import check_runner
from campaigns.plans.selectors import (
    WHOLE,
    close_facts,
    issue_facts,
    phases_of,
    span_of,
    steps_of,
)
from campaigns.plans.transitions import CLOSE, ISSUE, RUNNERS
from campaigns.plans.unit_services import PLAN_TASK, REVIEW_TASK, enrol
from campaigns.urging.services import settle_all
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.notices.services import close_for_subject
from portal.regions.models import Region
from portal.workflow.services import apply, update_versioned

# What a document that has gone out no longer changes.
ISSUED = ("title", "document_number", "region", "organizer", "starts_on")


# Reference data ----------------------------------------------------------------------------------------------------


@transaction.atomic
def load_criteria(rows: Iterable[Mapping[str, str]]) -> int:
    """Enter or correct sets of criteria, one line a criterion. Returns how many sets were written."""
    wanted: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        wanted.setdefault(row["code"], []).append(row)
    written = 0
    for code, lines in wanted.items():
        values = {name: lines[0][name] for name in ("target", "preconditions", "source")}
        values["title"] = lines[0]["set_title"]
        titles = [row["title"] for row in lines]
        known = CriterionSet.objects.filter(code=code).first()
        if known is not None:
            same = all(getattr(known, name) == text for name, text in values.items())
            if same and list(known.criteria.order_by("number").values_list("title", flat=True)) == titles:
                continue
        one, _is_new = CriterionSet.objects.update_or_create(code=code, defaults=values)
        one.criteria.all().delete()
        Criterion.objects.bulk_create(
            Criterion(criterion_set=one, number=number, title=title) for number, title in enumerate(titles, start=1)
        )
        written += 1
    return written


# The campaign ------------------------------------------------------------------------------------------------------


def _check_place(actor: Actor, region: Region, organizer: Department | None) -> None:
    """A body runs campaigns of its own reach only."""
    if actor.role in DEPARTMENT:
        return
    if actor.role == Role.REGIONAL_OFFICE:
        if organizer is not None or not region.path.startswith(actor.scope.path):
            raise Refused("campaign.place", f"您只能组织「{actor.scope.label}」范围内的活动。请改选开展地区。")
        return
    if organizer is None or organizer.pk not in actor.scope.department_pks:
        raise Refused("campaign.organizer", f"您只能以「{actor.scope.label}」的名义组织活动。请改选组织单位。")


def create_campaign(
    *,
    items: Mapping[str, Sequence[str]],
    criterion_sets: Iterable[CriterionSet],
    actor: Actor,
    now: datetime,
    **values: Any,
) -> Campaign:
    """Draft a campaign with the lists of its document. Raises `Refused` for a place or body outside the actor's."""
    require_role(actor, RUNNERS, "拟定活动方案")
    _check_place(actor, values["region"], values.get("organizer"))
    campaign = Campaign(**values)
    with transaction.atomic():
        checked(campaign).save()
        campaign.criterion_sets.set(criterion_sets)
        _write_items(campaign, items)
        record("campaigns.create", actor=actor, subject=campaign, after={"title": campaign.title}, now=now)
    return campaign


def change_campaign(
    campaign: Campaign,
    *,
    items: Mapping[str, Sequence[str]],
    criterion_sets: Iterable[CriterionSet],
    actor: Actor,
    now: datetime,
    version: int,
    **values: Any,
) -> Campaign:
    """Change the document of a campaign. Once it has gone out, its name, number, scope, first day and lists stand.

    Raises `Refused` with the rule, `Conflict` on a stale version.
    """
    check_runner(campaign, actor, "修改活动方案")
    _check_place(actor, values["region"], values.get("organizer"))
    changed = {name: value for name, value in values.items() if getattr(campaign, name) != value}
    if campaign.state != CampaignState.DRAFT:
        for name in ISSUED:
            if name in changed:
                label = Campaign._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                raise Refused(
                    "campaign.issued", f"实施方案已经印发，{label}不能再改。确需调整的，请另行发文并登记新的活动。"
                )
    before = {name: getattr(campaign, name) for name in changed}
    trial = copy(campaign)
    for name, value in changed.items():
        setattr(trial, name, value)
    checked(trial)
    with transaction.atomic():
        update_versioned(campaign, version=version, changes=changed | {"updated_at": now})
        check_spans(campaign)
        if campaign.state == CampaignState.DRAFT:
            campaign.criterion_sets.set(criterion_sets)
            _write_items(campaign, items)
        record("campaigns.change", actor=actor, subject=campaign, before=_plain(before), after=_plain(changed), now=now)
    return campaign


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if hasattr(value, "pk") else value for name, value in values.items()}


def _write_items(campaign: Campaign, items: Mapping[str, Sequence[str]]) -> None:
    with everything(WHOLE):
        CampaignItem.objects.filter(campaign=campaign).delete()
    CampaignItem.objects.bulk_create(
        CampaignItem(campaign=campaign, kind=kind, number=number, text=text)
        for kind in ItemKind.values
        for number, text in enumerate(items.get(kind, ()), start=1)
    )


def check_spans(campaign: Campaign) -> None:
    """Phases and steps still fit; asked once the campaign's version was bumped: of two writers one sees both."""
    whole: Span = span_of(campaign)
    clashes = phase_clashes(whole, [span_of(one) for one in phases_of(campaign)])
    clashes += step_problems(whole, [span_of(one) for one in steps_of(campaign)])
    if clashes:
        raise Refused("campaign.spans", clashes[0])


def issue_campaign(campaign: Campaign, *, actor: Actor, now: datetime, version: int) -> Campaign:
    """The document goes out: every Party organisation in reach becomes a unit, and its secretary has a task (C-02).

    Raises `Refused` with the first thing that keeps it back (R-111, R-112), `Conflict` on a stale version.
    """
    check_runner(campaign, actor, "印发实施方案")
    today = localdate(now)
    with transaction.atomic():
        facts = issue_facts(campaign, actor, today)
        apply(ISSUE, campaign, actor=actor, version=version, now=now, facts=facts)
        enrol(campaign, actor=actor, now=now)
    return campaign


def close_campaign(campaign: Campaign, *, actor: Actor, now: datetime, version: int) -> Campaign:
    """A campaign ends; what is open on desks for it goes away."""
    check_runner(campaign, actor, "结束活动")
    with transaction.atomic():
        apply(
            CLOSE,
            campaign,
            actor=actor,
            version=version,
            now=now,
            facts=close_facts(campaign, actor, localdate(now)),
        )
        with everything(WHOLE):
            open_units = list(Unit.objects.filter(campaign=campaign).exclude(state=UnitState.ACCEPTED))
        for unit in open_units:
            close_for_subject(
                unit, kinds=(PLAN_TASK, REVIEW_TASK), evidence=f"「{campaign}」已结束。", actor=actor, now=now
            )
        settle_all(campaign, evidence=f"「{campaign}」已结束。", actor=actor, now=now)
        units = Unit.objects.unscoped(WHOLE).filter(campaign=campaign)
        settle_reports(units, evidence=f"「{campaign}」已结束。", actor=actor, now=now)
    return campaign
