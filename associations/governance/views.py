"""Pages of officers: the list, one appointment, the forms, and the page on which a full number is asked for."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from associations.governance import services
from associations.governance.filters import OfficerFilter
from associations.governance.forms import EditOfficerForm, OfficerForm
from associations.governance.models import Officer
from associations.governance.overview import standing
from associations.registry.forms import EndForm
from associations.registry.views import AssociationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS, WORKSPACE
from portal.people.joining import JoinScreen
from portal.people.presentation import masked_phone
from portal.people.role_rows import RoleRow, RoleRowDetail, RoleRowEdit, RoleRowEnd, or_unreported, person_facts
from portal.people.screens import RevealScreen
from portal.screens.columns import Column, Empty, Fact, Tag, fact
from portal.screens.details import Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import period_text

EDIT = {"GET", "POST"}
SECTIONS_TEMPLATE = "associations/registry/association_form.html"


def association_link(row: Any) -> str:
    return reverse("associations:association", args=[row.association_id])


class OfficerList(ListScreen):
    """All officers in scope, present ones unless asked otherwise."""

    policy = Policy(WORKSPACE)
    title = "社会组织负责人"
    unit = "人次"
    model = Officer
    filterset_class = OfficerFilter
    default_order = ("association__name", "post", "pk")
    shows_as_of = True
    shows_people = True
    numbers_kind = "officers"
    columns = (
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("associations:officer", args=[row.pk]),
            sort="person__name",
            card="title",
        ),
        Column("post", "职务", value=lambda row: row.get_post_display(), sort="post"),
        Column("association", "社会组织", value="association.name", link=association_link, sort="association__name"),
        Column("region", "登记地", value="association.region.name", sort="association__region__code"),
        Column("born_on", "出生日期", value="person.born_on", kind="date", sort="person__born_on"),
        Column("political", "政治面貌", value=lambda row: row.get_political_status_display() or None, css="nowrap"),
        Column("phone", "联系电话", value=lambda row: masked_phone(row.phone), css="code", export=False),
        Column("term_count", "连任届数", kind="number", sort="term_count"),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    )
    empty = Empty("还没有登记负责人。可以导入负责人名册，也可以在社会组织的页面上逐人登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("社会组织名录", reverse("associations:associations"))]

    def get_queryset(self, actor: Actor) -> QuerySet[Officer]:
        return super().get_queryset(actor).select_related("person", "phone", "association__region")


class OfficerRow(RoleRow):
    """What the pages of one appointment share."""

    model = Officer
    route = "associations:officer"
    related = ("person", "phone", "association")

    def above(self) -> list[Crumb]:
        return [above(self.object, "officers")]


def above(row: Any, tab: str) -> Crumb:
    """The association of a row, on the tab that lists such rows."""
    return Crumb(row.association.name, f"{association_link(row)}?tab={tab}")


class OfficerDetail(OfficerRow, RoleRowDetail):
    """One appointment with its person."""

    policy = Policy(BUSINESS)
    keepers = services.KEEPERS
    end_label = "终止任职"

    def header(self, obj: Officer) -> Header:
        word, tone = standing(obj, self.today)
        return Header(obj.person.name, [Tag(word, tone)], [obj.get_post_display(), obj.association.name])

    def sections(self) -> list[tuple[str, list[Fact]]]:
        one = self.object
        held = [
            fact("社会组织", one.association.name, url=association_link(one)),
            fact("职务", one.get_post_display()),
            fact("起止", period_text(one.starts_on, one.ends_on)),
            fact("本届起始日期", or_unreported(one.term_started_on), "date"),
            fact("连任届数", or_unreported(one.term_count), "number"),
            fact("选任或聘任", or_unreported(one.get_appointment_mode_display())),
            fact("工作单位及职务", or_unreported(one.employer)),
            fact("离退休领导干部", or_unreported(one.is_retired_official), "bool"),
            fact("退休日期", one.retired_on, "date"),
            fact("兼职批复文号", or_unreported(one.approval_number)),
            fact("备注", one.remark),
        ]
        told = [fact("政治面貌", or_unreported(one.get_political_status_display()))]
        return [("任职", held), ("本人", person_facts(one, *told))]


class OfficerReveal(OfficerRow, RevealScreen):
    """The full number of an officer, for a purpose."""

    policy = Policy(BUSINESS, EDIT)


class OfficerJoin(OfficerRow, JoinScreen):
    """Two records of one officer become one."""


class OfficerNew(AssociationScreen, FormScreen):
    """Somebody takes a post in an association."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记负责人"
    form_class = OfficerForm
    template_name = SECTIONS_TEMPLATE
    success_message = "负责人已登记。"

    def context(self) -> dict[str, Any]:
        return {"sections": OfficerForm.SECTIONS}

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today, "term_started_on": self.object.term_started_on}

    def save(self, form: Any) -> Officer:
        return services.appoint(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=officers"


class OfficerEdit(OfficerRow, RoleRowEdit):
    """Correct an appointment."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "修改负责人"
    form_class = EditOfficerForm
    template_name = SECTIONS_TEMPLATE
    own_fields = (*services.OFFICER_FIELDS, "starts_on")
    correct = services.correct_officer


class OfficerEnd(OfficerRow, RoleRowEnd):
    """End an appointment that has no successor."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "终止任职"
    form_class = EndForm
    success_message = "任职已终止。"
    end = services.end_appointment

    def consequences(self) -> list[str]:
        one = self.object
        return [f"「{one.person}」不再担任「{one.association}」{one.get_post_display()}，任职经历保留。"]
