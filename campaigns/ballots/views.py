"""Pages of mass appraisal for whoever organises it: counts on paper, a ballot by code with its slips and its result."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from campaigns.ballots import services, slips
from campaigns.ballots.enums import BALLOT_TONES, BallotState
from campaigns.ballots.forms import BallotForm, CancelForm, PaperForm
from campaigns.ballots.models import Ballot, PaperCount
from campaigns.ballots.overview import time_text
from campaigns.ballots.rules import may_print
from campaigns.ballots.selectors import ballot_rate, handle_facts, paper_rate, results_of, slips_left
from campaigns.ballots.transitions import CANCEL
from campaigns.methods.forms import ReasonForm
from campaigns.methods.overview import method_url
from campaigns.methods.rules import may_record
from campaigns.methods.selectors import is_recorder, record_facts, record_of
from campaigns.methods.services import RECORDERS
from campaigns.methods.views import UnitMethodScreen
from campaigns.plans.transitions import READERS
from campaigns.plans.views import EDIT
from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Decision, Refused
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, PageAction, Tag, fact, table
from portal.screens.details import DetailScreen, Header
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain

FILE_KIND = "paper_count"


class PaperNew(UnitMethodScreen, ActionScreen):
    """Record a count of paper ballots, with the photograph of the tally."""

    policy = Policy(RECORDERS, EDIT)
    title = "登记纸质评议"
    form_class: ClassVar[type[Any]] = PaperForm
    submit_label = "登记"
    success_message = "评议结果已登记。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"unit": self.object}

    def initial(self) -> dict[str, Any]:
        return {"held_on": self.today}

    def decision(self) -> Decision:
        facts = record_facts(self.object, self.method, self.actor, self.today)
        decision = may_record(facts)
        is_done = record_of(self.object, self.method) is not None
        # About its members an organisation may go on counting after it was appraised itself.
        return ALLOWED if is_done and is_recorder(self.object, self.method, self.actor) else decision

    def consequences(self) -> list[str]:
        return ["评议党组织的，登记后这种推进方式计为完成；结果按有效票计算：（满意＋基本满意）÷有效。"]

    def perform(self, form: Any) -> PaperCount:
        given, now = form.cleaned_data, timezone.now()
        asked = {"level": given["level"], "member": given["member"], "held_on": given["held_on"]}
        services.check_paper(self.object, self.method, facts=form.facts(), actor=self.actor, now=now, **asked)
        file = take_upload(given["file"], label="计票单照片", kind=FILE_KIND, actor=self.actor, now=now)
        return services.record_paper(
            self.object,
            self.method,
            facts=form.facts(),
            file=file,
            actor=self.actor,
            now=now,
            version=self.version,
            **asked,
        )


class PaperScreen:
    """What the pages of one count share."""

    model = PaperCount
    pk_kwarg = "paper_count_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[PaperCount]:
        rows = scoped(PaperCount, actor).select_related("unit__campaign__region", "method", "file", "member__person")
        return rows.select_related("unit__organization__committee", "unit__department__parent")


class PaperWithdraw(PaperScreen, ActionScreen):
    """Take back a count recorded by mistake."""

    policy = Policy(RECORDERS, EDIT)
    title = submit_label = "撤回计票"
    form_class = ReasonForm
    success_message = "已撤回。"
    is_dangerous = True

    def crumbs(self) -> list[Crumb]:
        return [Crumb(str(self.object.method), method_url(self.object.unit, self.object.method))]

    def decision(self) -> Decision:
        one = self.object
        if is_recorder(one.unit, one.method, self.actor):
            return ALLOWED
        return Decision(False, "这份计票由其他单位登记，您不能撤回。")

    def consequences(self) -> list[str]:
        one = self.object
        return [f"有效 {one.valid_count} 张、满意率 {paper_rate(one).display()} 的计票和照片删去，操作记录保留。"]

    def perform(self, form: Any) -> str:
        one = self.object
        back = method_url(one.unit, one.method)
        services.withdraw_paper(one, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data)
        return back

    def success_url(self, result: str) -> str:
        return result


class PaperFile(PaperScreen, Screen):
    """The photograph of a tally."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return shown(self.object.file)


# By code -------------------------------------------------------------------------------------------------------------


class BallotNew(UnitMethodScreen, ActionScreen):
    """Prepare a secret ballot."""

    policy = Policy(RECORDERS, EDIT)
    title = "组织投票"
    form_class: ClassVar[type[Any]] = BallotForm
    submit_label = "保存"
    success_message = "投票已准备好。请在开始前打印选票。"

    def decision(self) -> Decision:
        return may_record(record_facts(self.object, self.method, self.actor, self.today))

    def initial(self) -> dict[str, Any]:
        return {"title": f"对{self.object}创先争优情况的评议"[:120], "opens_hour": "8", "closes_hour": "18"}

    def consequences(self) -> list[str]:
        return [
            "每人一张选票，选票上的投票码只能用一次，不与姓名对应；系统不保存谁投了什么、什么时候投。",
            "结束前任何人看不到票数；结束后自动计票公布，少于三张的选项合并公布。",
        ]

    def perform(self, form: Any) -> Ballot:
        return services.prepare_ballot(
            self.object, self.method, actor=self.actor, now=timezone.now(), version=self.version, **form.values()
        )

    def success_url(self, result: Ballot) -> str:
        return reverse("campaigns:ballot", args=[result.pk])


class BallotScreen:
    """What the pages of one ballot share."""

    model = Ballot
    pk_kwarg = "ballot_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Ballot]:
        rows = scoped(Ballot, actor).select_related("unit__campaign__region", "method", "file", "prepared_by")
        return rows.select_related("unit__organization__committee", "unit__department__parent")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb(str(one.method), method_url(one.unit, one.method)),
            Crumb(str(one), reverse("campaigns:ballot", args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse("campaigns:ballot", args=[self.object.pk])  # type: ignore[attr-defined]


class BallotPage(BallotScreen, DetailScreen):
    """One ballot: its times, its slips, how many have voted; after it has closed what is published. POST hands the
    slips out, once."""

    policy = Policy(RECORDERS, EDIT)
    template_name = "campaigns/ballots/ballot.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: Ballot) -> Header:
        state = BallotState(obj.state)
        label = "投票中" if self.is_open else str(state.label)
        return Header(obj.title, [Tag(label, BALLOT_TONES[state])], [str(obj.unit), time_text(obj)])

    @property
    def is_open(self) -> bool:
        one = self.object
        return bool(one.state == BallotState.PREPARED and one.opens_at <= self.received_at < one.closes_at)

    def page_actions(self) -> Any:
        one, found = self.object, []
        facts = handle_facts(one, self.actor, self.received_at)
        if one.state == BallotState.PREPARED and may_print(facts):
            found.append(PageAction("打印选票", "campaigns:ballot_print", primary=one.printed_at is None))
        if explain(CANCEL, one, actor=self.actor, facts=facts):
            found.append(PageAction(CANCEL.label, "campaigns:ballot_cancel", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one: Ballot = self.object
        is_prepared = one.state == BallotState.PREPARED
        facts = handle_facts(one, self.actor, self.received_at)
        voted = one.voter_count - slips_left(one) if is_prepared and one.printed_at else one.cast_count
        return {
            "facts": [
                fact("应参加评议（人）", one.voter_count, "number"),
                fact("最少票数（张）", one.minimum_count, "number"),
                fact("已投票（张）", voted, "number"),
                fact("监票人", f"{one.teller_one}、{one.teller_two}"),
                fact("组织人", one.prepared_by.display_name),
                fact("选票生成时间", one.printed_at, "datetime"),
                fact("选票取走时间", one.fetched_at, "datetime"),
                fact("计票时间", one.counted_at, "datetime"),
                *([fact("满意率", rate)] if (rate := ballot_rate(one)) else []),
            ],
            "state": one.state,
            "is_open": self.is_open,
            "is_waiting": is_prepared and self.received_at >= one.closes_at,
            "needs_print": is_prepared and one.printed_at is None,
            "is_ready": is_prepared and one.file_id is not None and one.fetched_at is None and facts.is_recorder,
            "results": table(
                "投票结果",
                (
                    Column("cell", "选项", value=lambda row: row.get_cell_display(), card="title"),
                    Column("count", "票数（张）", kind="number"),
                ),
                results_of(one),
                empty="没有公布结果。",
            ),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            content = slips.fetch(self.object, actor=self.actor, now=timezone.now())
        except Refused as refused:
            messages.error(request, self.remember(refused))
            return HttpResponseRedirect(self.success_url(None))
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = content_disposition_header(True, f"选票-{self.object.pk}.pdf") or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class BallotPrint(BallotScreen, ActionScreen):
    """Have the slips printed."""

    policy = Policy(RECORDERS, EDIT)
    title = submit_label = "打印选票"
    success_message = "正在排版，稍后在本页取走选票。"

    def decision(self) -> Decision:
        one = self.object
        if one.state != BallotState.PREPARED:
            return Decision(False, f"这场投票{one.get_state_display()}，不能打印选票。")
        return may_print(handle_facts(one, self.actor, self.received_at))

    def consequences(self) -> list[str]:
        return [
            f"生成 {self.object.voter_count} 张选票，每张一个新的投票码；此前打印的选票全部作废。",
            "文件只能取走一次。请两名监票人裁开、混合，由参加评议的人随机领取，不登记谁领了哪一张。",
        ]

    def perform(self, form: Any) -> Any:
        address = self.request.build_absolute_uri(reverse("campaigns:vote"))
        return slips.print_slips(
            self.object, address=address, actor=self.actor, now=timezone.now(), version=self.version
        )


class BallotCancel(BallotScreen, ActionScreen):
    """Call a ballot off."""

    policy = Policy(RECORDERS, EDIT)
    title = submit_label = "撤销投票"
    form_class = CancelForm
    success_message = "投票已撤销，投票码和已投的票全部删除。"
    is_dangerous = True

    def decision(self) -> Decision:
        facts = handle_facts(self.object, self.actor, self.received_at)
        return explain(CANCEL, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> list[str]:
        return ["投票码全部失效，已投的票不计、不看，一并删除。撤销后可以重新组织。"]

    def perform(self, form: Any) -> Ballot:
        return services.cancel_ballot(
            self.object, actor=self.actor, now=self.received_at, version=self.version, **form.cleaned_data
        )
