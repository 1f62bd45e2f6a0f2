"""The tab 年度对照 of a Party organisation and of a supervising unit."""

from datetime import date
from typing import Any

from django.urls import reverse

from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Department
from partybuilding.duties.enums import CHECK_TONES, NOT_BEGUN, STATE_CHOICES
from partybuilding.duties.models import YearlyCheck
from partybuilding.duties.selectors import Bearer, checks_of, lists_of
from partybuilding.duties.services import UNIT_FILLERS
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.screens.columns import Column, may_see, table
from portal.screens.panels import PanelContent

STATES = dict(STATE_CHOICES)


def organization_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    is_keeper = organization.dissolved_on is None and may_see(KEEPERS, actor) and bool(may_keep(actor, organization))
    return _panel(actor, organization, day, reverse("partybuilding:duty_new", args=[organization.pk]), is_keeper)


def unit_panel(actor: Actor, department: Department, day: date) -> PanelContent:
    is_keeper = may_see(UNIT_FILLERS, actor) and (
        actor.role != Role.SUPERVISING_UNIT or actor.scope.pk == department.pk
    )
    return _panel(actor, department, day, reverse("partybuilding:unit_duty_new", args=[department.pk]), is_keeper)


def is_supervising(actor: Actor, department: Department) -> bool:
    """Whether a body is, or was, the supervising unit of an association; a unit sees its own tab only."""
    if actor.role == Role.SUPERVISING_UNIT and actor.scope.pk != department.pk:
        return False
    with everything("whether one body supervises"):
        return Assignment.objects.filter(department=department, role=AssignmentRole.SUPERVISING_UNIT).exists()


def _panel(actor: Actor, bearer: Bearer, day: date, new_url: str, is_keeper: bool) -> PanelContent:
    """The lists of this year, begun or not; then the checks of former years."""
    checks = checks_of(actor, bearer)
    begun = {one.code: one for one in checks if one.year == day.year}
    present = [
        (
            template.title,
            begun.get(template.code),
            f"{new_url}?code={template.code}&year={day.year}",
            len(template.steps.all()),
        )
        for template in lists_of(bearer, day.year, day)
    ]

    def state(row: Any) -> str:
        return row[1].state if row[1] else NOT_BEGUN

    def act(row: Any) -> str | None:
        if row[1] is not None:
            return reverse("partybuilding:duty", args=[row[1].pk])
        return row[2] if is_keeper else None

    columns = (
        Column("title", "清单", value=lambda row: row[0], card="title"),
        Column("count", "事项（项）", value=lambda row: row[3], kind="number"),
        Column("done", "已落实（项）", value=lambda row: row[1].done_count if row[1] else None, kind="number"),
        Column("open", "未完全落实（项）", value=lambda row: row[1].open_count if row[1] else None, kind="number"),
        Column(
            "state",
            "对照情况",
            value=lambda row: STATES[state(row)],
            kind="state",
            tone=lambda row: CHECK_TONES[state(row)],
            card="tag",
        ),
        Column(
            "act",
            "操作",
            value=lambda row: ("查看" if row[1] else "开始对照") if act(row) else None,
            link=act,
        ),
    )
    former = (
        Column("year", "年度", value=lambda row: f"{row.year}年"),
        Column(
            "title",
            "清单",
            value="template.title",
            link=lambda row: reverse("partybuilding:duty", args=[row.pk]),
            card="title",
        ),
        Column("done", "已落实/事项", value=lambda row: f"{row.done_count}/{row.item_count}"),
        Column(
            "state",
            "对照情况",
            value=YearlyCheck.get_state_display,
            kind="state",
            tone=lambda row: CHECK_TONES[row.state],
            card="tag",
        ),
    )
    return PanelContent(
        "partybuilding/duties/panel.html",
        {
            "year": day.year,
            "present": table(f"{day.year}年度对照", columns, present, empty="没有执行中的清单。"),
            "former": table(
                "历年对照", former, [one for one in checks if one.year != day.year], empty="没有历年对照。"
            ),
        },
    )
