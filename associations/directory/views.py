"""Pages of the directory of bodies that answer for associations."""

from functools import cached_property
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.views import View

from associations.directory import services
from associations.directory.filters import DepartmentFilter
from associations.directory.forms import AliasForm, DepartmentForm, NewDepartmentForm
from associations.directory.selectors import answering_by_role, with_answering_count
from associations.registry.enums import AssignmentRole, DepartmentKind, NameKind
from associations.registry.filters import ANSWERING, UNCLEAR
from associations.registry.forms import EndForm
from associations.registry.models import Department, DepartmentName
from associations.registry.selectors import suggested_bodies
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS, DEPARTMENT, WORKSPACE
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.filters import SEARCH_LIMIT
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, period_text

EDIT = {"GET", "POST"}


class DepartmentNames(View):
    """What the filters of the list of associations offer while a body's name is typed: options of a ``datalist``."""

    policy = Policy(BUSINESS)
    limit = 20

    def get(self, request: Any, key: str) -> HttpResponse:
        if key not in ANSWERING:
            raise Http404
        text = request.GET.get(key, "")[:SEARCH_LIMIT].strip()
        names = suggested_bodies(request.actor, ANSWERING[key], text, self.limit)
        offered = [UNCLEAR, *names] if text in UNCLEAR else names
        return HttpResponse(format_html_join("\n", '<option value="{}"></option>', ((name,) for name in offered)))


class DepartmentList(ListScreen):
    """Everybody who answers for associations: one directory."""

    policy = Policy(WORKSPACE)
    title = "责任单位"
    unit = "个"
    model = Department
    filterset_class = DepartmentFilter
    default_order = ("name", "pk")
    columns = (
        Column(
            "name",
            "名称",
            link=lambda row: reverse("associations:department", args=[row.pk]),
            sort="name",
            card="title",
        ),
        Column("kind", "类别", value=lambda row: DepartmentKind(row.kind), sort="kind"),
        Column("level", "层级", value=lambda row: row.get_level_display(), sort="level"),
        Column("region", "地域", value="region.name", sort="region__code"),
        Column("parent", "上级", value="parent.name"),
        Column("aliases", "别名", value=lambda row: "、".join(one.name for one in row.all_names) or None),
        Column("association_count", "负责社会组织（家）", kind="number", sort="association_count"),
        Column(
            "ended",
            "状态",
            value=lambda row: "在用" if row.ends_on is None else "已停用",
            kind="state",
            tone=lambda row: "green" if row.ends_on is None else "grey",
            card="tag",
        ),
    )
    empty = Empty("还没有责任单位。可以导入单位名录，也可以逐个登记。", roles=DEPARTMENT)
    actions = (PageAction("登记责任单位", "associations:department_new", roles=DEPARTMENT, icon="plus"),)

    def get_queryset(self, actor: Actor) -> QuerySet[Department]:
        names = Prefetch("names", queryset=scoped(DepartmentName, actor).order_by("pk"), to_attr="all_names")
        rows = super().get_queryset(actor).select_related("region", "parent").prefetch_related(names)
        return with_answering_count(rows, actor, self.as_of)


class DepartmentScreen:
    """What the pages of one body share."""

    model = Department
    request: HttpRequest
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Department]:
        return scoped(Department, actor).select_related("region", "parent", "hosted_by")

    def crumbs(self) -> list[Crumb]:
        back = Crumb(str(self.object), reverse("associations:department", args=[self.object.pk]))  # type: ignore[attr-defined]
        return [Crumb("责任单位", reverse("associations:departments")), back]

    def success_url(self, result: Any) -> str:
        return reverse("associations:department", args=[self.object.pk])  # type: ignore[attr-defined]


class DepartmentDetail(DepartmentScreen, DetailScreen):
    """One body: what it is, its names, for whom it answers."""

    policy = Policy(WORKSPACE)
    subject = "associations.Department"
    template_name = "associations/directory/department.html"
    actions = (
        PageAction("修改", "associations:department_edit", roles=DEPARTMENT, icon="edit"),
        PageAction("登记别名", "associations:alias_new", roles=DEPARTMENT, primary=False),
        PageAction("停用", "associations:department_close", roles=DEPARTMENT, primary=False),
    )

    def crumbs(self) -> list[Crumb]:
        return [Crumb("责任单位", reverse("associations:departments"))]

    def page_actions(self) -> Any:
        return self.actions if self.object.ends_on is None else ()

    def header(self, obj: Department) -> Header:
        state = Tag("在用", "green") if obj.ends_on is None else Tag("已停用", "grey")
        return Header(obj.name, [state], [obj.get_kind_display(), obj.get_level_display()])

    def context(self) -> dict[str, Any]:
        one = self.object
        return {
            "facts": [
                fact("类别", one.get_kind_display()),
                fact("代码", one.code),
                fact("层级", one.get_level_display()),
                fact("地域", one.region.name if one.region else Missing.NOT_APPLICABLE),
                fact("上级", one.parent, url=_url(one.parent)),
                fact("挂靠部门", one.hosted_by, url=_url(one.hosted_by)),
                fact("使用时间", period_text(one.starts_on, one.ends_on)),
            ],
            "names": self._names(),
            "answering": self._answering(),
            "children": table(
                "下级单位",
                [
                    Column("name", "名称", link=lambda row: reverse("associations:department", args=[row.pk])),
                    Column("kind", "类别", value=lambda row: DepartmentKind(row.kind)),
                ],
                list(scoped(Department, self.actor).filter(parent=one, ends_on=None).order_by("name", "pk")),
                empty="没有下级单位。",
            ),
        }

    def _names(self) -> Any:
        columns = [
            Column("name", "名称"),
            Column("kind", "类别", value=lambda row: NameKind(row.kind)),
            Column("period", "使用时间", value=lambda row: period_text(row.starts_on, row.ends_on)),
        ]
        if may_see(DEPARTMENT, self.actor):

            def remove(row: Any) -> str:
                return reverse("associations:alias_remove", args=[self.object.pk, row.pk])

            columns.append(Column("remove", "操作", value=lambda row: "删除", link=remove))
        rows = scoped(DepartmentName, self.actor).filter(department=self.object).order_by("kind", "pk")
        return table("别名", columns, list(rows), empty="没有登记别名。")

    def _answering(self) -> list[dict[str, Any]]:
        counted = answering_by_role(self.object, self.actor, self.as_of)
        by_role = {role.value: name for name, role in ANSWERING.items()}
        base = reverse("associations:associations")
        return [
            {
                "label": AssignmentRole(role).label,
                "number": number,
                "url": f"{base}?{by_role[role]}={self.object.pk}",
            }
            for role, number in counted.items()
        ]


def _url(department: Department | None) -> str:
    return reverse("associations:department", args=[department.pk]) if department else ""


class DepartmentNew(FormScreen):
    """Add a body to the directory."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记责任单位"
    form_class = NewDepartmentForm
    success_message = "责任单位已登记。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("责任单位", reverse("associations:departments"))]

    def save(self, form: Any) -> Department:
        return services.create_department(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Department) -> str:
        return reverse("associations:department", args=[result.pk])


class DepartmentEdit(DepartmentScreen, FormScreen):
    """Rename or move a body."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "修改责任单位"
    form_class = DepartmentForm
    intro = "改名后，原名称自动保留为曾用名，仍能查到、导入时仍能认出。"
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in DepartmentForm.base_fields}

    def save(self, form: Any) -> Department:
        return services.change_department(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class DepartmentClose(DepartmentScreen, ActionScreen):
    """End a body that answers for nobody any more."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "停用责任单位"
    form_class = EndForm
    submit_label = "停用"
    success_message = "责任单位已停用。"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return ["停用后不能再登记为责任单位；历史记录照常显示。", "还负责社会组织的单位不能停用，须先转出。"]

    def perform(self, form: Any) -> Department:
        return services.close_department(
            self.object,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class AliasNew(DepartmentScreen, FormScreen):
    """Another name of a body."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "登记单位别名"
    form_class = AliasForm
    success_message = "别名已登记。"

    def save(self, form: Any) -> DepartmentName:
        return services.add_alias(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class AliasRemove(DepartmentScreen, ActionScreen):
    """Take a wrong alias away."""

    policy = Policy(DEPARTMENT, EDIT)
    title = "删除单位别名"
    submit_label = "删除别名"
    success_message = "别名已删除。"

    @cached_property
    def name(self) -> DepartmentName:
        rows = scoped(DepartmentName, self.actor).select_related("department")
        return get_object_or_404(rows, pk=self.kwargs["department_name_pk"], department=self.object)

    def consequences(self) -> list[str]:
        return [f"「{self.name}」不能再用来查询，导入表格时也不再认作「{self.object}」。"]

    def perform(self, form: Any) -> None:
        services.remove_alias(self.name, actor=self.actor, now=timezone.now(), version=self.version)
