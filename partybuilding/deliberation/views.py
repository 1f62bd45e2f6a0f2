"""Pages of decisions, interactions and agreements: lists, one of each, recording, completing, ending."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from associations.checklists.enums import Occasion
from associations.checklists.selectors import lists_in_force
from associations.registry.forms import EndForm
from associations.registry.models import Association
from partybuilding.deliberation import services
from partybuilding.deliberation.enums import REVIEW_TONES, ReviewState
from partybuilding.deliberation.filters import AgreementFilter, DecisionFilter, InteractionFilter
from partybuilding.deliberation.forms import AgreementNewForm, DecisionForm, InteractionForm
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.deliberation.rules import review_state
from partybuilding.deliberation.selectors import (
    associations_of,
    matter_list,
    review_rate,
    state_counts,
    with_day,
)
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.views import LIST, PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact, may_see
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import Missing, period_text, rate_text

EDIT = {"GET", "POST"}
TAB = "?tab=deliberation"
SECTIONS_TEMPLATE = "associations/registry/association_form.html"


def state_of(row: MajorDecision) -> ReviewState:
    return review_state(row.reviewed_on, row.opinion, row.voted_on, row.outcome)


ORGANIZATION = Column(
    "organization",
    "党组织",
    value="organization.name",
    link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
    sort="organization__name",
)
ASSOCIATION = Column("association", "社会组织", value="association.name", sort="association__name")


SIBLINGS = (
    PageAction("重大决策", "partybuilding:decisions", primary=False),
    PageAction("双向互动", "partybuilding:interactions", primary=False),
    PageAction("共建协议", "partybuilding:agreements", primary=False),
    PageAction("带动机制", "partybuilding:linkages", primary=False),
)


def beside(name: str) -> tuple[PageAction, ...]:
    """The other lists of what organisations do with the management; one of them stands in the row of pages."""
    return tuple(one for one in SIBLINGS if one.url_name != f"partybuilding:{name}")


class DeliberatedList(ListScreen):
    """What the three lists share."""

    policy = Policy(ROSTER)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))] if may_see(WORKSPACE, self.actor) else []

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return super().get_queryset(actor).select_related("organization", "association")


class DecisionList(DeliberatedList):
    """重大决策前置研究: what was voted on without an opinion stands first (R-101)."""

    title = "重大决策前置研究"
    unit = "项"
    model = MajorDecision
    filterset_class = DecisionFilter
    actions = (*beside("decisions"), PageAction("工作指引", "partybuilding:decision_guide", primary=False))
    default_order = ("-day", "-pk")
    columns = (
        Column(
            "title",
            "议题",
            link=lambda row: reverse("partybuilding:decision", args=[row.pk]),
            sort="title",
            card="title",
            css="long",
        ),
        Column("matter", "清单事项", sort="matter_number", css="long"),
        ASSOCIATION,
        ORGANIZATION,
        Column("reviewed_on", "研究日期", kind="date", sort="reviewed_on"),
        Column("opinion", "党组织意见", value=lambda row: row.get_opinion_display() or None),
        Column("voted_on", "表决日期", kind="date", sort="voted_on"),
        Column("council", "表决机构", value=lambda row: row.get_council_display() or None),
        Column("outcome", "表决结果", value=lambda row: row.get_outcome_display() or None),
        Column(
            "state",
            "前置研究",
            value=state_of,
            kind="state",
            tone=lambda row: REVIEW_TONES[state_of(row)],
            card="tag",
        ),
    )
    empty = Empty("还没有登记重大决策。由党组织书记或综合（行业）党委在党组织页面的「议事决策」中登记。")

    def get_queryset(self, actor: Actor) -> QuerySet[MajorDecision]:
        return with_day(super().get_queryset(actor))

    def list_notes(self) -> list[str]:
        rule = "清单内的事项须在表决当日或以前经党组织研究；前置研究率 = 表决前已研究的事项 ÷ 已表决的事项。"
        return [rule] if self.filter_errors else [*self.states(), rule]

    def states(self) -> list[Any]:
        """The rate, and each state with its number."""
        counts = state_counts(self.others("state"))
        return [f"前置研究率：{rate_text(review_rate(counts))}", self.counted(counts)]


class DecisionGuide(Screen):
    """The guide of taking part in decisions: the steps, the matters, each list with its place and its source."""

    policy = Policy(ROSTER)
    title = "参与决策工作指引"
    template_name = "partybuilding/deliberation/guide.html"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("重大决策前置研究", reverse("partybuilding:decisions"))]

    def context(self) -> dict[str, Any]:
        return {"lists": lists_in_force(self.as_of, Occasion.GUIDE, Occasion.DECISION)}


class InteractionList(DeliberatedList):
    """双向互动 and 共同议事."""

    title = "双向互动"
    unit = "次"
    model = Interaction
    filterset_class = InteractionFilter
    actions = beside("interactions")
    default_order = ("-held_on", "organization__name", "pk")
    columns = (
        Column(
            "title",
            "议题",
            link=lambda row: reverse("partybuilding:interaction", args=[row.pk]),
            sort="title",
            card="title",
            css="long",
        ),
        Column("kind", "形式", value=lambda row: row.get_kind_display(), sort="kind", card="tag"),
        Column("held_on", "日期", kind="date", sort="held_on"),
        ASSOCIATION,
        ORGANIZATION,
        Column("result", "形成的意见或成果", value=lambda row: row.result or None, css="long"),
    )
    empty = Empty("还没有登记双向互动。由党组织书记或综合（行业）党委在党组织页面的「议事决策」中登记。")


class AgreementList(DeliberatedList):
    """定责共建: agreements and charters."""

    title = "共建协议"
    unit = "项"
    model = Agreement
    filterset_class = AgreementFilter
    actions = beside("agreements")
    default_order = ("association__name", "kind", "-starts_on", "pk")
    shows_as_of = True
    columns = (
        Column(
            "association",
            "社会组织",
            value="association.name",
            link=lambda row: reverse("partybuilding:agreement", args=[row.pk]),
            sort="association__name",
            card="title",
        ),
        Column("kind", "形式", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("document_number", "文号或编号", value=lambda row: row.document_number or None),
        Column("starts_on", "生效日期", kind="date", sort="starts_on"),
        Column("ends_on", "终止日期", kind="date", sort="ends_on"),
        ORGANIZATION,
    )
    empty = Empty("还没有登记共建协议。由党组织书记或综合（行业）党委在党组织页面的「议事决策」中登记。")


# One record


class Recorded:
    """What the pages of one decision, interaction or agreement share."""

    page_name: ClassVar[str]
    related: ClassVar[tuple[str, ...]] = ()
    model: ClassVar[Any]
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(self.model, actor).select_related("organization__committee", "association__region", *self.related)

    def crumbs(self) -> list[Crumb]:
        one = self.object
        found = [Crumb(one.organization.name, reverse(PAGE, args=[one.organization_id]) + TAB)]
        return found if isinstance(self, DetailScreen) else [*found, Crumb(str(one), self.success_url(None))]

    def success_url(self, result: Any) -> str:
        return reverse(self.page_name, args=[self.object.pk])


class RecordedDetail(Recorded, DetailScreen):
    """The facts of one record, and its longer text."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/deliberation/record.html"

    def page_actions(self) -> Any:
        one = self.object.organization
        return self.actions if one.dissolved_on is None and may_keep(self.actor, one) else ()

    def facts(self) -> list[Fact]:
        raise NotImplementedError

    def scan(self) -> Fact:
        """The signed paper, where it was handed in."""
        one = self.object
        url = reverse(f"{self.page_name}_scan", args=[one.pk]) if one.scan else ""
        return fact("扫描件", one.scan.name if one.scan else None, url=url)

    def context(self) -> dict[str, Any]:
        one = self.object
        association = reverse("associations:association", args=[one.association_id])
        shared = [
            fact("党组织", one.organization.name, url=reverse(PAGE, args=[one.organization_id])),
            fact("社会组织", one.association.name, url=association),
        ]
        return {"facts": [*shared, *self.facts()], "text": getattr(one, "content", "")}


class DecisionScreen(Recorded):
    model = MajorDecision
    pk_kwarg = "major_decision_pk"
    page_name = "partybuilding:decision"
    related = ("scan",)
    request: HttpRequest


class DecisionDetail(DecisionScreen, RecordedDetail):
    """One decision: the opinion, the vote, and how the two stand."""

    subject = "partybuilding.MajorDecision"
    actions = (
        PageAction("补充或更正", "partybuilding:decision_edit", roles=KEEPERS, icon="edit"),
        PageAction("上传扫描件", "partybuilding:decision_scan_new", roles=KEEPERS, primary=False),
    )

    def header(self, obj: MajorDecision) -> Header:
        state = state_of(obj)
        return Header(obj.title, [Tag(str(state.label), REVIEW_TONES[state])], [obj.matter])

    def facts(self) -> list[Fact]:
        one = self.object
        return [
            fact("清单事项", f"{one.list_title}第{one.matter_number}项：{one.matter}"),
            fact("研究日期", one.reviewed_on or "没有前置研究", "date" if one.reviewed_on else "text"),
            fact("党组织意见", one.get_opinion_display() or None),
            fact("意见内容", one.opinion_text or None),
            fact("表决日期", one.voted_on or "尚未表决", "date" if one.voted_on else "text"),
            fact("表决机构", one.get_council_display() or None),
            fact("表决结果", one.get_outcome_display() or None),
            fact("备注", one.remark or None),
            self.scan(),
        ]


class InteractionScreen(Recorded):
    model = Interaction
    pk_kwarg = "interaction_pk"
    page_name = "partybuilding:interaction"


class InteractionDetail(InteractionScreen, RecordedDetail):
    """One thing done together."""

    subject = "partybuilding.Interaction"
    actions = (PageAction("更正", "partybuilding:interaction_edit", roles=KEEPERS, icon="edit"),)

    def header(self, obj: Interaction) -> Header:
        return Header(obj.title, [Tag(obj.get_kind_display(), "blue")], [obj.held_on.isoformat()])

    def facts(self) -> list[Fact]:
        one = self.object
        return [
            fact("形式", one.get_kind_display()),
            fact("日期", one.held_on, "date"),
            fact("参加人员", one.participants or Missing.NOT_REPORTED),
            fact("形成的意见或成果", one.result or None),
        ]


class AgreementScreen(Recorded):
    model = Agreement
    pk_kwarg = "agreement_pk"
    page_name = "partybuilding:agreement"
    related = ("scan",)


class AgreementDetail(AgreementScreen, RecordedDetail):
    """One agreement, or one charter's clause."""

    subject = "partybuilding.Agreement"
    actions = (
        PageAction("登记终止", "partybuilding:agreement_end", roles=KEEPERS, primary=False),
        PageAction("上传扫描件", "partybuilding:agreement_scan_new", roles=KEEPERS, primary=False),
    )

    def page_actions(self) -> Any:
        """One that has ended can still get its paper."""
        found = super().page_actions()
        return found if self.object.ends_on is None else found[1:]

    def header(self, obj: Agreement) -> Header:
        tag = Tag("执行中", "green") if obj.is_current(self.today) else Tag("不在执行期", "grey")
        return Header(str(obj), [tag], [period_text(obj.starts_on, obj.ends_on)])

    def facts(self) -> list[Fact]:
        one = self.object
        return [
            fact("形式", one.get_kind_display()),
            fact("文号或编号", one.document_number or None),
            fact("起止", period_text(one.starts_on, one.ends_on)),
            self.scan(),
        ]


# Recording


class RecordNew(OrganizationScreen, FormScreen):
    """What the pages that record something of one organisation share."""

    policy = Policy(KEEPERS, EDIT)
    own_tab = TAB

    @cached_property
    def covered(self) -> list[Association]:
        return associations_of(self.actor, self.object, self.today)

    def form_kwargs(self) -> dict[str, Any]:
        return {"associations": self.covered}


def tell_state(request: HttpRequest, row: MajorDecision) -> None:
    """R-101 remarks; a fact is recorded whatever it says."""
    state = state_of(row)
    if state == ReviewState.UNREVIEWED:
        messages.warning(request, "这项决策没有经党组织前置研究就已表决，已列入「未经前置研究」，请向上级党委说明。")
    if state == ReviewState.CONTRARY:
        messages.warning(request, "表决结果与党组织意见不一致，已列入「未采纳党组织意见」，请向上级党委报告。")


class DecisionForms:
    """The form of a decision, with the matters of the list in force."""

    form_class: ClassVar[type[Any]] = DecisionForm
    template_name = SECTIONS_TEMPLATE
    intro = "清单内的重大事项，先由党组织研究提出意见，再提交表决。只研究、没有表决的，表决后再回来补充。"
    today: Any

    def matters(self, association: Association | None) -> list[str]:
        found = matter_list(association, self.today) if association else None
        return [step.text for step in found.steps.all()] if found else []

    def context(self) -> dict[str, Any]:
        return {"sections": DecisionForm.SECTIONS}


class DecisionNew(DecisionForms, RecordNew):
    """Record a decision."""

    title = "登记重大决策"
    submit_label = "登记"
    success_message = "重大决策已登记。"

    def form_kwargs(self) -> dict[str, Any]:
        return super().form_kwargs() | {"matters": self.matters(self.covered[0] if self.covered else None)}

    def save(self, form: Any) -> MajorDecision:
        row = services.record_decision(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)
        tell_state(self.request, row)
        return row


class DecisionEdit(DecisionForms, DecisionScreen, FormScreen):
    """Complete or correct a decision."""

    policy = Policy(KEEPERS, EDIT)
    title = "补充或更正重大决策"
    submit_label = "保存"
    success_message = "已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        known = self.matters(self.object.association)
        matters = known if self.object.matter in known else [*known, self.object.matter]
        return {"associations": [self.object.association], "matters": matters}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in DecisionForm.base_fields if name != "association"}

    def save(self, form: Any) -> MajorDecision:
        given = {name: value for name, value in form.cleaned_data.items() if name != "association"}
        row = services.change_decision(self.object, actor=self.actor, now=timezone.now(), version=self.version, **given)
        tell_state(self.request, row)
        return row


class InteractionNew(RecordNew):
    """Record something done together."""

    title = "登记双向互动"
    form_class: ClassVar[type[Any]] = InteractionForm
    submit_label = "登记"
    success_message = "双向互动已登记。"

    def initial(self) -> dict[str, Any]:
        return {"held_on": self.today}

    def save(self, form: Any) -> Interaction:
        return services.record_interaction(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class InteractionEdit(InteractionScreen, FormScreen):
    """Correct what was recorded."""

    policy = Policy(KEEPERS, EDIT)
    title = "更正双向互动"
    form_class: ClassVar[type[Any]] = InteractionForm
    submit_label = "保存"
    success_message = "已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"associations": [self.object.association]}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in InteractionForm.base_fields if name != "association"}

    def save(self, form: Any) -> Interaction:
        given = {name: value for name, value in form.cleaned_data.items() if name != "association"}
        return services.change_interaction(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **given
        )


class AgreementNew(RecordNew):
    """Record an agreement or a charter."""

    title = "登记共建协议"
    form_class: ClassVar[type[Any]] = AgreementNewForm
    submit_label = "登记"
    success_message = "共建协议已登记。"
    intro = "通过签订协议或者修改章程，明确党组织的功能定位和职责权利。同一形式只有一项执行中。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> Agreement:
        return services.record_agreement(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class AgreementEnd(AgreementScreen, ActionScreen):
    """Record that an agreement ended."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记共建协议终止"
    form_class = EndForm
    submit_label = "登记终止"
    success_message = "共建协议终止已登记。"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.object}」不再执行，记录保留。"]

    def perform(self, form: Any) -> Agreement:
        return services.end_agreement(
            self.object,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )
