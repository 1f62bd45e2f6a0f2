"""Forms of instructors."""

from typing import Any

from django import forms

from associations.registry.models import Department
from associations.registry.selectors import departments_of
from partybuilding.coverage.enums import InstructorKind
from partybuilding.coverage.models import Instructor
from partybuilding.coverage.workload import with_load
from partybuilding.organizations.selectors import own_and_below
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.people.forms import id_number_field, phone_field
from portal.screens.fields import DateField, ScreenForm


class InstructorForm(ScreenForm):
    """A 党建工作指导员: a name and the body that seconds it."""

    name = forms.CharField(label="姓名", max_length=64)
    kind = forms.ChoiceField(
        label="类别",
        choices=InstructorKind.choices,
        initial=InstructorKind.INSTRUCTOR,
        required=False,
        help_text="指导员、联络员计入工作覆盖；党建组织员联系有党员、暂不具备条件的社会组织，不计入。",
    )
    department = forms.ModelChoiceField(
        label="选派单位", queryset=Department.objects.none(), required=False, empty_label="未填"
    )

    id_number = id_number_field()
    phone = phone_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = departments_of(self.actor)
        field: Any = self.fields["department"]
        if self.actor.role == Role.PARTY_COMMITTEE:
            rows = rows.filter(own_and_below(self.actor))
            field.required, field.empty_label = True, None
        field.queryset = rows

        self.order_fields(["name", "kind", "id_number", "department", "phone"])

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or self.initial.get("kind") or InstructorKind.INSTRUCTOR)


class EditInstructorForm(InstructorForm):
    """Also whether the instructor is in office."""

    is_active = forms.BooleanField(label="在任", required=False, help_text="不再担任的取消勾选，联系关系到今天为止。")


class AssignForm(ScreenForm):
    """Which instructor, from when to when, and by when the organisation is to be founded."""

    instructor = forms.ModelChoiceField(
        label="指导员、联络员或组织员", queryset=Instructor.objects.none(), empty_label="请选择"
    )
    starts_on = DateField(label="起始日期")
    ends_on = DateField(label="终止日期", required=False, help_text="到期后不再计入工作覆盖；没有约定的留空。")
    due_on = DateField(
        label="组建期限",
        required=False,
        help_text="填写后，向这家社会组织所属的综合（行业）党委交办组建任务。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["instructor"]
        rows = scoped(Instructor, self.actor).filter(is_active=True).select_related("department", "person")
        field.queryset = with_load(rows, self.initial["starts_on"]).order_by("person__name", "pk")
        field.label_from_instance = lambda one: (
            f"{one.name}（{one.get_kind_display()}，{one.department or '选派单位未填'}，"
            f"已联系 {one.association_count} 家）"
        )


class FoundingForm(AssignForm):
    """Assigning for a founding: the due date is what it is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].required = True


class FollowUpForm(ScreenForm):
    """What is to be done, and by when."""

    title = forms.CharField(
        label="办理事项", max_length=60, help_text="如：补报党员人数、核对党组织隶属关系。社会组织名称自动加在后面。"
    )
    due_on = DateField(label="办理期限")
