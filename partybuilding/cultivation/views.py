"""Pages of dual cultivation: the list with its numbers by direction, one person, beginning, ending."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from partybuilding.cultivation import services
from partybuilding.cultivation.enums import RESULT_TONES, Direction, Result
from partybuilding.cultivation.filters import DONE, CultivationFilter
from partybuilding.cultivation.forms import BeginForm, ConcludeForm, CultivationForm
from partybuilding.cultivation.models import Cultivation
from partybuilding.cultivation.selectors import direction_counts
from partybuilding.members.models import ROSTER
from partybuilding.members.rules import KEEPERS
from partybuilding.members.services import may_keep
from partybuilding.members.views import SECTIONS_TEMPLATE
from partybuilding.organizations.views import PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.people.joining import JoinScreen
from portal.people.role_rows import RoleRow, RoleRowDetail, RoleRowEdit, RoleRowEnd, or_unreported, person_facts
from portal.people.screens import RevealScreen
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact
from portal.screens.details import Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

EDIT = {"GET", "POST"}
LIST = "partybuilding:cultivations"
TAB = "?tab=cultivation"


def standing_of(row: Cultivation) -> tuple[str, str]:
    """The result in words, with its tone."""
    if not row.result:
        return "培养中", "blue"
    return str(row.get_result_display()), RESULT_TONES[Result(row.result)]


COLUMNS = (
    Column(
        "name",
        "姓名",
        value="person.name",
        link=lambda row: reverse("partybuilding:cultivation", args=[row.pk]),
        sort="person__name",
        card="title",
    ),
    Column("direction", "培养方向", value=lambda row: Direction(row.direction), sort="direction"),
    Column("position", "现任职务或岗位", value=lambda row: row.position or None),
    Column("mentor", "联系人", value=lambda row: row.mentor or None),
    Column("starts_on", "开始日期", kind="date", sort="starts_on"),
    Column("ends_on", "结果日期", kind="date", sort="ends_on"),
    Column(
        "result",
        "结果",
        value=lambda row: standing_of(row)[0],
        kind="state",
        tone=lambda row: standing_of(row)[1],
        card="tag",
    ),
)


class CultivationList(ListScreen):
    """双培双推 in four directions."""

    policy = Policy(ROSTER)
    title = "双培双推"
    unit = "人次"
    model = Cultivation
    filterset_class = CultivationFilter
    default_order = ("-starts_on", "-pk")
    shows_people = True
    columns = (
        COLUMNS[0],
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        *COLUMNS[1:],
    )
    empty = Empty("还没有登记双培双推。在党组织的「双培双推」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党员名册", reverse("partybuilding:party_members"))]

    def get_queryset(self, actor: Actor) -> QuerySet[Cultivation]:
        return super().get_queryset(actor).select_related("person", "organization")

    def list_notes(self) -> list[str]:
        if self.filter_errors:
            return []
        return [self.directions(), "「成为党员」须有支部大会接收、上级党委审批的记录；其他结果须有任职登记。"]

    def directions(self) -> SafeString:
        """Each direction with how many were cultivated and how many of them reached it; both open their lists."""
        parts = []
        for direction, (number, done) in direction_counts(self.others("direction", "result")).items():
            every = self.query_with(direction=direction.value, result="")
            reached = self.query_with(direction=direction.value, result=DONE)
            parts.append((direction.label, every, number, reached, done))
        return format_html_join(" · ", '{} <a href="?{}">{}</a> 人次、已培养成 <a href="?{}">{}</a>', parts)


class CultivationRow(RoleRow):
    """What the pages of one cultivation share."""

    model = Cultivation
    pk_kwarg = "cultivation_pk"
    route = "partybuilding:cultivation"
    related: ClassVar[Sequence[str]] = ("person", "phone", "organization__committee")

    def above(self) -> list[Crumb]:
        organization = self.object.organization
        return [Crumb(organization.name, reverse(PAGE, args=[organization.pk]) + TAB)]


class CultivationDetail(CultivationRow, RoleRowDetail):
    """One person in one direction."""

    policy = Policy(ROSTER)
    keepers = KEEPERS
    end_label = "登记结果"

    def may_keep(self) -> bool:
        return bool(may_keep(self.actor, self.object.organization))

    def header(self, obj: Cultivation) -> Header:
        return Header(obj.person.name, [Tag(*standing_of(obj))], [obj.get_direction_display(), obj.organization.name])

    def page_actions(self) -> list[PageAction]:
        """The result is what there is to do."""
        found = [replace(action, primary=action.label == self.end_label) for action in super().page_actions()]
        return sorted(found, key=lambda action: not action.primary)

    def sections(self) -> list[tuple[str, list[Fact]]]:
        one = self.object
        held = [
            fact("党组织", one.organization.name, url=reverse(PAGE, args=[one.organization_id])),
            fact("培养方向", one.get_direction_display()),
            fact("现任职务或岗位", or_unreported(one.position)),
            fact("联系人", or_unreported(one.mentor)),
            fact("开始日期", one.starts_on, "date"),
            fact("结果", one.get_result_display() or "培养中"),
            fact("结果日期", one.ends_on, "date"),
            fact("结果说明", one.result_note),
        ]
        return [("培养", held), ("本人", person_facts(one))]


class CultivationNew(OrganizationScreen, FormScreen):
    """Somebody begins."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记双培双推"
    form_class: ClassVar[type[Any]] = BeginForm
    template_name = SECTIONS_TEMPLATE
    intro = "名册、书记或负责人名单上有的，填姓名即可对应；同名的请填公民身份号码。"
    success_message = "已登记。"

    def context(self) -> dict[str, Any]:
        return {"sections": BeginForm.SECTIONS}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> Cultivation:
        return services.begin(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:cultivation", args=[result.pk])


class CultivationEdit(CultivationRow, RoleRowEdit):
    """Correct a cultivation."""

    policy = Policy(KEEPERS, EDIT)
    title = "修改双培双推"
    form_class: ClassVar[type[Any]] = CultivationForm
    template_name = SECTIONS_TEMPLATE
    own_fields = services.OWN
    correct = services.correct


class CultivationEnd(CultivationRow, RoleRowEnd):
    """What came of it."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记双培双推结果"
    form_class: ClassVar[type[Any]] = ConcludeForm
    submit_label = "登记结果"
    success_message = "结果已登记。"
    end = services.conclude

    def form_kwargs(self) -> dict[str, Any]:
        return {"direction": self.object.direction}

    def consequences(self) -> list[str]:
        return ["结果须与登记的事实相符：成为党员的须已审批，任职的须已登记任职。"]


class CultivationReveal(CultivationRow, RevealScreen):
    """The full number of somebody who is cultivated, for a purpose."""

    policy = Policy(ROSTER, EDIT)


class CultivationJoin(CultivationRow, JoinScreen):
    """Two records of one person become one."""
