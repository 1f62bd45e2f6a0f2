"""Exports with personal numbers: asking, deciding, fetching."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from portal import importing
from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.importing.exports import in_words
from portal.privacy import approvals
from portal.privacy.enums import REQUEST_TONES, RequestState
from portal.privacy.forms import AskForm, OpinionForm
from portal.privacy.models import ExportRequest
from portal.privacy.transitions import APPROVE, FETCH, REFUSE
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import EXPORTS, ListScreen
from portal.screens.screen import Crumb
from portal.workflow.services import explain

EDIT = {"GET", "POST"}


def tag_of(request: ExportRequest) -> tuple[str, str]:
    state = RequestState(request.state)
    return str(state.label), REQUEST_TONES[state]


class Requests:
    """What the pages share."""

    model = ExportRequest
    pk_kwarg = "export_request_pk"

    def get_queryset(self, actor: Actor) -> QuerySet[ExportRequest]:
        return super().get_queryset(actor).select_related("user", "decided_by", "file")  # type: ignore[misc]

    def crumbs(self) -> list[Crumb]:
        return [Crumb("个人信息导出", reverse("privacy:requests"))]


class RequestList(Requests, ListScreen):
    policy = Policy(WORKSPACE)
    title = "个人信息导出"
    unit = "项"
    default_order = ("-asked_at", "-pk")
    exports = ()
    columns = (
        Column("number", "申请号", link=lambda row: reverse("privacy:request", args=[row.pk]), card="title"),
        Column("kind_label", "名单"),
        Column("user", "申请人", value=lambda row: str(row.user)),
        Column("purpose", "用途"),
        Column("asked_at", "申请时间", kind="datetime", sort="asked_at"),
        Column("due_on", "审批期限", kind="date", sort="due_on"),
        Column(
            "state",
            "状态",
            value=lambda row: RequestState(row.state),
            kind="state",
            tone=lambda row: tag_of(row)[1],
            card="tag",
        ),
    )
    actions = (PageAction("申请导出", "privacy:request_new", icon="plus"),)
    empty = Empty("还没有含个人信息的导出申请。", "申请导出", "privacy:request_new")
    intro = "身份证号、电话等只有经本单位或上级单位另一位同岗位人员批准后才能导出，每一步都记入日志。"

    def crumbs(self) -> list[Crumb]:
        return []


class RequestNew(Requests, FormScreen):
    policy = Policy(WORKSPACE, EDIT)
    title = "申请导出个人信息"
    form_class = AskForm
    submit_label = "提交申请"
    intro = "申请由本单位或上级单位另一位同岗位人员在三个工作日内审批。批准后文件加密保存 24 小时，只能由您领取一次。"

    def current_version(self) -> int | None:
        return None

    def initial(self) -> dict[str, Any]:
        return {"kind": self.request.GET.get("kind", "")}

    def save(self, form: Any) -> ExportRequest:
        data = form.cleaned_data
        return approvals.ask(
            kind=data["kind"],
            fields=data["fields_wanted"],
            query=self.request.GET.get("query", ""),
            purpose=data["purpose"],
            actor=self.actor,
            now=timezone.now(),
        )

    def success_url(self, result: ExportRequest) -> str:
        return reverse("privacy:request", args=[result.pk])

    def success_text(self, result: ExportRequest) -> str:
        return f"申请 {result.number} 已提交，请等待审批。"


class RequestPage(Requests, DetailScreen):
    """One request; POST hands the file to the asker, once."""

    policy = Policy(WORKSPACE, EDIT)
    template_name = "privacy/request.html"

    def header(self, obj: ExportRequest) -> Header:
        return Header(f"{obj.number} {obj.kind_label}", tags=[Tag(*tag_of(obj))])

    def page_actions(self) -> Sequence[PageAction]:
        facts = approvals.facts(self.object, self.actor, timezone.now())
        if not explain(APPROVE, self.object, actor=self.actor, facts=facts):
            return ()
        return (
            PageAction("批准", "privacy:request_approve"),
            PageAction("不批准", "privacy:request_refuse", primary=False),
        )

    def context(self) -> dict[str, Any]:
        one: ExportRequest = self.object
        now = timezone.now()
        labels = {column.code: column.label for column in importing.resource_for(one.kind).columns()}
        facts = approvals.facts(one, self.actor, now)
        return {
            "version": one.version,
            "can_fetch": bool(explain(FETCH, one, actor=self.actor, facts=facts)),
            "is_waiting": one.state == RequestState.ASKED,
            "is_own": facts.is_own,
            "facts": [
                fact("名单", one.kind_label),
                fact("个人信息", "、".join(labels[code] for code in one.fields)),
                fact("筛选条件", in_words(importing.resource_for(one.kind), one.query) or "无"),
                fact("用途", one.purpose),
                fact("申请人", f"{one.user}（{one.membership_label}）"),
                fact("申请时间", one.asked_at, "datetime"),
                fact("审批期限", one.due_on, "date"),
                fact("审批人", f"{one.decided_by}（{one.decided_by_label}）" if one.decided_by else None),
                fact("审批时间", one.decided_at, "datetime"),
                fact("审批意见", one.opinion),
                fact("行数", one.row_count, "number"),
                fact("文件保留至", one.expires_at, "datetime"),
                fact("领取时间", one.fetched_at, "datetime"),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = request.POST.get("version", "")
        version = int(posted) if posted.isdecimal() and len(posted) < 10 else 0
        try:
            content = approvals.fetch(self.object, actor=self.actor, version=version, now=timezone.now())
        except Refused as refused:
            messages.error(request, self.remember(refused))
            return HttpResponseRedirect(reverse("privacy:request", args=[self.object.pk]))
        response = HttpResponse(content, content_type=EXPORTS["xlsx"][0])
        name = f"{self.object.kind_label}-{self.object.number}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class Decide(Requests, ActionScreen):
    """What approving and refusing share."""

    policy = Policy(WORKSPACE, EDIT)
    form_class = OpinionForm

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(self.object.number, reverse("privacy:request", args=[self.object.pk]))]

    def decision(self) -> Decision:
        facts = approvals.facts(self.object, self.actor, timezone.now())
        return explain(APPROVE, self.object, actor=self.actor, facts=facts)

    def success_url(self, result: Any) -> str:
        return reverse("privacy:request", args=[self.object.pk])


class Approve(Decide):
    title = "批准导出"
    submit_label = "批准"

    def consequences(self) -> Sequence[str]:
        return [
            f"{self.object.user} 将得到「{self.object.kind_label}」的完整号码，用途：{self.object.purpose}。",
            "文件加密保存 24 小时，只能由申请人领取一次；页眉页脚和表内印有申请号、申请人和时间。",
            "您的姓名和意见印在文件里，并记入日志。",
        ]

    def perform(self, form: Any) -> Any:
        opinion = form.cleaned_data["opinion"]
        return approvals.approve(
            self.object, opinion=opinion, actor=self.actor, version=self.version, now=timezone.now()
        )

    def success_text(self, result: Any) -> str:
        return "已批准，文件生成后通知申请人。"


class Refuse(Decide):
    title = "不批准导出"
    submit_label = "不批准"
    is_dangerous = True

    def decision(self) -> Decision:
        facts = approvals.facts(self.object, self.actor, timezone.now())
        return explain(REFUSE, self.object, actor=self.actor, facts=facts)

    def perform(self, form: Any) -> Any:
        opinion = form.cleaned_data["opinion"]
        return approvals.refuse(
            self.object, opinion=opinion, actor=self.actor, version=self.version, now=timezone.now()
        )

    def success_text(self, result: Any) -> str:
        return "已告知申请人。"
