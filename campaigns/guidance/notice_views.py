"""Pages of rectification notices."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaigns.guidance import services
from campaigns.guidance.enums import NOTICE_TONES, NoticeState
from campaigns.guidance.filters import NoticeFilter
from campaigns.guidance.forms import AnswerForm, JudgeForm, NoticeForm
from campaigns.guidance.inspection_views import inspected_of
from campaigns.guidance.models import RectificationNotice
from campaigns.guidance.rules import is_notice_late
from campaigns.guidance.selectors import notice_facts, notices_for
from campaigns.guidance.transitions import ANSWER, CLOSE
from campaigns.plans.selectors import is_own_unit, is_reviewer
from campaigns.plans.transitions import PLANNERS, READERS, RUNNERS
from campaigns.plans.unit_views import UNIT, UnitScreen
from campaigns.plans.views import EDIT, LIST, PAGE
from campaigns.plans.whole import OfCampaign
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain, history

NOTICE = "campaigns:notice"
MOVES = {"answer_notice": "报告整改情况", "close_notice": "销号", "return_notice": "退回继续整改"}


def due_of(row: RectificationNotice) -> Any:
    """The last day, as long as a report is awaited."""
    return (row.due_on, timezone.localdate()) if row.state == NoticeState.ISSUED else None


NOTICE_COLUMNS = (
    Column("problem", "存在问题", link=lambda row: reverse(NOTICE, args=[row.pk]), card="title", css="long"),
    Column("issued_on", "提出日期", kind="date", sort="issued_on"),
    Column("issued_label", "提出单位"),
    Column("due_on", "整改期限", value=due_of, kind="deadline", sort="due_on"),
    Column(
        "state",
        "状态",
        value=lambda row: NoticeState(row.state),
        kind="state",
        tone=lambda row: NOTICE_TONES[NoticeState(row.state)],
        card="tag",
    ),
)


class NoticeList(OfCampaign, ListScreen):
    """The rectification notices of one campaign."""

    policy = Policy(READERS)
    title = "整改意见"
    unit = "份"
    filterset_class = NoticeFilter
    default_order = ("-issued_on", "pk")
    columns = (
        NOTICE_COLUMNS[0],
        Column("unit", "单位", value="unit", link=lambda row: reverse(UNIT, args=[row.unit_id])),
        *NOTICE_COLUMNS[1:],
    )
    empty = Empty("没有整改意见。")

    def get_queryset(self, actor: Actor) -> QuerySet[RectificationNotice]:
        return notices_for(actor, self.campaign)


class NoticeNew(UnitScreen, FormScreen):
    """Tell a unit what it has to put right; `?inspected=` says which inspection it follows from."""

    policy = Policy(RUNNERS, EDIT)
    title = "提出整改意见"
    form_class = NoticeForm
    submit_label = "发出"
    success_message = "整改意见已发出，任务已发到该单位。"

    def initial(self) -> dict[str, Any]:
        return {"issued_on": self.today}

    def save(self, form: Any) -> RectificationNotice:
        inspected = inspected_of(self.request.GET.get("inspected", ""), self.actor)
        return services.issue_notice(
            self.object, inspected=inspected, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: RectificationNotice) -> str:
        return reverse(NOTICE, args=[result.pk])


class NoticeScreen:
    """What the pages of one notice share."""

    model = RectificationNotice
    pk_kwarg = "rectification_notice_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[RectificationNotice]:
        rows = scoped(RectificationNotice, actor).select_related("unit__campaign__region", "file")
        return rows.select_related("unit__organization__committee", "unit__department__parent", "inspected__inspection")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one.unit.campaign), reverse(PAGE, args=[one.unit.campaign_id])),
            Crumb("整改意见", reverse("campaigns:notices", args=[one.unit.campaign_id])),
            Crumb(str(one.unit), reverse(NOTICE, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(NOTICE, args=[self.object.pk])  # type: ignore[attr-defined]


class NoticeDetail(NoticeScreen, DetailScreen):
    """One notice, what was reported, what was said of it."""

    policy = Policy(READERS)
    subject = "campaigns.RectificationNotice"
    template_name = "campaigns/guidance/notice.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: RectificationNotice) -> Header:
        state = NoticeState(obj.state)
        tags = [Tag(str(state.label), NOTICE_TONES[state])]
        if is_notice_late(obj.state, obj.due_on, self.today):
            tags.append(Tag("逾期未报告", "red"))
        return Header(str(obj), tags, [obj.issued_label])

    def page_actions(self) -> Any:
        one = self.object
        if one.state == NoticeState.ISSUED and may_see(PLANNERS, self.actor) and is_own_unit(one.unit, self.actor):
            return [PageAction(ANSWER.label, "campaigns:notice_answer")]
        is_above = may_see(RUNNERS, self.actor) and is_reviewer(one.unit, self.actor)
        if one.state == NoticeState.ANSWERED and is_above:
            return [PageAction("核对整改", "campaigns:notice_judge")]
        return []

    def context(self) -> dict[str, Any]:
        one = self.object
        inspection = one.inspected.inspection if one.inspected else None
        return {
            "facts": [
                fact("单位", one.unit, url=reverse(UNIT, args=[one.unit_id])),
                fact("文号", one.number or None),
                fact("提出单位", one.issued_label),
                fact("提出日期", one.issued_on, "date"),
                fact("整改期限", one.due_on, "date"),
                fact("依据的督查", inspection),
                fact("存在问题", one.problem),
                fact("整改要求", one.requirement),
                fact("整改情况", one.answer or None),
                fact("报告时间", one.answered_at, "datetime"),
                fact("核对意见", one.judgement or None),
                fact("销号时间", one.closed_at, "datetime"),
            ],
            "file_url": reverse("campaigns:notice_file", args=[one.pk]) if one.file_id else "",
            "moves": table(
                "办理经过",
                [
                    Column("at", "时间", kind="datetime"),
                    Column("label", "办理", value=lambda row: MOVES.get(row.transition, row.transition)),
                    Column("by", "办理人", value="membership_label"),
                    Column("comment", "意见", value=lambda row: row.comment or None, css="long"),
                ],
                history(one),
                empty="没有办理记录。",
            ),
        }


class NoticeAnswer(NoticeScreen, ActionScreen):
    """The unit reports what it put right."""

    policy = Policy(PLANNERS, EDIT)
    title = submit_label = ANSWER.label
    form_class = AnswerForm
    success_message = "整改情况已报告。"

    def decision(self) -> Decision:
        return explain(ANSWER, self.object, actor=self.actor, facts=notice_facts(self.object, self.actor, "—"))

    def consequences(self) -> list[str]:
        return [f"存在问题：{self.object.problem}", f"整改要求：{self.object.requirement}"]

    def initial(self) -> dict[str, Any]:
        return {"answer": self.object.answer}

    def perform(self, form: Any) -> RectificationNotice:
        upload, now = form.cleaned_data["file"], timezone.now()
        file = (
            take_upload(upload, label="佐证材料", kind="campaign_rectification", actor=self.actor, now=now)
            if upload
            else None
        )
        return services.answer_notice(
            self.object,
            answer=form.cleaned_data["answer"],
            file=file,
            actor=self.actor,
            now=now,
            version=self.version,
        )


class NoticeJudge(NoticeScreen, ActionScreen):
    """Close a notice that was put right, or send it back."""

    policy = Policy(RUNNERS, EDIT)
    title = "核对整改"
    submit_label = "提交"
    form_class = JudgeForm
    success_message = "核对结果已登记。"

    def decision(self) -> Decision:
        return explain(CLOSE, self.object, actor=self.actor, facts=notice_facts(self.object, self.actor))

    def consequences(self) -> list[str]:
        return [f"存在问题：{self.object.problem}", f"整改情况：{self.object.answer}"]

    def initial(self) -> dict[str, Any]:
        return {"is_closed": "yes"}

    def perform(self, form: Any) -> RectificationNotice:
        return services.judge_notice(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class NoticeFile(NoticeScreen, Screen):
    """The evidence of one notice."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        file = self.object.file
        if file is None:
            raise Http404
        return shown(file)
