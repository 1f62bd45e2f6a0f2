"""Pages of links: the list, laying one, ending one; the section on an organisation's tab."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from partybuilding.deliberation.views import beside
from partybuilding.linkages import services
from partybuilding.linkages.filters import LinkFilter
from partybuilding.linkages.forms import LinkEndForm, LinkForm
from partybuilding.linkages.models import Linkage
from partybuilding.linkages.selectors import ENDS, level_counts, links_of
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.views import LIST, PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, may_see, table
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.panels import PanelContent
from portal.screens.screen import Crumb
from portal.screens.values import period_text

EDIT = {"GET", "POST"}
TAB = "?tab=linkages"
COLUMNS = (
    Column("level", "层级", value=lambda row: row.get_level_display(), sort="level", card="tag"),
    Column("leader", "谁来带", value="leader", css="long"),
    Column("led", "带谁", value="led", css="long"),
    Column("matter", "带动事项", css="long"),
    Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    Column("result", "成效", value=lambda row: row.result or None, css="long"),
)


class LinkList(ListScreen):
    """带动机制: 党委带支部、支部带党员、党员带会员."""

    policy = Policy(ROSTER)
    title = "带动机制"
    unit = "项"
    model = Linkage
    filterset_class = LinkFilter
    actions = beside("linkages")
    default_order = ("organization__name", "level", "-starts_on", "pk")
    shows_as_of = True
    shows_people = True
    columns = (
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
            card="title",
        ),
        *COLUMNS,
    )
    empty = Empty("还没有登记带动关系。由党组织书记或综合（行业）党委在党组织页面的「带动机制」中登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))] if may_see(WORKSPACE, self.actor) else []

    def get_queryset(self, actor: Actor) -> QuerySet[Linkage]:
        return super().get_queryset(actor).select_related(*ENDS)

    def list_notes(self) -> list[Any]:
        if self.filter_errors:
            return []
        return [self.counted(level_counts(self.others("level")), "level")]


def linkages_panel(actor: Actor, organization: PartyOrganization, day: Any) -> PanelContent:
    """The links of one organisation, those in force first."""
    is_keeper = organization.dissolved_on is None and may_see(KEEPERS, actor) and bool(may_keep(actor, organization))
    rows = links_of(actor, organization)
    columns = list(COLUMNS)
    if is_keeper:

        def end(row: Linkage) -> str | None:
            if row.ends_on is not None:
                return None
            return reverse("partybuilding:linkage_end", args=[organization.pk, row.pk])

        columns.append(Column("end", "操作", value=lambda row: "登记终止" if end(row) else None, link=end))
    return PanelContent(
        "partybuilding/linkages/panel.html",
        {
            "table": table("带动机制", columns, rows, empty="还没有登记带动关系。"),
            "new_url": reverse("partybuilding:linkage_new", args=[organization.pk]) if is_keeper else "",
        },
        people=[row.pk for row in rows],
    )


class LinkScreen(OrganizationScreen):
    """What the pages of one organisation's links share."""

    policy = Policy(KEEPERS, EDIT)
    own_tab = TAB


class LinkNew(LinkScreen, FormScreen):
    """Lay a link."""

    title = "登记带动关系"
    form_class = LinkForm
    submit_label = "登记"
    intro = "党委带支部填党委组成人员；支部带党员填党员；党员带会员填党员和会员单位。"
    success_message = "带动关系已登记。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"organization": self.object, "day": self.today}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> Linkage:
        return services.lay_link(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class LinkEnd(LinkScreen, ActionScreen):
    """End a link."""

    title = "登记带动关系终止"
    form_class = LinkEndForm
    submit_label = "登记终止"
    success_message = "带动关系终止已登记。"

    @cached_property
    def link(self) -> Linkage:
        rows = scoped(Linkage, self.actor).select_related(*ENDS, "organization__committee")
        return get_object_or_404(rows, pk=self.kwargs["linkage_pk"], organization=self.object)

    def current_version(self) -> int | None:
        return self.link.version

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.link}」不再执行，记录保留。"]

    def perform(self, form: Any) -> Linkage:
        return services.end_link(
            self.link, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
