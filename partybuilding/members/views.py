"""Pages of Party members and secretaries."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partybuilding.members import services
from partybuilding.members.filters import PartyMemberFilter
from partybuilding.members.forms import EndMembershipForm, PartyMemberForm, SecretaryForm
from partybuilding.members.models import ROSTER, PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.views import PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS
from portal.access.scoping import scoped
from portal.people.forms import keeps_numbers
from portal.people.presentation import masked_number, masked_phone
from portal.people.screens import RevealScreen
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, period_text

EDIT = {"GET", "POST"}
SECTIONS_TEMPLATE = "associations/registry/association_form.html"


def or_unreported(value: Any) -> Any:
    return Missing.NOT_REPORTED if value in (None, "") else value


class PartyMemberList(ListScreen):
    """All Party members in scope, who are on a roster unless asked otherwise."""

    policy = Policy(ROSTER)
    title = "党员名册"
    unit = "名"
    model = PartyMember
    filterset_class = PartyMemberFilter
    default_order = ("organization__name", "person__name", "pk")
    shows_as_of = True
    shows_people = True
    numbers_kind = "party_members"
    columns = (
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("partybuilding:party_member", args=[row.pk]),
            sort="person__name",
            card="title",
        ),
        Column("sex", "性别", value=lambda row: row.person.get_sex_display() or None),
        Column("born_on", "出生日期", value="person.born_on", kind="date", sort="person__born_on"),
        Column(
            "state",
            "党员类别",
            value=lambda row: row.get_membership_state_display(),
            kind="state",
            tone=lambda row: "green" if row.membership_state == "full" else "amber",
            card="tag",
        ),
        Column("joined_on", "入党日期", kind="date", sort="joined_on"),
        Column(
            "organization",
            "所在党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + "?tab=members",
            sort="organization__name",
        ),
        Column("party_post", "党内职务", value=lambda row: row.get_party_post_display() or None),
        Column("phone", "联系电话", value=lambda row: masked_phone(row.phone), css="code", export=False),
    )
    empty = Empty("还没有登记党员名册。可以导入党员名册，也可以在党组织的页面上逐人登记；只报人数的不必登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse("partybuilding:organizations"))] if may_see(ROSTER, self.actor) else []

    def get_queryset(self, actor: Actor) -> QuerySet[PartyMember]:
        return super().get_queryset(actor).select_related("person", "phone", "organization")


class PartyMemberScreen:
    """What the pages of one Party member share."""

    model = PartyMember
    pk_kwarg = "party_member_pk"
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[PartyMember]:
        return scoped(PartyMember, actor).select_related("person", "phone", "organization__committee")

    def crumbs(self) -> list[Crumb]:
        return [*self.above(), Crumb(str(self.object), reverse("partybuilding:party_member", args=[self.object.pk]))]

    def above(self) -> list[Crumb]:
        organization = self.object.organization
        return [Crumb(organization.name, reverse(PAGE, args=[organization.pk]) + "?tab=members")]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:party_member", args=[self.object.pk])


class PartyMemberDetail(PartyMemberScreen, DetailScreen):
    """One Party member; numbers masked."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/members/member.html"
    actions = (
        PageAction("修改", "partybuilding:party_member_edit", roles=services.KEEPERS, icon="edit"),
        PageAction("移出名册", "partybuilding:party_member_end", roles=services.KEEPERS, primary=False),
    )

    def crumbs(self) -> list[Crumb]:
        return self.above()

    def page_actions(self) -> Any:
        if not services.may_keep(self.actor, self.object.organization):
            return ()
        return self.actions if self.object.ends_on is None else self.actions[:1]

    def header(self, obj: PartyMember) -> Header:
        tag = Tag("在册", "green") if obj.is_current(self.today) else Tag("已离开", "grey")
        return Header(obj.person.name, [tag], [obj.get_membership_state_display(), obj.organization.name])

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([one.pk])
        return {
            "facts": [
                fact("所在党组织", one.organization.name, url=reverse(PAGE, args=[one.organization_id])),
                fact("党员类别", one.get_membership_state_display()),
                fact("入党日期", or_unreported(one.joined_on), "date"),
                fact("转正日期", or_unreported(one.became_full_on), "date"),
                fact("组织关系在本组织", or_unreported(one.relation_in_organization), "bool"),
                fact("在册起止", period_text(one.starts_on, one.ends_on)),
                fact("党内职务", one.get_party_post_display() or "无"),
                fact("社会组织职务", or_unreported(one.association_post)),
                fact("备注", one.remark),
            ],
            "person_facts": [
                fact("姓名", one.person.name),
                fact("证件类型", one.person.get_id_type_display() if one.person.id_number else Missing.NOT_REPORTED),
                fact("公民身份号码", masked_number(one.person)),
                fact("性别", or_unreported(one.person.get_sex_display())),
                fact("出生日期", or_unreported(one.person.born_on), "date"),
                fact("民族", or_unreported(one.ethnicity)),
                fact("学历", or_unreported(one.get_education_display())),
                fact("联系电话", masked_phone(one.phone)),
            ],
            "reveal_url": reverse("partybuilding:party_member_reveal", args=[one.pk])
            if one.person.id_number or one.phone_id
            else "",
        }


class PartyMemberReveal(PartyMemberScreen, RevealScreen):
    """The full number of a Party member, for a purpose."""

    policy = Policy(ROSTER, EDIT)


class PartyMemberNew(OrganizationScreen, FormScreen):
    """Somebody joins the roster."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记党员"
    form_class = PartyMemberForm
    template_name = SECTIONS_TEMPLATE
    success_message = "党员已登记。"

    def context(self) -> dict[str, Any]:
        return {"sections": PartyMemberForm.SECTIONS}

    def save(self, form: Any) -> PartyMember:
        return services.enrol(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=members"


class PartyMemberEdit(PartyMemberScreen, FormScreen):
    """Correct a Party member; numbers are never prefilled."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "修改党员"
    form_class = PartyMemberForm
    template_name = SECTIONS_TEMPLATE
    submit_label = "保存"
    success_message = "已保存。"

    def context(self) -> dict[str, Any]:
        self.show_people([self.object.pk])
        return {"sections": PartyMemberForm.SECTIONS}

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().get_form(data, files)
        keeps_numbers(form, masked_number(self.object.person), masked_phone(self.object.phone))
        return form

    def initial(self) -> dict[str, Any]:
        one = self.object
        own = {name: getattr(one, name) for name in (*services.MEMBER_FIELDS, "starts_on")}
        return own | {"name": one.person.name, "sex": one.person.sex, "born_on": one.person.born_on}

    def save(self, form: Any) -> PartyMember:
        return services.correct_member(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class PartyMemberEnd(PartyMemberScreen, ActionScreen):
    """Somebody leaves the roster."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "移出党员名册"
    form_class = EndMembershipForm
    submit_label = "移出名册"
    success_message = "已移出名册。"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"「{self.object.person}」从第二天起不在「{self.object.organization}」的名册上，经历保留。"]

    def perform(self, form: Any) -> PartyMember:
        return services.end_membership(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class SecretaryNew(OrganizationScreen, FormScreen):
    """Who is secretary from a day on."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记书记"
    form_class = SecretaryForm
    success_message = "书记已登记。"

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        return super().get_queryset(actor).select_related("committee", "phone")

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().get_form(data, files)
        keeps_numbers(form, phone=masked_phone(self.object.phone))
        return form

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> Secretary:
        return services.appoint_secretary(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=secretary"


class OrganizationReveal(OrganizationScreen, RevealScreen):
    """The full telephone number of a Party organisation, for a purpose."""

    policy = Policy(BUSINESS, EDIT)
