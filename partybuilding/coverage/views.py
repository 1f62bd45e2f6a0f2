"""Pages of coverage: the list of those that should have an own organisation and have none, and the instructors."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.forms import EndForm
from associations.registry.views import AssociationScreen
from partybuilding.coverage import services
from partybuilding.coverage.filters import InstructorFilter
from partybuilding.coverage.forms import AssignForm, EditInstructorForm, InstructorForm
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.coverage.rules import instructor_findings
from partybuilding.coverage.workload import with_load
from partybuilding.organizations.selectors import may_manage
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE
from portal.access.scoping import scoped
from portal.people.forms import keeps_numbers
from portal.people.joining import JoinScreen
from portal.people.presentation import masked_number, masked_phone
from portal.people.screens import RevealScreen
from portal.regulations.selectors import value
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import period_text

EDIT = {"GET", "POST"}


def coverage_crumbs() -> list[Crumb]:
    return [Crumb("两个覆盖", reverse("partybuilding:coverage"))]


def instructor_names(row: Any) -> str | None:
    return "、".join(one.instructor.name for one in row.instructors_on_day) or None


class InstructorAssign(AssociationScreen, FormScreen):
    """Assign an instructor to one association, with or without a founding task."""

    policy = Policy(services.INSTRUCTING, EDIT)
    title = "指派指导员"
    form_class = AssignForm
    success_message = "指导员已指派。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> services.Assigned:
        assigned = services.assign_instructor(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
        for finding in assigned.findings:
            messages.warning(self.request, finding.text)
        return assigned

    def success_url(self, result: Any) -> str:
        return super().success_url(result) + "?tab=party"


class InstructorList(ListScreen):
    """All instructors in scope with their load."""

    policy = Policy(WORKSPACE)
    title = "党建工作指导员"
    unit = "名"
    model = Instructor
    filterset_class = InstructorFilter
    numbers_kind = "instructors"
    default_order = ("person__name", "pk")
    columns = (
        Column(
            "name",
            "姓名",
            link=lambda row: reverse("partybuilding:instructor", args=[row.pk]),
            sort="person__name",
            card="title",
        ),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("department", "选派单位", value="department.name", sort="department__name"),
        Column("association_count", "联系社会组织（家）", kind="number", sort="association_count"),
        Column(
            "load",
            "负荷",
            value=lambda row: "超过一般上限" if row.is_overloaded else "正常",
            kind="state",
            tone=lambda row: "amber" if row.is_overloaded else "green",
        ),
        Column(
            "state",
            "状态",
            value=lambda row: "在任" if row.is_active else "已卸任",
            kind="state",
            tone=lambda row: "green" if row.is_active else "grey",
            card="tag",
        ),
    )
    empty = Empty("还没有登记指导员。", "登记指导员", "partybuilding:instructor_new", roles=services.INSTRUCTING)
    actions = (PageAction("登记指导员", "partybuilding:instructor_new", roles=services.INSTRUCTING, icon="plus"),)

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[Instructor]:
        return with_load(super().get_queryset(actor).select_related("department", "person", "phone"), self.as_of)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        limit = int(value("instructor.association_limit", on=self.as_of))
        for row in rows:
            row.is_overloaded = bool(instructor_findings(row.association_count, limit=limit))
        return rows


class InstructorScreen:
    """What the pages of one instructor share."""

    model = Instructor
    request: HttpRequest
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Instructor]:
        return with_load(
            scoped(Instructor, actor).select_related("department", "person", "phone"), timezone.localdate()
        )

    def crumbs(self) -> list[Crumb]:
        back = Crumb(str(self.object), reverse("partybuilding:instructor", args=[self.object.pk]))  # type: ignore[attr-defined]
        above = Crumb("指导员", reverse("partybuilding:instructors"))
        return [*coverage_crumbs(), above, back]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:instructor", args=[self.object.pk])  # type: ignore[attr-defined]


class InstructorDetail(InstructorScreen, DetailScreen):
    """One instructor: whom the person looks after, now and before."""

    policy = Policy(WORKSPACE)
    subject = "partybuilding.Instructor"
    template_name = "partybuilding/coverage/instructor.html"
    actions = (PageAction("修改", "partybuilding:instructor_edit", roles=services.INSTRUCTING, icon="edit"),)

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def page_actions(self) -> Any:
        kept = self.actions if may_manage(self.actor, self.object.department, str(self.object)) else ()
        return (*kept, PageAction("合并重复人员", "partybuilding:instructor_join", roles=DEPARTMENT, primary=False))

    def header(self, obj: Any) -> Header:
        state = Tag("在任", "green") if obj.is_active else Tag("已卸任", "grey")
        return Header(obj.name, [state], [obj.get_kind_display(), str(obj.department or "选派单位未填")])

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([one.pk])
        limit = int(value("instructor.association_limit", on=self.today))
        columns = [
            Column(
                "association",
                "社会组织",
                value="association.name",
                link=lambda row: reverse("associations:association", args=[row.association_id]) + "?tab=party",
            ),
            Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
        ]
        if may_see(services.INSTRUCTING, self.actor):

            def end(row: InstructorAssignment) -> str | None:
                if row.ends_on is not None and row.ends_on < self.today:
                    return None
                return reverse("partybuilding:instructor_end", args=[one.pk, row.pk])

            columns.append(Column("end", "操作", value=lambda row: "终止" if end(row) else None, link=end))
        rows = (
            scoped(InstructorAssignment, self.actor)
            .filter(instructor=one)
            .select_related("association", "instructor__person")
        )
        return {
            "facts": [
                fact("选派单位", one.department),
                fact("联系社会组织（家）", one.association_count, "number"),
                fact("一般上限（家）", limit, "number"),
                fact("公民身份号码", masked_number(one.person)),
                fact("联系电话", masked_phone(one.phone)),
            ],
            "reveal_url": reverse("partybuilding:instructor_reveal", args=[one.pk])
            if one.person.id_number or one.phone_id
            else "",
            "findings": [finding.text for finding in instructor_findings(one.association_count, limit=limit)],
            "assignments": table(
                "联系的社会组织", columns, list(rows.order_by("-starts_on", "-pk")), empty="还没有联系社会组织。"
            ),
        }


class InstructorReveal(InstructorScreen, RevealScreen):
    """The full number of an instructor, for a purpose."""

    policy = Policy(WORKSPACE, EDIT)


class InstructorJoin(InstructorScreen, JoinScreen):
    """Two records of one instructor become one."""


class InstructorNew(FormScreen):
    """Register an instructor."""

    policy = Policy(services.INSTRUCTING, EDIT)
    title = "登记指导员"
    form_class = InstructorForm
    success_message = "指导员已登记。"

    def crumbs(self) -> list[Crumb]:
        return [*coverage_crumbs(), Crumb("指导员", reverse("partybuilding:instructors"))]

    def save(self, form: Any) -> Instructor:
        return services.create_instructor(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Instructor) -> str:
        return reverse("partybuilding:instructor", args=[result.pk])


class InstructorEdit(InstructorScreen, FormScreen):
    """Change an instructor."""

    policy = Policy(services.INSTRUCTING, EDIT)
    title = "修改指导员"
    form_class = EditInstructorForm
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name", "kind", "department", "is_active")}

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().get_form(data, files)
        keeps_numbers(form, masked_number(self.object.person), masked_phone(self.object.phone))
        return form

    def context(self) -> dict[str, Any]:
        self.show_people([self.object.pk])
        return {}

    def save(self, form: Any) -> Instructor:
        return services.change_instructor(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class InstructorEnd(InstructorScreen, ActionScreen):
    """End the relation of an instructor and an association."""

    policy = Policy(services.INSTRUCTING, EDIT)
    title = "终止联系关系"
    form_class = EndForm
    submit_label = "终止联系关系"
    success_message = "联系关系已终止。"

    @cached_property
    def assignment(self) -> InstructorAssignment:
        rows = scoped(InstructorAssignment, self.actor).select_related("association", "instructor__person")
        return get_object_or_404(rows, pk=self.kwargs["instructor_assignment_pk"], instructor=self.object)

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.object}」不再联系「{self.assignment.association}」，不再计入工作覆盖。"]

    def perform(self, form: Any) -> InstructorAssignment:
        return services.end_instructor_assignment(
            self.assignment, ends_on=form.cleaned_data["ends_on"], actor=self.actor, now=timezone.now()
        )
