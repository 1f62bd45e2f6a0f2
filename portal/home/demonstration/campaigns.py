"""Three campaigns of the demonstration, from a data file, and how far the plans of their units are."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

from associations.registry.models import Assignment
from campaigns.plans.enums import CampaignState, LinkKind, UnitState
from campaigns.plans.models import (
    Campaign,
    CampaignItem,
    CampaignLink,
    CriterionSet,
    Method,
    Phase,
    SteeringMember,
    Step,
    StepExtension,
    Unit,
)
from campaigns.plans.selectors import committees_of, organizations_of
from campaigns.plans.transitions import ACCEPT, RETURN, SUBMIT
from campaigns.plans.unit_services import PLAN_TASK, REVIEW_TASK, unit_url
from partybuilding.members.models import Secretary
from portal.access.actor import Scope
from portal.access.roles import Role
from portal.accounts.models import User
from portal.home.demonstration.moves import moved
from portal.home.demonstration.world import FOLDER, SEED, World, insert
from portal.notices.services import NewTask, open_many
from portal.workflow.models import WorkflowEvent

# Out of a hundred units: how far their plans are.
STATES = {UnitState.ACCEPTED: 72, UnitState.SUBMITTED: 10, UnitState.RETURNED: 4, UnitState.AWAITING: 14}
THEMES = ("亮身份、比服务", "红心助企", "支部建在链上", "行业先锋行", "党旗在行业一线飘扬")
MEASURES = "设立党员示范岗，公开服务承诺\n每季度走访会员企业，列出问题清单\n为群众办实事，年底逐项对账"
CARRIERS = ("党员示范岗", "党员先锋队", "红色提案", "会员企业走访")


def make_campaigns(world: World) -> None:
    """The campaigns began in the last year in which their plans were due before today."""
    dice = Random(SEED + 8)  # noqa: S311  invented data, nothing secret
    text = (Path(settings.BASE_DIR) / FOLDER / "campaigns.json").read_text(encoding="utf-8")
    first_year = world.today.year if world.today >= date(world.today.year, 9, 20) else world.today.year - 1
    made: list[Campaign] = []
    for entry in json.loads(text.replace("{year}", str(first_year))):
        campaign = _campaign(entry, world, first_year)
        made.append(campaign)
        _parts(entry, campaign, first_year)
        if "parent" in entry:
            CampaignLink.objects.create(campaign=campaign, kind=LinkKind.PARENT, other=made[entry["parent"]])
        if "extension" in entry:
            _extend(entry["extension"], campaign, first_year)
        _units(campaign, world, dice)


def _day(text: str, first_year: int) -> date | None:
    """`1-06-30`: 30 June of the year after the first."""
    if not text:
        return None
    years, month, day = text.split("-")
    return date(first_year + int(years), int(month), int(day))


def _campaign(entry: dict[str, Any], world: World, first_year: int) -> Campaign:
    organizer = None
    if entry["organizer"]:
        # The body with most associations: its campaign then has units to look at.
        rows = Assignment.objects.filter(role=entry["organizer"], ends_on=None).order_by("pk")
        counted = Counter(rows.values_list("department", flat=True))
        most = max(counted, key=lambda pk: (counted[pk], -pk))
        organizer = next(one for one in world.departments.values() if one.pk == most)
    starts_on = _day(entry["starts_on"], first_year)
    assert starts_on is not None  # noqa: S101  the data file gives it
    campaign = Campaign(
        state=CampaignState.RUNNING,
        title=entry["title"],
        theme=entry["theme"],
        document_number=entry["document_number"],
        region=world.regions[entry["region"]],
        organizer=organizer,
        starts_on=starts_on,
        ends_on=_day(entry["ends_on"], first_year),
        plans_due_on=_day(entry["plans_due_on"], first_year),
        contact_name=entry["contact"][0],
        contact_phone=entry["contact"][1],
        contact_fax=entry["contact"][2],
        issued_at=world.at(starts_on),
    )
    campaign.save()
    Campaign.objects.filter(pk=campaign.pk).update(created_at=world.at(starts_on), updated_at=world.now)
    campaign.criterion_sets.set(CriterionSet.objects.filter(code__in=entry["criteria"]))
    return campaign


def _parts(entry: dict[str, Any], campaign: Campaign, first_year: int) -> None:
    insert(
        CampaignItem,
        [
            CampaignItem(campaign=campaign, kind=kind, number=number, text=text)
            for kind, texts in entry["items"].items()
            for number, text in enumerate(texts, start=1)
        ],
    )
    for model, rows, words in ((Phase, entry["phases"], "focus"), (Step, entry["steps"], "work")):
        insert(
            model,
            [
                model(
                    campaign=campaign,
                    number=number,
                    title=title,
                    starts_on=_day(start, first_year),
                    ends_on=_day(end, first_year),
                    **{words: text},
                )
                for number, (title, start, end, text) in enumerate(rows, start=1)
            ],
        )
    methods = [
        Method.objects.create(
            campaign=campaign, number=number, title=title, form=form, work=work, due_on=_day("".join(due), first_year)
        )
        for number, (title, form, _needs, work, *due) in enumerate(entry["methods"], start=1)
    ]
    for method, (_title, _form, needs, *_more) in zip(methods, entry["methods"], strict=True):
        method.requires.set([methods[number - 1] for number in needs])
    insert(
        SteeringMember,
        [
            SteeringMember(
                campaign=campaign, role=role, name=name, post=post, number=number, starts_on=campaign.starts_on
            )
            for number, (role, name, post) in enumerate(entry["steering"], start=1)
        ],
    )


def _extend(entry: dict[str, Any], campaign: Campaign, first_year: int) -> None:
    step = Step.objects.get(campaign=campaign, number=entry["step"])
    Step.objects.filter(pk=step.pk).update(may_overlap=True)
    StepExtension.objects.create(
        step=step,
        was_until_on=_day(entry["was"], first_year),
        until_on=step.ends_on,
        decided_on=_day(entry["decided"], first_year),
        document_number=entry["number"],
        reason=entry["reason"],
        recorded_by=User.objects.order_by("pk").first(),
    )


def _units(campaign: Campaign, world: World, dice: Random) -> None:
    """Each unit with its plan as far as it is, and the tasks that follow from that."""
    organizations = list(organizations_of(campaign, world.today))
    holders = {row.organization_id: row for row in Secretary.objects.filter(ends_on=None).order_by("pk")}
    started = campaign.starts_on
    units = [Unit(campaign=campaign, joined_on=started, department=one) for one in committees_of(organizations)]
    units += [Unit(campaign=campaign, joined_on=started, organization=one) for one in organizations]
    for unit in units:
        _fill(unit, campaign, world, dice, holders)
    insert(Unit, units)
    Unit.objects.filter(campaign=campaign).update(updated_at=world.now)
    for role, kind in ((Role.BRANCH_SECRETARY, "organization"), (Role.PARTY_COMMITTEE, "department")):
        late = [
            unit
            for unit in units
            if unit.state in (UnitState.AWAITING, UnitState.RETURNED) and getattr(unit, f"{kind}_id")
        ]
        _lay(late, PLAN_TASK, role, kind, world)
    waiting = [unit for unit in units if unit.state == UnitState.SUBMITTED and unit.committee is not None]
    _lay(waiting, REVIEW_TASK, Role.PARTY_COMMITTEE, "", world)
    insert(WorkflowEvent, [event for unit in units for event in _history(unit)])


def _history(unit: Unit) -> list[WorkflowEvent]:
    """How the plan of a unit came to where it is."""
    if unit.submitted_at is None:
        return []
    role = Role.BRANCH_SECRETARY if unit.organization_id else Role.PARTY_COMMITTEE
    found = [moved(unit, 1, SUBMIT, UnitState.AWAITING, f"{role.label} · {unit}", unit.submitted_at)]
    if unit.reviewed_at is not None:
        above = f"{Role.PARTY_COMMITTEE.label} · {unit.committee}" if unit.committee else "社会工作部工作人员 · 全省"
        move = RETURN if unit.state == UnitState.RETURNED else ACCEPT
        found.append(moved(unit, 2, move, UnitState.SUBMITTED, above, unit.reviewed_at, unit.review_text))
    return found


def _fill(unit: Unit, campaign: Campaign, world: World, dice: Random, holders: dict[int, Secretary]) -> None:
    state = dice.choices(list(STATES), weights=list(STATES.values()))[0]
    theme, carriers = dice.choice(THEMES), dice.sample(CARRIERS, 2)
    ago, late = dice.randint(5, 45), dice.randint(1, 20)
    unit.state = state
    if state == UnitState.AWAITING:
        return
    assert campaign.plans_due_on is not None  # noqa: S101  the data file gives it
    handed_in = min(campaign.plans_due_on - timedelta(days=ago - 10), world.today - timedelta(days=1))
    unit.theme, unit.measures, unit.carriers = theme, MEASURES, "\n".join(carriers)
    unit.mobilised_on = max(campaign.starts_on, handed_in - timedelta(days=7))
    unit.mobilised_count = dice.randint(6, 60)
    unit.responsible = holders.get(unit.organization_id) if unit.organization_id else None
    unit.submitted_at = world.at(handed_in)
    if state != UnitState.SUBMITTED:
        unit.reviewed_at = world.at(min(handed_in + timedelta(days=late), world.today))
    if state == UnitState.RETURNED:
        unit.review_text = "措施不够具体，请写明责任人和完成时间。"


def _lay(units: list[Unit], kind: str, role: Role, body: str, world: World) -> None:
    """One task a unit: on its own desk, or on that of the committee above it."""

    def scope(unit: Unit) -> Scope:
        if body == "organization":
            return Scope("organization", unit.organization_id, str(unit))
        above = unit.department if body == "department" else unit.committee
        assert above is not None  # noqa: S101  the caller chose units that have one
        return Scope("department", above.pk, above.name)

    def words(unit: Unit) -> str:
        return f"报送「{unit.campaign}」单位方案" if kind == PLAN_TASK else f"审阅「{unit}」创先争优方案"

    wanted = [
        NewTask(
            subject=unit,
            title=words(unit),
            url=unit_url(unit),
            body=scope(unit),
            due_on=unit.campaign.plans_due_on if kind == PLAN_TASK else None,
        )
        for unit in units
    ]
    open_many(wanted, kind=kind, for_role=role, actor=None, now=world.now)
