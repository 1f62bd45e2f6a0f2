"""Pages of Party members and secretaries."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partybuilding.care.rules import CARERS
from partybuilding.care.selectors import reads_care
from partybuilding.members import services
from partybuilding.members.enums import MembershipState
from partybuilding.members.events import events_of, events_table
from partybuilding.members.filters import PartyMemberFilter
from partybuilding.members.forms import EndMembershipForm, PartyMemberForm, SecretaryForm
from partybuilding.members.models import ROSTER, PartyMember, Secretary
from partybuilding.members.rules import KEEPERS
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.views import PAGE, OrganizationScreen
from partybuilding.standing.rules import APPROVERS
from partybuilding.standing.selectors import was_suspended
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS
from portal.people.forms import keeps_numbers
from portal.people.joining import JoinScreen
from portal.people.presentation import masked_phone
from portal.people.role_rows import RoleRow, RoleRowDetail, RoleRowEdit, RoleRowEnd, or_unreported, person_facts
from portal.people.screens import RevealScreen
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact, may_see
from portal.screens.details import Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import period_text

EDIT = {"GET", "POST"}
SECTIONS_TEMPLATE = "associations/registry/association_form.html"


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
    actions = (
        PageAction("组织关系转接", "partybuilding:transfers", primary=False),
        PageAction("预备党员", "partybuilding:probation", primary=False),
        PageAction("流动党员", "partybuilding:floating", primary=False),
        PageAction("两年党员数", "partybuilding:comparison", primary=False),
        PageAction("关怀激励", "partybuilding:care_records", roles=CARERS, primary=False),
    )
    empty = Empty("还没有登记党员名册。可以导入党员名册，也可以在党组织的页面上逐人登记；只报人数的不必登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse("partybuilding:organizations"))] if may_see(ROSTER, self.actor) else []

    def get_queryset(self, actor: Actor) -> QuerySet[PartyMember]:
        return super().get_queryset(actor).select_related("person", "phone", "organization")


class PartyMemberRow(RoleRow):
    """What the pages of one Party member share."""

    model = PartyMember
    pk_kwarg = "party_member_pk"
    route = "partybuilding:party_member"
    related = ("person", "phone", "organization__committee")

    def above(self) -> list[Crumb]:
        organization = self.object.organization
        return [Crumb(organization.name, reverse(PAGE, args=[organization.pk]) + "?tab=members")]


class PartyMemberDetail(PartyMemberRow, RoleRowDetail):
    """One Party member."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/members/member.html"
    keepers = KEEPERS
    end_label = "移出名册"

    def may_keep(self) -> bool:
        return bool(services.may_keep(self.actor, self.object.organization))

    def page_actions(self) -> list[PageAction]:
        found, one = super().page_actions(), self.object
        if not self.may_keep():
            return found
        acts = [("恢复党籍", "member_restore", APPROVERS)] if was_suspended(one) else []
        if one.ends_on is None:
            acts = [("恢复联系", "member_find", KEEPERS) if one.is_lost else ("失去联系", "member_lose", KEEPERS)]
            if one.relation_in_organization is not False:
                acts[:0] = [("转出组织关系", "transfer_new", KEEPERS), ("外出流动", "floating_new", KEEPERS)]
                if one.membership_state == MembershipState.PROBATIONARY:
                    acts = [("转正", "member_convert", APPROVERS), ("延长预备期", "member_extend", APPROVERS), *acts]
        if one.ends_on is None and reads_care(self.actor, one.organization):
            acts.append(("登记生活困难", "member_hardship", CARERS))
        found[1:1] = [PageAction(label, f"partybuilding:{name}", roles=who, primary=False) for label, name, who in acts]
        return found

    def header(self, obj: PartyMember) -> Header:
        tags = [Tag("在册", "green") if obj.is_current(self.today) else Tag("已离开", "grey")]
        tags += [Tag("失去联系", "amber")] if obj.is_lost else []
        return Header(obj.person.name, tags, [obj.get_membership_state_display(), obj.organization.name])

    def sections(self) -> list[tuple[str, list[Fact]]]:
        one = self.object
        held = [
            fact("所在党组织", one.organization.name, url=reverse(PAGE, args=[one.organization_id])),
            fact("党员类别", one.get_membership_state_display()),
            fact("入党日期", or_unreported(one.joined_on), "date"),
            fact("转正日期", or_unreported(one.became_full_on), "date"),
            *([fact("预备期延长至", one.probation_until_on, "date")] if one.probation_until_on else []),
            fact("组织关系在本组织", or_unreported(one.relation_in_organization), "bool"),
            fact("在册起止", period_text(one.starts_on, one.ends_on)),
            fact("党内职务", one.get_party_post_display() or "无"),
            fact("社会组织职务", or_unreported(one.association_post)),
            fact("备注", one.remark),
        ]
        told = [
            fact("民族", or_unreported(one.ethnicity)),
            fact("籍贯", or_unreported(one.native_place)),
            fact("学历", or_unreported(one.get_education_display())),
            fact("专业技术职称", or_unreported(one.professional_title)),
        ]
        return [("党籍", held), ("本人", person_facts(one, *told)), *self.care()]

    def care(self) -> list[tuple[str, list[Fact]]]:
        """Whether the member is in need, for those who read care records, with the way to what was done (P-37)."""
        one = self.object
        if not reads_care(self.actor, one.organization):
            return []
        tab = reverse(PAGE, args=[one.organization_id]) + "?tab=care"
        held = [fact("生活困难", or_unreported(one.is_in_hardship), "bool"), fact("关怀激励", "查看记录", url=tab)]
        return [("关怀", held)]

    def context(self) -> dict[str, Any]:
        return super().context() | {"events": events_table(events_of(self.actor, self.object))}


class PartyMemberReveal(PartyMemberRow, RevealScreen):
    """The full number of a Party member, for a purpose."""

    policy = Policy(ROSTER, EDIT)


class PartyMemberJoin(PartyMemberRow, JoinScreen):
    """Two records of one Party member become one."""


class PartyMemberNew(OrganizationScreen, FormScreen):
    """Somebody joins the roster."""

    policy = Policy(KEEPERS, EDIT)
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


class PartyMemberEdit(PartyMemberRow, RoleRowEdit):
    """Correct a Party member."""

    policy = Policy(KEEPERS, EDIT)
    title = "修改党员"
    form_class = PartyMemberForm
    template_name = SECTIONS_TEMPLATE
    own_fields = (*services.MEMBER_FIELDS, "starts_on")
    correct = services.correct_member


class PartyMemberEnd(PartyMemberRow, RoleRowEnd):
    """Somebody leaves the roster."""

    policy = Policy(KEEPERS, EDIT)
    title = "移出党员名册"
    form_class = EndMembershipForm
    submit_label = "移出名册"
    success_message = "已移出名册。"
    end = services.end_membership

    def consequences(self) -> list[str]:
        return [
            f"「{self.object.person}」从第二天起不在「{self.object.organization}」的名册上，经历保留。",
            "组织关系转往其他党组织的不在这里办理，请用「转出组织关系」。",
        ]


class SecretaryNew(OrganizationScreen, FormScreen):
    """Who is secretary from a day on."""

    policy = Policy(KEEPERS, EDIT)
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
