"""Pages of commendation rounds: the list of a campaign, a round with its list, and what moves it."""

from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.commendations import deciding, services
from campaigns.commendations.enums import (
    ACTIVE,
    COUNTED,
    NOMINATION_TONES,
    ROUND_TONES,
    NominationState,
    RoundState,
)
from campaigns.commendations.forms import (
    DecideForm,
    PubliciseForm,
    ReasonForm,
    RoundForm,
)
from campaigns.commendations.models import AwardRound
from campaigns.commendations.selectors import (
    advised,
    decide_facts,
    kinds_of,
    nominations_for,
    open_facts,
    own_quotas,
    publicity_facts,
    quotas_of,
    return_facts,
)
from campaigns.commendations.transitions import CANCEL, DECIDE, OPEN, PUBLICISE, RETURN
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_runner
from campaigns.plans.transitions import PLANNERS, READERS, RUNNERS
from campaigns.plans.views import EDIT, LIST, PAGE, CampaignScreen
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.regulations.rules import rounded_half_up
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, filled, known, may_see, serial, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import Missing
from portal.workflow.services import explain, history

ROUND = "campaigns:award_round"
MOVES = {one.name: one.label for one in (OPEN, PUBLICISE, RETURN, DECIDE, CANCEL)}


def state_column(tones: dict[Any, str], states: Any) -> Column:
    return Column(
        "state",
        "状态",
        value=lambda row: states(row.state),
        kind="state",
        tone=lambda row: tones[states(row.state)],
        card="tag",
    )


class RoundList(ListScreen):
    """The rounds of one campaign."""

    policy = Policy(READERS)
    title = "评选表彰"
    unit = "次"
    default_order = ("-nominations_due_on", "pk")
    columns = (
        Column("title", "评选名称", link=lambda row: reverse(ROUND, args=[row.pk]), card="title"),
        Column("period", "表彰时段", value=lambda row: row.period or None),
        Column("nominations_due_on", "推荐截止", kind="date", sort="nominations_due_on"),
        Column("nominated", "已推荐（个）", kind="number"),
        Column("awarded", "已表彰（个）", kind="number"),
        state_column(ROUND_TONES, RoundState),
    )
    empty = Empty("这项活动还没有评选表彰。")

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(scoped(Campaign, self.actor), pk=self.kwargs["campaign_pk"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb("创先争优", reverse(LIST)), Crumb(str(self.campaign), reverse(PAGE, args=[self.campaign.pk]))]

    def page_actions(self) -> Any:
        if may_see(RUNNERS, self.actor) and is_runner(self.campaign, self.actor):
            return [PageAction("拟定评选", "campaigns:award_round_new", icon="plus")]
        return []

    def get_queryset(self, actor: Actor) -> QuerySet[AwardRound]:
        rows = scoped(AwardRound, actor).filter(campaign=self.campaign)
        counted = Count("kinds__nominations", filter=Q(kinds__nominations__state__in=COUNTED))
        awarded = Count("kinds__nominations", filter=Q(kinds__nominations__state=NominationState.AWARDED))
        return rows.annotate(nominated=counted, awarded=awarded)


class RoundScreen:
    """What the pages of one round share."""

    model = AwardRound
    pk_kwarg = "award_round_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[AwardRound]:
        rows = scoped(AwardRound, actor).select_related("campaign__region", "campaign__organizer")
        return rows.select_related("notice", "basis_file", "decided_by")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one.campaign), reverse(PAGE, args=[one.campaign_id])),
            Crumb("评选表彰", reverse("campaigns:award_rounds", args=[one.campaign_id])),
            Crumb(str(one), reverse(ROUND, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(ROUND, args=[self.object.pk])  # type: ignore[attr-defined]


class RoundDetail(RoundScreen, DetailScreen):
    """A round: its basis, kinds and places, who is recommended, and what keeps a decision back."""

    policy = Policy(READERS)
    subject = "campaigns.AwardRound"
    template_name = "campaigns/commendations/round.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    @cached_property
    def is_managed(self) -> bool:
        return may_see(RUNNERS, self.actor) and is_runner(self.object.campaign, self.actor)

    def header(self, obj: AwardRound) -> Header:
        state = RoundState(obj.state)
        facts = [str(obj.campaign), f"推荐截止 {obj.nominations_due_on.isoformat()}"]
        return Header(obj.title, [Tag(str(state.label), ROUND_TONES[state])], facts)

    def page_actions(self) -> Any:
        one = self.object
        if not self.is_managed:
            return []
        found: list[PageAction] = []
        if one.state == RoundState.DRAFT:
            found = [
                PageAction("修改评选", "campaigns:award_round_edit", primary=False, icon="edit"),
                PageAction("登记类别", "campaigns:award_kind_new", primary=False, icon="plus"),
                PageAction(OPEN.label, "campaigns:award_round_open"),
            ]
        elif one.state == RoundState.OPEN:
            found = [PageAction(PUBLICISE.label, "campaigns:award_round_publicise")]
        elif one.state == RoundState.PUBLICITY:
            found = [
                PageAction(RETURN.label, "campaigns:award_round_return", primary=False),
                PageAction(DECIDE.label, "campaigns:award_round_decide"),
            ]
        if one.state in CANCEL.sources:
            found.append(PageAction(CANCEL.label, "campaigns:award_round_cancel", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        return {
            "facts": known(
                fact("表彰时段", one.period or None),
                fact("依据文件", one.basis_title or Missing.NOT_REPORTED),
                fact("依据文号", one.basis_number or Missing.NOT_REPORTED),
                fact(
                    "依据文件扫描件",
                    one.basis_file.name if one.basis_file else Missing.NOT_REPORTED,
                    url=reverse("campaigns:award_basis", args=[one.pk]) if one.basis_file else "",
                ),
                fact("公示", self._notice_text(), url=self._notice_url()),
                fact("表彰决定", one.decision_number or None),
                fact("决定人", f"{one.decided_by}（{one.decided_label}）" if one.decided_by else None),
                fact("决定理由", one.decision_reason or None),
            ),
            "problems": self._problems(),
            "kinds": self._kinds(),
            "quotas": self._quotas(),
            "nominations": self._nominations(),
            "own": [
                (f"推荐{quota.kind}", reverse("campaigns:nomination_new", args=[quota.pk])) for quota in self._own()
            ],
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

    def _own(self) -> list[Any]:
        if self.object.state != RoundState.OPEN or not may_see(PLANNERS, self.actor):
            return []
        return own_quotas(self.object, self.actor)

    def _notice_text(self) -> str | None:
        notice = self.object.notice
        if notice is None:
            return None
        if notice.ends_on is None:
            return f"{notice.get_state_display()}：{notice}"
        mark = "（暂定）" if notice.is_provisional else ""
        return f"{notice.published_on} 至 {notice.ends_on}{mark}，{notice.get_state_display()}"

    def _notice_url(self) -> str:
        is_shown = self.object.notice is not None and self.is_managed
        return reverse("publishing:publication", args=[self.object.notice_id]) if is_shown else ""

    def _problems(self) -> list[str]:
        """What keeps the round from its next step, for whoever runs it."""
        one = self.object
        if not self.is_managed:
            return []
        facts: Any
        if one.state == RoundState.DRAFT:
            step, facts = OPEN, open_facts(one, self.actor, self.today)
        elif one.state == RoundState.PUBLICITY:
            step, facts = DECIDE, decide_facts(one, self.actor, self.today, asks_everybody=False)
        else:
            return []
        decision = explain(step, one, actor=self.actor, facts=facts)
        return [] if decision else [decision.reason]

    def _kinds(self) -> Any:
        columns = [
            serial(),
            Column("title", "类别", card="title"),
            Column("target", "对象", value=lambda row: row.get_target_display()),
            Column("total", "名额（个）", kind="number"),
            Column("given", "已分配（个）", kind="number"),
            Column("criteria", "评分标准", value=lambda row: row.criterion_set and str(row.criterion_set)),
        ]
        if self.is_managed and self.object.state == RoundState.DRAFT:
            for name, label in (
                ("award_kind_edit", "修改"),
                ("award_distribute", "按比例分配名额"),
                ("award_quotas", "调整名额"),
                ("award_kind_remove", "删去"),
            ):
                columns.append(_link_column(name, label))
        kinds = kinds_of(self.object)
        return table("类别和名额", filled(columns, kinds), kinds, empty="还没有登记表彰类别。")

    def _quotas(self) -> Any:
        rows = [quota for quota in quotas_of(self.object) if quota.count]
        if not self.is_managed:
            mine = set(scoped(Unit, self.actor).filter(campaign=self.object.campaign_id).values_list("pk", flat=True))
            rows = [quota for quota in rows if quota.unit_id in mine]
        columns = [
            Column("kind", "类别", value="kind.title"),
            Column("unit", "单位", value=lambda row: str(row.unit), card="title"),
            Column("base_count", "分配基数", kind="number"),
            Column("count", "名额（个）", kind="number"),
            Column("used", "已推荐（个）", kind="number"),
        ]
        empty = "还没有分配名额。" if self.is_managed else "您范围内的单位没有名额。"
        return table("单位名额", columns, rows, empty=empty)

    def _nominations(self) -> Any:
        columns = [
            Column(
                "name", "对象", value=str, link=lambda row: reverse("campaigns:nomination", args=[row.pk]), card="title"
            ),
            Column("kind", "类别", value="kind.title"),
            Column("organization", "党组织", value="organization.name"),
            Column("unit", "推荐单位", value=lambda row: str(row.unit)),
            Column("masses", "群众推荐", value=lambda row: f"{row.support_count}/{row.participant_count} 人同意"),
            state_column(NOMINATION_TONES, NominationState),
        ]
        found = nominations_for(self.actor, self.object).order_by("kind__number", "pk")
        is_drawn_up = self.is_managed and self.object.state in ACTIVE
        rows = advised(found, self.today) if is_drawn_up else list(found)
        if is_drawn_up:
            columns[-1:-1] = [
                Column(
                    "score",
                    "评分",
                    value=lambda row: str(rounded_half_up(row.score, 1)) if row.score is not None else None,
                    align="end",
                ),
                Column("tie", "同等条件", css="long"),
            ]
        empty = "还没有推荐对象。" if self.is_managed else "您范围内没有推荐对象。"
        return table("推荐对象", columns, rows, empty=empty)


def _link_column(name: str, label: str) -> Column:
    return Column(name, label, value=lambda row: label, link=lambda row: reverse(f"campaigns:{name}", args=[row.pk]))


class BasisFile(RoundScreen, Screen):
    """The document that allows the round."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.object.basis_file is None:
            raise Http404
        return shown(self.object.basis_file)


class RoundNew(CampaignScreen, FormScreen):
    """Plan a round."""

    policy = Policy(RUNNERS, EDIT)
    title = "拟定评选"
    form_class = RoundForm
    submit_label = "保存草稿"
    success_message = "草稿已保存。请登记类别，分配名额，再开始推荐。"

    def save(self, form: Any) -> AwardRound:
        given, now = dict(form.cleaned_data), timezone.now()
        upload = given.pop("file")
        if upload:
            given["basis_file"] = take_upload(
                upload, label="依据文件扫描件", kind="award_basis", actor=self.actor, now=now, only_shown=True
            )
        return services.create_round(self.object, actor=self.actor, now=now, **given)

    def success_url(self, result: AwardRound) -> str:
        return reverse(ROUND, args=[result.pk])


class RoundEdit(RoundScreen, FormScreen):
    """Change a round that has not begun."""

    policy = Policy(RUNNERS, EDIT)
    title = "修改评选"
    form_class = RoundForm
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        names = ("title", "period", "basis_title", "basis_number", "nominations_due_on")
        return {name: getattr(self.object, name) for name in names}

    def save(self, form: Any) -> AwardRound:
        given, now = dict(form.cleaned_data), timezone.now()
        upload = given.pop("file")
        file = (
            take_upload(upload, label="依据文件扫描件", kind="award_basis", actor=self.actor, now=now, only_shown=True)
            if upload
            else None
        )
        return services.change_round(self.object, file=file, actor=self.actor, now=now, version=self.version, **given)


class RoundOpen(RoundScreen, ActionScreen):
    """Recommending begins."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "开始推荐"
    success_message = "已开始推荐，任务已发到有名额的单位。"

    def decision(self) -> Decision:
        return explain(OPEN, self.object, actor=self.actor, facts=open_facts(self.object, self.actor, self.today))

    def consequences(self) -> list[str]:
        return [
            f"有名额的单位收到推荐任务，截止 {self.object.nominations_due_on.isoformat()}。",
            "开始推荐后，依据文件、类别和名额不再改动。",
        ]

    def perform(self, form: Any) -> AwardRound:
        return services.open_round(self.object, actor=self.actor, now=timezone.now(), version=self.version)


class RoundPublicise(RoundScreen, ActionScreen):
    """The list goes before the public."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "名单送公示"
    form_class = PubliciseForm
    success_message = "公示稿已生成，请由另一人签发。签发后开始计算公示期。"

    @cached_property
    def facts(self) -> Any:
        return publicity_facts(self.object, self.actor, self.today, asks_everybody=False)

    def decision(self) -> Decision:
        return explain(PUBLICISE, self.object, actor=self.actor, facts=self.facts)

    def consequences(self) -> list[str]:
        return [
            f"拟表彰 {self.facts.chosen} 个对象，公示姓名（名称）、单位、职务和主要事迹，不含号码。",
            "公示稿由另一人签发；签发次日起算，不少于五个工作日。",
            "提交时逐一核对不得推荐的情形；送公示后，名单只能移出，不能增加。",
        ]

    def perform(self, form: Any) -> AwardRound:
        return services.publicise(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class RoundReturn(RoundScreen, ActionScreen):
    """The list is drawn up anew."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = RETURN.label
    form_class = ReasonForm
    success_message = "公示已撤下，可以重定名单。"
    is_dangerous = True

    def decision(self) -> Decision:
        facts = return_facts(self.object.campaign, self.actor)
        return explain(RETURN, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> list[str]:
        return ["现有公示撤下；名单重定后须重新公示，公示期重新计算。"]

    def perform(self, form: Any) -> AwardRound:
        return services.return_list(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class RoundCancel(RoundScreen, ActionScreen):
    """The round ends without result."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = CANCEL.label
    form_class = ReasonForm
    success_message = "评选已取消。"
    is_dangerous = True

    def decision(self) -> Decision:
        facts = return_facts(self.object.campaign, self.actor)
        return explain(CANCEL, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> list[str]:
        return ["推荐任务办结，公示撤下，不作表彰。取消后不能恢复。"]

    def perform(self, form: Any) -> AwardRound:
        return services.cancel_round(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class RoundDecide(RoundScreen, ActionScreen):
    """The decision, by the person who presses the button."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "作出表彰决定"
    form_class = DecideForm
    success_message = "表彰决定已登记，证书可以生成。"

    @cached_property
    def facts(self) -> Any:
        return decide_facts(self.object, self.actor, self.today, asks_everybody=False)

    def decision(self) -> Decision:
        return explain(DECIDE, self.object, actor=self.actor, facts=self.facts)

    def consequences(self) -> list[str]:
        return [
            f"名单上 {self.facts.chosen} 个对象受到表彰，记入党组织和社会组织档案。",
            "提交时逐一核对不得推荐的情形，有一个不符合的都不能作出决定。",
            f"决定人登记为您（{self.actor.label}），须写明理由；撤销须另行发文。",
        ]

    def perform(self, form: Any) -> Any:
        return deciding.decide(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
