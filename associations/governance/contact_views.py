"""Pages of contacts and of member units."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from associations.governance import services
from associations.governance.filters import ContactFilter, MemberUnitFilter
from associations.governance.forms import ContactForm, EditContactForm, MemberUnitForm
from associations.governance.models import Contact, MemberUnit
from associations.governance.overview import standing
from associations.governance.views import EDIT, above, association_link
from associations.registry.forms import EndForm
from associations.registry.views import AssociationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS, WORKSPACE
from portal.access.scoping import scoped
from portal.people.joining import JoinScreen
from portal.people.presentation import masked_phone
from portal.people.role_rows import RoleRow, RoleRowDetail, RoleRowEdit, RoleRowEnd, or_unreported
from portal.people.screens import RevealScreen
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact, may_see
from portal.screens.details import Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import period_text


def register_crumbs() -> list[Crumb]:
    return [Crumb("社会组织名录", reverse("associations:associations"))]


class ContactList(ListScreen):
    """All contacts in scope."""

    policy = Policy(WORKSPACE)
    title = "社会组织联系人"
    unit = "条"
    model = Contact
    filterset_class = ContactFilter
    default_order = ("association__name", "-is_main", "pk")
    shows_as_of = True
    shows_people = True
    numbers_kind = "contacts"
    columns = (
        Column(
            "name",
            "姓名",
            value=str,
            link=lambda row: reverse("associations:contact", args=[row.pk]),
            sort="person__name",
            card="title",
        ),
        Column("association", "社会组织", value="association.name", link=association_link, sort="association__name"),
        Column("region", "登记地", value="association.region.name", sort="association__region__code"),
        Column("duty", "职务或分工", value=lambda row: row.duty or None),
        Column("phone", "联系电话", value=lambda row: masked_phone(row.phone), css="code", export=False),
        Column("is_main", "首要联系方式", value=lambda row: "是" if row.is_main else None, sort="is_main"),
    )
    empty = Empty("还没有登记联系人。可以导入联系人名册，也可以在社会组织的页面上逐人登记。")

    def crumbs(self) -> list[Crumb]:
        return register_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[Contact]:
        return super().get_queryset(actor).select_related("person", "phone", "association__region")


class ContactRow(RoleRow):
    """What the pages of one contact share."""

    model = Contact
    route = "associations:contact"
    related = ("person", "phone", "association")

    def above(self) -> list[Crumb]:
        return [above(self.object, "contacts")]

    def success_url(self, result: Any) -> str:
        return self.above()[0].url


class ContactDetail(ContactRow, RoleRowDetail):
    """One contact."""

    policy = Policy(BUSINESS)
    keepers = services.KEEPERS
    end_label = "停用"

    def header(self, obj: Contact) -> Header:
        word, tone = standing(obj, self.today)
        tags = [Tag("有效" if word == "在任" else word, tone)] + ([Tag("首要联系方式", "blue")] if obj.is_main else [])
        return Header(str(obj), tags, [obj.association.name])

    def sections(self) -> list[tuple[str, list[Fact]]]:
        one = self.object
        facts = [
            fact("社会组织", one.association.name, url=association_link(one)),
            fact("姓名", or_unreported(one.person.name if one.person else "")),
            fact("职务或分工", or_unreported(one.duty)),
            fact("联系电话", masked_phone(one.phone)),
            fact("起止", period_text(one.starts_on, one.ends_on)),
            fact("备注", one.remark),
        ]
        return [("联系方式", facts)]


class ContactReveal(ContactRow, RevealScreen):
    """The full number of a contact, for a purpose."""

    policy = Policy(BUSINESS, EDIT)


class ContactJoin(ContactRow, JoinScreen):
    """Two records of one contact become one."""


class ContactNew(AssociationScreen, FormScreen):
    """Whom to call at an association."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记联系人"
    form_class = ContactForm
    success_message = "联系人已登记。"

    def save(self, form: Any) -> Contact:
        return services.add_contact(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=contacts"


class ContactEdit(ContactRow, RoleRowEdit):
    """Correct a contact."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "修改联系人"
    form_class = EditContactForm
    own_fields = ("duty", "is_main", "remark")
    correct = services.correct_contact


class ContactEnd(ContactRow, RoleRowEnd):
    """A contact is no longer valid."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "停用联系人"
    form_class = EndForm
    submit_label = "停用"
    success_message = "联系人已停用。"
    end = services.end_contact

    def consequences(self) -> list[str]:
        return [f"「{self.object}」从终止日期的第二天起不再作为「{self.object.association}」的联系人。"]


class MemberUnitList(ListScreen):
    """All member units in scope."""

    policy = Policy(BUSINESS)
    title = "单位会员"
    unit = "家"
    model = MemberUnit
    filterset_class = MemberUnitFilter
    default_order = ("association__name", "name", "pk")
    shows_as_of = True
    columns = (
        Column("name", "单位名称", sort="name", card="title"),
        Column("uscc", "统一社会信用代码", value=lambda row: row.uscc or None, css="code"),
        Column("association", "社会组织", value="association.name", link=association_link, sort="association__name"),
        Column("level", "会员类别", value=lambda row: row.get_level_display(), sort="level"),
        Column("industry", "行业", value=lambda row: row.industry or None),
        Column("starts_on", "入会日期", kind="date", sort="starts_on"),
        Column("ends_on", "退会日期", kind="date", sort="ends_on"),
    )
    empty = Empty("还没有登记单位会员。可以导入会员名册，也可以在社会组织的页面上逐家登记。")

    def crumbs(self) -> list[Crumb]:
        return register_crumbs() if may_see(WORKSPACE, self.actor) else []

    def get_queryset(self, actor: Actor) -> QuerySet[MemberUnit]:
        return super().get_queryset(actor).select_related("association")


class MemberUnitNew(AssociationScreen, FormScreen):
    """A unit joins."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记单位会员"
    form_class = MemberUnitForm
    success_message = "单位会员已登记。"

    def save(self, form: Any) -> MemberUnit:
        return services.add_member_unit(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=member_units"


class MemberUnitScreen:
    """What the pages of one member share."""

    model = MemberUnit
    pk_kwarg = "member_unit_pk"
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[MemberUnit]:
        return scoped(MemberUnit, actor).select_related("association")

    def crumbs(self) -> list[Crumb]:
        association = self.object.association
        there = f"{reverse('associations:association', args=[association.pk])}?tab=member_units"
        return [Crumb(association.name, there)]

    def success_url(self, result: Any) -> str:
        return self.crumbs()[0].url


class MemberUnitEdit(MemberUnitScreen, FormScreen):
    """Correct a member."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "修改单位会员"
    form_class = MemberUnitForm
    submit_label = "保存"
    success_message = "已保存。"
    actions = (PageAction("登记退会", "associations:member_unit_end", primary=False),)

    def page_actions(self) -> Any:
        return self.actions if self.object.ends_on is None else ()

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in services.UNIT_FIELDS}

    def save(self, form: Any) -> MemberUnit:
        return services.correct_member_unit(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class MemberUnitEnd(MemberUnitScreen, ActionScreen):
    """A unit leaves."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记退会"
    form_class = EndForm
    submit_label = "登记退会"
    success_message = "退会已登记。"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"「{self.object}」从终止日期的第二天起不再是「{self.object.association}」的会员。"]

    def perform(self, form: Any) -> MemberUnit:
        return services.end_member_unit(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
