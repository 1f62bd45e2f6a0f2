"""Pages of the register: the list, one association, and the forms that change it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.evaluation.models import Grade
from associations.evaluation.selectors import grade_level
from associations.evaluation.services import RECORDERS, record_grade
from associations.registry import services
from associations.registry.enums import STATUS_TONES, AssignmentRole, AssociationStatus, NameKind
from associations.registry.filters import SUBJECT, AssociationFilter
from associations.registry.forms import (
    AssignmentForm,
    AssociationForm,
    EndForm,
    GradeForm,
    MemberCountForm,
    NameForm,
    NewAssociationForm,
)
from associations.registry.models import Assignment, Association, AssociationName
from associations.registry.overview import head, overview
from associations.registry.selectors import all_assignments, current_assignments
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import ASSOCIATION, BUSINESS, DEPARTMENT, FILING
from portal.access.scoping import scoped
from portal.screens import panels
from portal.screens.actions import ActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction, Tag
from portal.screens.details import OVERVIEW, DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

EDIT = {"GET", "POST"}


def answering_column(role: AssignmentRole, code: str) -> Column:
    """The body that answers as a role on the list's date, from the prefetched assignments."""

    def name(row: Any) -> str | None:
        return next((one.department.name for one in row.assignments_on_day if one.role == role), None)

    return Column(code, str(role.label), value=name)


class AssociationList(ListScreen):
    """The register. An association's own people go straight to their page."""

    policy = Policy(BUSINESS)
    title = "社会组织名录"
    unit = "家"
    model = Association
    filterset_class = AssociationFilter
    default_order = ("name", "pk")
    shows_as_of = True
    numbers_kind = "associations"
    own_columns = (
        Column(
            "name",
            "名称",
            link=lambda row: reverse("associations:association", args=[row.pk]),
            sort="name",
            card="title",
        ),
        Column("uscc", "统一社会信用代码", sort="uscc", css="code"),
        Column("region", "登记地", value="region.name", sort="region__code"),
        answering_column(AssignmentRole.INDUSTRY_REGULATOR, "regulator"),
        answering_column(AssignmentRole.PARTY_COMMITTEE, "committee"),
    )
    last_columns = (
        Column("grade", "等级", value="grade_on_day", sort="grade_on_day", align="center"),
        Column(
            "status",
            "状态",
            value=lambda row: AssociationStatus(row.status),
            kind="state",
            tone=lambda row: STATUS_TONES[row.status],
            sort="status",
            card="tag",
        ),
    )
    empty = Empty("名录里还没有社会组织。可以导入电子表格，也可以逐家登记。", roles=DEPARTMENT)
    actions = (PageAction("登记社会组织", "associations:association_new", roles=DEPARTMENT, icon="plus"),)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = self.actor.scope.association_pks
        if self.actor.role in ASSOCIATION and len(own) == 1 and not request.GET:
            return HttpResponseRedirect(reverse("associations:association", args=own))
        return super().get(request, *args, **kwargs)

    def page_title(self) -> str:
        return "我的社会组织" if self.actor.role in FILING else self.title

    def get_columns(self) -> Sequence[Column]:
        hung = [column for part in panels.list_parts(SUBJECT) for column in part.columns]
        return [*self.own_columns, *hung, *self.last_columns]

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return [action for part in panels.list_parts(SUBJECT) for action in part.bulk_actions]

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        rows = super().get_queryset(actor).select_related("region").annotate(grade_on_day=grade_level(self.as_of))
        for part in panels.list_parts(SUBJECT):
            if part.annotate is not None:
                rows = part.annotate(rows, actor, self.as_of)
        return rows.prefetch_related(current_assignments(actor, self.as_of))


class AssociationScreen:
    """What the pages of one association share."""

    model = Association
    # The tab of the association's page that its forms come from and lead back to.
    own_tab: ClassVar[str] = ""
    request: HttpRequest

    def crumbs(self) -> list[Crumb]:
        back = Crumb(str(self.object), reverse("associations:association", args=[self.object.pk]))  # type: ignore[attr-defined]
        return [Crumb("社会组织名录", reverse("associations:associations")), back]

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return scoped(Association, actor).select_related("region")

    def cancel_url(self) -> str:
        return AssociationScreen.success_url(self, None)

    def success_url(self, result: Any) -> str:
        return reverse("associations:association", args=[self.object.pk]) + self.own_tab  # type: ignore[attr-defined]


class AssociationDetail(AssociationScreen, DetailScreen):
    """One association: register facts, who answers for it today and a year ago, grades, and what wings hang on it."""

    policy = Policy(BUSINESS)
    subject = SUBJECT
    template_name = "associations/registry/association.html"
    offers_as_of = True
    actions = (
        PageAction("修改登记事项", "associations:association_edit", roles=DEPARTMENT, icon="edit"),
        PageAction("登记责任单位", "associations:assignment_new", roles=DEPARTMENT, primary=False),
        PageAction("填报党员人数", "associations:count_new", roles=services.COUNTERS, primary=False),
        PageAction("登记评估等级", "associations:grade_new", roles=RECORDERS, primary=False),
        PageAction("登记别名", "associations:name_new", roles=DEPARTMENT, primary=False),
    )

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        grades = Prefetch("grades", queryset=scoped(Grade, actor), to_attr="all_grades")
        names = Prefetch("names", queryset=scoped(AssociationName, actor).order_by("kind", "pk"), to_attr="all_names")
        related: list[Any] = [grades, names, all_assignments(actor)]
        return super().get_queryset(actor).prefetch_related(*related)

    def crumbs(self) -> list[Crumb]:
        if self.actor.role in FILING:
            return []
        return [Crumb("社会组织名录", reverse("associations:associations"))]

    def header(self, obj: Association) -> Header:
        grade, names = head(obj, self.as_of)
        tags = [Tag(AssociationStatus(obj.status).label, STATUS_TONES[AssociationStatus(obj.status)])]
        tags += [Tag(grade.level, "blue")] if grade else []
        return Header(obj.name, tags, [obj.uscc, obj.region.name, *names])

    def context(self) -> dict[str, Any]:
        return overview(self.object, self.actor, self.as_of) if self.tab == OVERVIEW else {}


class AssociationNew(FormScreen):
    """Register by hand."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记社会组织"
    form_class = NewAssociationForm
    template_name = "associations/registry/association_form.html"
    success_message = "已登记。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("社会组织名录", reverse("associations:associations"))]

    def context(self) -> dict[str, Any]:
        return {"sections": NewAssociationForm.SECTIONS}

    def save(self, form: Any) -> Association:
        return services.register_association(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Association) -> str:
        return reverse("associations:association", args=[result.pk])


class AssociationEdit(AssociationScreen, FormScreen):
    """Change the facts of the register."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "修改登记事项"
    form_class = AssociationForm
    template_name = "associations/registry/association_form.html"
    submit_label = "保存"
    success_message = "已保存。"

    def context(self) -> dict[str, Any]:
        return {"sections": AssociationForm.SECTIONS}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in AssociationForm.base_fields}

    def save(self, form: Any) -> Association:
        return services.change_association(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class AssignmentNew(AssociationScreen, FormScreen):
    """Let a body answer for the association from a day."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记责任单位"
    form_class = AssignmentForm
    intro = "原责任单位的责任到新起始日期的前一天为止；同一天重复登记的，按最后一次更正。"
    success_message = "责任单位已登记。"

    def initial(self) -> dict[str, Any]:
        role = self.request.GET.get("role", "")
        return {"starts_on": self.today, "role": role if role in AssignmentRole.values else None}

    def save(self, form: Any) -> Assignment:
        return services.assign_department(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=responsibility"


class AssignmentEnd(AssociationScreen, ActionScreen):
    """End an assignment that has no successor."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "终止责任关系"
    form_class = EndForm
    submit_label = "终止责任关系"
    success_message = "责任关系已终止。"

    @cached_property
    def assignment(self) -> Assignment:
        rows = scoped(Assignment, self.actor).select_related("department", "association")
        return get_object_or_404(rows, pk=self.kwargs["assignment_pk"], association=self.object)

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        row = self.assignment
        return [
            f"「{row.department}」不再担任{row.get_role_display()}。",
            f"「{self.object}」的{row.get_role_display()}将显示为未明确，直到登记新的单位。",
        ]

    def perform(self, form: Any) -> Assignment:
        return services.end_assignment(
            self.assignment,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=responsibility"


class CountNew(AssociationScreen, FormScreen):
    """Reported numbers of Party members."""

    policy = Policy(services.COUNTERS, EDIT)
    title = "填报党员人数"
    form_class = MemberCountForm
    intro = "没有党员的填 0；还不清楚的不要填，留待摸清后再报。同一统计日期再次填报即为更正。"
    success_message = "党员人数已登记。"

    def initial(self) -> dict[str, Any]:
        return {"counted_on": self.today}

    def save(self, form: Any) -> Any:
        return services.record_member_counts(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class GradeNew(AssociationScreen, FormScreen):
    """An announced evaluation grade."""

    policy = Policy(RECORDERS, EDIT)
    title = "登记评估等级"
    form_class = GradeForm
    intro = "等级由民政部门评定并公告，这里只登记公告结果；有效期按公告当日施行的评估办法计算。"
    success_message = "评估等级已登记。"

    def save(self, form: Any) -> Grade:
        return record_grade(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class NameNew(AssociationScreen, FormScreen):
    """Another name by which the association is found."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记别名"
    form_class = NameForm
    success_message = "别名已登记。"

    def save(self, form: Any) -> AssociationName:
        return services.add_name(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class NameRemove(AssociationScreen, ActionScreen):
    """Take a wrong name away."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "删除别名"
    submit_label = "删除别名"
    success_message = "别名已删除。"

    @cached_property
    def name(self) -> AssociationName:
        rows = scoped(AssociationName, self.actor).select_related("association")
        return get_object_or_404(rows, pk=self.kwargs["association_name_pk"], association=self.object)

    def consequences(self) -> list[str]:
        kind = NameKind(self.name.kind).label
        return [f"「{self.name}」不再作为{kind}显示，也不能再用它查询到「{self.object}」。"]

    def perform(self, form: Any) -> None:
        services.remove_name(self.name, actor=self.actor, now=timezone.now(), version=self.version)
