"""Pages of Party organisations."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.enums import AssignmentRole, NameKind
from associations.registry.forms import EndForm
from associations.registry.models import Assignment, Association, current_on
from partybuilding.organizations import services
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from partybuilding.organizations.filters import OrganizationFilter
from partybuilding.organizations.forms import CoverForm, DissolveForm, NewOrganizationForm, OrganizationForm
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization, PartyOrganizationName
from partybuilding.organizations.rules import Finding
from partybuilding.organizations.selectors import covered_associations, may_manage, with_covered_count
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS, WORKSPACE
from portal.access.scoping import scoped
from portal.regulations.selectors import read_at_once
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, date_text, period_text

EDIT = {"GET", "POST"}
LIST = "partybuilding:organizations"
PAGE = "partybuilding:organization"


def state_of(row: PartyOrganization) -> Tag:
    """Existing or dissolved, as a tag."""
    if row.dissolved_on is None:
        return Tag("已成立", "green")
    return Tag(f"{date_text(row.dissolved_on)} 撤销", "grey")


def covered_names(row: Any) -> str | None:
    """The first associations in scope that an organisation covers now, and how many more."""
    names = [one.association.name for one in row.covered_rows if one.ends_on is None]
    more = f" 等 {len(names)} 家" if len(names) > 2 else ""
    return "、".join(names[:2]) + more if names else None


class OrganizationList(ListScreen):
    """All Party organisations in scope."""

    policy = Policy(WORKSPACE)
    title = "党组织"
    unit = "个"
    model = PartyOrganization
    filterset_class = OrganizationFilter
    default_order = ("name", "pk")
    shows_as_of = True
    numbers_kind = "party_organizations"
    columns = (
        Column("name", "党组织名称", link=lambda row: reverse(PAGE, args=[row.pk]), sort="name", card="title"),
        Column("kind", "类别", value=lambda row: OrganizationKind(row.kind), sort="kind"),
        Column("mode", "组建方式", value=lambda row: EstablishmentMode(row.establishment_mode)),
        Column("committee", "综合（行业）党委", value="committee.name", sort="committee__name"),
        Column("associations", "所在社会组织", value=covered_names),
        Column("covered_count", "覆盖（家）", kind="number", sort="covered_count"),
        Column("established_on", "成立日期", kind="date", sort="established_on"),
        Column("full_member_count", "正式党员（人）", kind="number", sort="full_member_count"),
        Column(
            "state",
            "状态",
            value=lambda row: state_of(row).label,
            kind="state",
            tone=lambda row: state_of(row).tone,
            card="tag",
        ),
    )
    empty = Empty("还没有登记党组织。可以从「应建未建」名单发起组建，也可以导入电子表格。", roles=services.RECORDERS)
    actions = (PageAction("登记党组织", "partybuilding:organization_new", roles=services.RECORDERS, icon="plus"),)

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        rows = super().get_queryset(actor).select_related("committee").prefetch_related(covered_associations(actor))
        return with_covered_count(rows, self.as_of)


class OrganizationScreen:
    """What the pages of one organisation share."""

    model = PartyOrganization
    pk_kwarg = "organization_pk"
    # The tab of the organisation's page that its forms come from and lead back to.
    own_tab: ClassVar[str] = ""
    request: HttpRequest
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        return scoped(PartyOrganization, actor).select_related("committee", "parent", "phone")

    def crumbs(self) -> list[Crumb]:
        above = [Crumb("党组织", reverse(LIST))] if may_see(WORKSPACE, self.actor) else []
        return [*above, Crumb(str(self.object), reverse(PAGE, args=[self.object.pk]))]  # type: ignore[attr-defined]

    def cancel_url(self) -> str:
        return OrganizationScreen.success_url(self, None)

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[self.object.pk]) + self.own_tab  # type: ignore[attr-defined]


def tell(request: HttpRequest, findings: list[Finding]) -> None:
    """Show what the rule book remarks; a remark never stops the record."""
    for finding in findings:
        messages.warning(request, finding.text)


class OrganizationDetail(OrganizationScreen, DetailScreen):
    """One organisation: its facts, whom it covers, its names."""

    policy = Policy(BUSINESS)
    subject = "partybuilding.PartyOrganization"
    template_name = "partybuilding/organizations/organization.html"
    actions = (
        PageAction("修改", "partybuilding:organization_edit", roles=services.RECORDERS, icon="edit"),
        PageAction("登记覆盖的社会组织", "partybuilding:cover_new", roles=services.RECORDERS, primary=False),
        PageAction("登记撤销", "partybuilding:organization_dissolve", roles=services.RECORDERS, primary=False),
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Terms, size and organisation life all ask for parameters of the day.
        with read_at_once(self.as_of):
            return super().get(request, *args, **kwargs)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))] if may_see(WORKSPACE, self.actor) else []

    @cached_property
    def is_managed(self) -> bool:
        """Whether this person may change the organisation, which still exists."""
        one = self.object
        return one.dissolved_on is None and bool(may_manage(self.actor, one.committee, f"「{one}」"))

    def page_actions(self) -> Any:
        return self.actions if self.is_managed else ()

    def header(self, obj: PartyOrganization) -> Header:
        kind, mode = obj.get_kind_display(), obj.get_establishment_mode_display()
        return Header(obj.name, [state_of(obj)], [kind, mode, str(obj.committee or "未明确综合（行业）党委")])

    def context(self) -> dict[str, Any]:
        one = self.object
        parent = reverse(PAGE, args=[one.parent_id]) if one.parent_id else ""
        return {
            "facts": [
                fact("类别", one.get_kind_display()),
                fact("组建方式", one.get_establishment_mode_display()),
                fact("综合（行业）党委", one.committee),
                fact("上级党组织", one.parent, url=parent),
                fact("发起人单位", one.initiator or None),
                fact("批复文号", one.approval_number or Missing.NOT_REPORTED),
                fact("成立日期", one.established_on or Missing.NOT_REPORTED, "date"),
                fact("本届起始日期", one.term_started_on or Missing.NOT_REPORTED, "date"),
                fact("正式党员（人）", _counted(one.full_member_count), "number"),
                fact("预备党员（人）", _counted(one.probationary_member_count), "number"),
                fact("撤销日期", one.dissolved_on, "date"),
                fact("备注", one.remark),
            ],
            "covered": self._covered(),
            "names": self._names(),
            "findings": [finding.text for finding in services.findings_of(one, actor=self.actor, on=self.today)]
            if one.dissolved_on is None
            else [],
        }

    def _covered(self) -> Any:
        columns = [
            Column(
                "association",
                "社会组织",
                value="association.name",
                link=lambda row: reverse("associations:association", args=[row.association_id]),
            ),
            Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
        ]
        if self.is_managed:

            def end(row: CoveredAssociation) -> str | None:
                if row.ends_on is not None:
                    return None
                return reverse("partybuilding:cover_end", args=[self.object.pk, row.pk])

            columns.append(Column("end", "操作", value=lambda row: "终止" if row.ends_on is None else None, link=end))
        rows = scoped(CoveredAssociation, self.actor).filter(organization=self.object)
        rows = rows.select_related("association", "organization")
        return table(
            "覆盖的社会组织", columns, list(rows.order_by("association__name", "pk")), empty="没有覆盖社会组织。"
        )

    def _names(self) -> Any:
        columns = [
            Column("name", "名称"),
            Column("kind", "类别", value=lambda row: NameKind(row.kind)),
            Column("period", "使用时间", value=lambda row: period_text(row.starts_on, row.ends_on)),
        ]
        rows = scoped(PartyOrganizationName, self.actor).filter(organization=self.object).order_by("kind", "pk")
        return table("别名", columns, list(rows), empty="没有登记别名。")


def _counted(number: int | None) -> Any:
    return Missing.NOT_REPORTED if number is None else number


class OrganizationNew(FormScreen):
    """Record an organisation that the superior committee has approved; from an association's page prefilled."""

    policy = Policy(services.RECORDERS, EDIT)
    title = "登记党组织"
    form_class = NewOrganizationForm
    intro = (
        "党组织由上级党委批准设立，这里登记批准结果。登记后，社会组织的组织覆盖从成立日期起计算，有关组建任务自动办结。"
    )
    success_message = "党组织已登记。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))]

    @cached_property
    def association(self) -> Association | None:
        asked = self.request.GET.get("association", "")
        if not asked.isdecimal() or len(asked) > 18:
            return None
        return get_object_or_404(scoped(Association, self.actor), pk=int(asked))

    def initial(self) -> dict[str, Any]:
        association = self.association
        if association is None:
            return {"established_on": self.today}
        answering = scoped(Assignment, self.actor).filter(current_on(self.today), association=association)
        row = answering.filter(role=AssignmentRole.PARTY_COMMITTEE).first()
        return {
            "associations": association.name,
            "name": f"中共{association.name}支部委员会",
            "kind": OrganizationKind.BRANCH,
            "establishment_mode": EstablishmentMode.INDIVIDUAL,
            "committee": row.department_id if row else None,
        }

    def save(self, form: Any) -> Any:
        recorded = services.record_party_organization(actor=self.actor, now=timezone.now(), **form.cleaned_data)
        tell(self.request, recorded.findings)
        return recorded.organization

    def success_url(self, result: PartyOrganization) -> str:
        return reverse(PAGE, args=[result.pk])


class OrganizationEdit(OrganizationScreen, FormScreen):
    """Change what is recorded of an organisation."""

    policy = Policy(services.RECORDERS, EDIT)
    title = "修改党组织"
    form_class = OrganizationForm
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in OrganizationForm.base_fields}

    def save(self, form: Any) -> Any:
        recorded = services.change_party_organization(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
        tell(self.request, recorded.findings)
        return recorded.organization


class OrganizationDissolve(OrganizationScreen, ActionScreen):
    """Record that an organisation was dissolved."""

    policy = Policy(services.RECORDERS, EDIT)
    title = "登记党组织撤销"
    form_class = DissolveForm
    submit_label = "登记撤销"
    success_message = "党组织撤销已登记。"
    is_dangerous = True

    def initial(self) -> dict[str, Any]:
        return {"dissolved_on": self.today}

    def consequences(self) -> list[str]:
        number = scoped(CoveredAssociation, self.actor).filter(organization=self.object, ends_on=None).count()
        return [
            f"自撤销日期起，{number} 家社会组织不再由「{self.object}」覆盖，组织覆盖率随之变化。",
            "已签发的报告不变。登记后不能恢复，重新成立须另行登记。",
        ]

    def perform(self, form: Any) -> PartyOrganization:
        return services.dissolve_party_organization(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class CoverNew(OrganizationScreen, FormScreen):
    """Let a shared organisation cover one more association."""

    policy = Policy(services.RECORDERS, EDIT)
    title = "登记覆盖的社会组织"
    form_class = CoverForm
    success_message = "覆盖关系已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> CoveredAssociation:
        return services.cover_association(
            self.object,
            form.cleaned_data["association"],
            starts_on=form.cleaned_data["starts_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class CoverEnd(OrganizationScreen, ActionScreen):
    """End the cover of one association."""

    policy = Policy(services.RECORDERS, EDIT)
    title = "终止覆盖关系"
    form_class = EndForm
    submit_label = "终止覆盖关系"
    success_message = "覆盖关系已终止。"

    @cached_property
    def cover(self) -> CoveredAssociation:
        rows = scoped(CoveredAssociation, self.actor).select_related("association", "organization")
        return get_object_or_404(rows, pk=self.kwargs["covered_association_pk"], organization=self.object)

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.cover.association}」不再由「{self.object}」覆盖。"]

    def perform(self, form: Any) -> CoveredAssociation:
        return services.end_cover(
            self.cover,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )
