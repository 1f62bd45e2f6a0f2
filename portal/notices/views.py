"""The desk: tasks with their due dates, and the inbox."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import BUSINESS
from portal.notices import services
from portal.notices.enums import TaskState
from portal.notices.filters import TaskFilter
from portal.notices.forms import EvidenceForm, ReasonForm
from portal.notices.models import Notice, Task
from portal.notices.selectors import task_facts, tasks_for, unread_count
from portal.notices.transitions import CANCEL, CLOSE
from portal.screens.actions import ActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction, Tag, fact, value_html
from portal.screens.details import DetailScreen, Header
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain, history

FAR = dt.date(9999, 12, 31)


class DueColumn(Column):
    """Days left while the task is open, afterwards the plain date."""

    def html(self, row: Any) -> SafeString:
        return value_html(row.due_on, "deadline" if row.state == TaskState.OPEN else "date")


def _crumbs() -> list[Crumb]:
    return [Crumb("任务", reverse("notices:task_list"))]


class TaskList(ListScreen):
    """What is due first stands first, so what is overdue does."""

    policy = Policy(BUSINESS)
    title = "任务"
    unit = "项"
    model = Task
    filterset_class = TaskFilter
    default_order = ("due_sort", "pk")
    columns = (
        Column("title", "任务", link=lambda task: reverse("notices:task", args=[task.pk]), card="title"),
        Column("subject_label", "对象", link=lambda task: task.url),
        Column("addressee", "承办"),
        DueColumn("due_on", "期限", sort="due_sort"),
        Column("state", "状态", value=lambda task: TaskState(task.state), tone=lambda task: task.tone, kind="state"),
        Column("membership_label", "交办"),
        Column("opened_at", "交办时间", kind="datetime", sort="opened_at"),
    )
    empty = Empty("没有符合条件的任务。任务由交办人或到期提醒产生，办结后移入「已办结」。")

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        tasks = super().get_queryset(actor).select_related("user")
        return tasks.annotate(due_sort=Coalesce("due_on", Value(FAR, output_field=DateField())))


class TaskDetail(DetailScreen):
    """One task: what, about whom, by when, who moved it."""

    policy = Policy(BUSINESS)
    title = "任务"
    model = Task
    pk_kwarg = "task_pk"
    template_name = "notices/task.html"

    def header(self, obj: Task) -> Header:
        return Header(obj.title, tags=[Tag(TaskState(obj.state).label, obj.tone)])

    def crumbs(self) -> list[Crumb]:
        return _crumbs()

    def page_actions(self) -> Sequence[PageAction]:
        return [
            PageAction(transition.label, url_name, primary=transition is CLOSE)
            for transition, url_name in ((CLOSE, "notices:task_close"), (CANCEL, "notices:task_cancel"))
            if explain(transition, self.object, actor=self.actor, facts=self.facts())
        ]

    def facts(self) -> Any:
        return task_facts(self.object, self.actor, text=None)

    def context(self) -> dict[str, Any]:
        task = self.object
        ended = []
        if task.state != TaskState.OPEN:
            is_closed = task.state == TaskState.CLOSED
            ended = [
                fact("办结时间" if is_closed else "撤销时间", task.closed_at, "datetime"),
                fact("办结依据" if is_closed else "撤销原因", task.evidence),
            ]
        return {
            "facts": [
                fact("对象", task.subject_label, url=task.url),
                fact("承办", task.addressee),
                fact("期限", task.due_on, "deadline" if task.state == TaskState.OPEN else "date"),
                fact("交办", task.membership_label or "系统自动产生"),
                fact("交办时间", task.opened_at, "datetime"),
                *ended,
            ],
            "moves": history(task),
            "decision": explain(CLOSE, task, actor=self.actor, facts=self.facts()),
            "is_open": task.state == TaskState.OPEN,
        }


class _TaskAction(ActionScreen):
    policy = Policy(BUSINESS, {"GET", "POST"})
    model = Task
    pk_kwarg = "task_pk"

    def crumbs(self) -> list[Crumb]:
        return [*_crumbs(), Crumb(self.object.title, reverse("notices:task", args=[self.object.pk]))]

    def success_url(self, result: Any) -> str:
        return reverse("notices:task", args=[self.object.pk])


class TaskClose(_TaskAction):
    title = submit_label = CLOSE.label
    form_class = EvidenceForm
    success_message = "任务已办结。"

    def consequences(self) -> Sequence[str]:
        return ["任务从承办单位的待办中移出，不再提醒。", "办结依据、办结人和时间记入办理过程，不能再修改。"]

    def decision(self) -> Decision:
        return explain(CLOSE, self.object, actor=self.actor, facts=task_facts(self.object, self.actor, text=None))

    def perform(self, form: Any) -> Task:
        return services.close_task(
            self.object,
            actor=self.actor,
            version=self.version,
            evidence=form.cleaned_data["evidence"],
            now=timezone.now(),
        )


class TaskCancel(_TaskAction):
    title = submit_label = CANCEL.label
    form_class = ReasonForm
    is_dangerous = True
    success_message = "任务已撤销。"

    def consequences(self) -> Sequence[str]:
        return ["任务从承办单位的待办中移出，不再要求办理。", "撤销原因、撤销人和时间记入办理过程。"]

    def decision(self) -> Decision:
        return explain(CANCEL, self.object, actor=self.actor, facts=task_facts(self.object, self.actor, text=None))

    def perform(self, form: Any) -> Task:
        return services.cancel_task(
            self.object,
            actor=self.actor,
            version=self.version,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )


class Inbox(ListScreen):
    """Messages: they ask for nothing; what asks for something is a task."""

    policy = Policy.signed_in()
    title = "消息"
    unit = "条"
    model = Notice
    template_name = "notices/inbox.html"
    default_order = ("-created_at", "-pk")
    columns = (
        Column("text", "内容", link=lambda notice: notice.url or None, card="title"),
        Column("created_at", "时间", kind="datetime", sort="created_at"),
        Column(
            "read_at",
            "状态",
            value=lambda notice: "已读" if notice.read_at else "未读",
            tone=lambda notice: "grey" if notice.read_at else "blue",
            kind="state",
        ),
    )
    bulk_actions = (BulkAction("read", "标为已读", "notices:mark_read"),)
    exports = ()
    empty = Empty("还没有消息。报告办好、导入完成时，会在这里告诉您。")

    def context(self) -> dict[str, Any]:
        task_count = tasks_for(self.actor).count() if self.actor.role in BUSINESS else 0
        return {**super().context(), "task_count": task_count, "unread_count": unread_count(self.actor)}


class MarkRead(Screen):
    """POST only: the chosen messages (`pk`), or all of them (`all=1`), become read."""

    policy = Policy.signed_in({"POST"})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = [int(one) for one in request.POST.getlist("pk") if one.isdecimal() and len(one) < 19]
        pks = None if request.POST.get("all") == "1" else posted
        changed = services.mark_read(actor=self.actor, pks=pks, now=timezone.now())
        messages.success(request, f"已将 {changed} 条消息标为已读。" if changed else "没有未读的消息。")
        return HttpResponseRedirect(reverse("notices:inbox"))
