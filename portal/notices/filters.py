"""Filters of the task list."""

from typing import Any, cast

from django.db.models import QuerySet
from django_filters import BooleanFilter, ChoiceFilter

from portal.access.scoping import GuardedQuerySet
from portal.notices.enums import TaskState
from portal.notices.models import Task, addressed_to
from portal.notices.selectors import overdue
from portal.screens.filters import ScreenFilterSet, SearchFilter

DESKS = [("mine", "由我办理"), ("opened", "由我交办"), ("all", "全部可查看的")]
STATES = [*TaskState.choices, ("any", "全部状态")]


class TaskFilter(ScreenFilterSet):
    """Without a choice: the open tasks on the actor's own desk."""

    q = SearchFilter(fields=["title", "subject_label", "body_label"], label="任务、对象或承办单位")
    desk = ChoiceFilter(label="任务范围", choices=DESKS, empty_label="由我办理", method="of_desk")
    state = ChoiceFilter(label="状态", choices=STATES, empty_label="待办", method="of_state")
    overdue = BooleanFilter(label="已逾期", method="of_overdue")
    primary = ("q", "desk", "state", "overdue")

    class Meta:
        model = Task
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        tasks = super().filter_queryset(queryset)
        if not self.form.cleaned_data["desk"]:
            tasks = tasks.filter(addressed_to(self.actor))
        if not self.form.cleaned_data["state"]:
            tasks = tasks.filter(state=TaskState.OPEN)
        return tasks

    def of_desk(self, tasks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "mine":
            return tasks.filter(addressed_to(self.actor))
        if value == "opened":
            return tasks.filter(opened_by=self.actor.user_id, membership_id=self.actor.membership_id)
        return tasks

    def of_state(self, tasks: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return tasks if value == "any" else tasks.filter(state=value)

    def of_overdue(self, tasks: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        late = overdue(cast("GuardedQuerySet[Task]", tasks), self.as_of)
        return late if value else tasks.exclude(pk__in=late.values("pk"))
