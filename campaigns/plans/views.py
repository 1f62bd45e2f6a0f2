"""Pages of campaigns: the list, the document with its parts, and what moves it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from campaigns.plans import services
from campaigns.plans.enums import CAMPAIGN_TONES, CampaignState, ItemKind, MethodForm, UnitState
from campaigns.plans.filters import CampaignFilter
from campaigns.plans.forms import CampaignForm
from campaigns.plans.models import Campaign
from campaigns.plans.selectors import (
    CampaignPlan,
    close_facts,
    criteria_of,
    is_runner,
    issue_facts,
    items_of,
    links_of,
    plan_of,
    span_of,
    steering_of,
    units_for,
)
from campaigns.plans.transitions import CLOSE, ISSUE, READERS, RUNNERS
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE, Role
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, filled, known, may_see, serial, table
from portal.screens.details import OVERVIEW, DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing, period_text
from portal.workflow.services import explain

EDIT = {"GET", "POST"}
LIST = "campaigns:campaigns"
PAGE = "campaigns:campaign"


def organizer_text(campaign: Campaign) -> str:
    """Who runs a campaign."""
    return campaign.organizer.name if campaign.organizer else f"{campaign.region.name}社会工作部"


class CampaignList(ListScreen):
    """Campaigns the actor runs, or whose units it reaches."""

    policy = Policy(READERS)
    title = "创先争优"
    unit = "项"
    model = Campaign
    filterset_class = CampaignFilter
    default_order = ("-starts_on", "pk")
    columns = (
        Column("title", "活动名称", link=lambda row: reverse(PAGE, args=[row.pk]), sort="title", card="title"),
        Column("document_number", "文号", value=lambda row: row.document_number or None),
        Column("organizer", "组织单位", value=organizer_text),
        Column("period", "起止", value=lambda row: span_of(row).words(), sort="starts_on"),
        Column("unit_count", "参加单位（个）", kind="number", sort="unit_count"),
        Column("accepted_count", "方案已备案（个）", kind="number"),
        Column(
            "state",
            "状态",
            value=lambda row: CampaignState(row.state),
            kind="state",
            tone=lambda row: CAMPAIGN_TONES[CampaignState(row.state)],
            card="tag",
        ),
    )
    empty = Empty("还没有创先争优活动。", "拟定活动方案", "campaigns:campaign_new", roles=RUNNERS)
    actions = (PageAction("拟定活动方案", "campaigns:campaign_new", roles=RUNNERS, icon="plus"),)

    def get_columns(self) -> Sequence[Column]:
        """How many take part is for those who run or review; a secretary's narrow page does without."""
        if may_see(WORKSPACE, self.actor):
            return self.columns
        return [column for column in self.columns if column.kind != "number"]

    def get_queryset(self, actor: Actor) -> QuerySet[Campaign]:
        rows = super().get_queryset(actor).select_related("region", "organizer")
        taking_part = Q(units__left_on=None, units__isnull=False)
        return rows.annotate(
            unit_count=Count("units", filter=taking_part),
            accepted_count=Count("units", filter=taking_part & Q(units__state=UnitState.ACCEPTED)),
        )


class CampaignScreen:
    """What the pages of one campaign share."""

    model = Campaign
    pk_kwarg = "campaign_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Campaign]:
        return scoped(Campaign, actor).select_related("region", "organizer")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("创先争优", reverse(LIST)), Crumb(str(self.object), reverse(PAGE, args=[self.object.pk]))]  # type: ignore[attr-defined]

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[self.object.pk])  # type: ignore[attr-defined]


class CampaignDetail(CampaignScreen, DetailScreen):
    """The document: what for, when, how, who leads; a draft also says what keeps it from going out."""

    policy = Policy(READERS)
    subject = "campaigns.Campaign"
    overview_label = "实施方案"
    template_name = "campaigns/plans/campaign.html"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("创先争优", reverse(LIST))]

    @cached_property
    def is_managed(self) -> bool:
        one = self.object
        return one.state != CampaignState.CLOSED and may_see(RUNNERS, self.actor) and is_runner(one, self.actor)

    @cached_property
    def is_draft(self) -> bool:
        return self.is_managed and self.object.state == CampaignState.DRAFT

    @cached_property
    def plan(self) -> CampaignPlan:
        return plan_of(self.object)

    def page_actions(self) -> Any:
        label = "本单位方案" if self.actor.role == Role.BRANCH_SECRETARY else "参加单位和方案"
        found: list[PageAction] = []
        if self.object.state != CampaignState.DRAFT:
            found.append(PageAction(label, "campaigns:units"))
            found.append(PageAction("推进情况", "campaigns:progress", primary=False))
            found.append(PageAction("情况报送", "campaigns:collections", primary=False))
            found.append(PageAction("活动台账", "campaigns:entries", primary=False))
            found.append(PageAction("评选表彰", "campaigns:award_rounds", primary=False))
        if self.is_managed:
            found.append(PageAction("修改方案", "campaigns:campaign_edit", primary=False, icon="edit"))
            name, label = (
                ("campaigns:campaign_issue", ISSUE.label)
                if self.is_draft
                else ("campaigns:campaign_close", CLOSE.label)
            )
            found.append(PageAction(label, name, primary=self.is_draft))
        return found

    def header(self, obj: Campaign) -> Header:
        state = CampaignState(obj.state)
        facts = [organizer_text(obj), span_of(obj).words()]
        return Header(obj.title, [Tag(str(state.label), CAMPAIGN_TONES[state])], facts)

    def context(self) -> dict[str, Any]:
        if self.tab != OVERVIEW:
            return {}
        one = self.object
        items, args = self.plan.items, [one.pk]
        sets = criteria_of(one)
        return {
            "facts": known(
                fact("实施方案文号", one.document_number or Missing.NOT_REPORTED),
                fact("活动主题", one.theme),
                fact("组织单位", organizer_text(one)),
                fact("开展地区", one.region),
                fact("起止", span_of(one).words()),
                fact("单位方案报送截止", one.plans_due_on, "date"),
                fact("评价标准", "、".join(str(row) for row, _lines in sets) or None),
                fact("联系人", one.contact_name),
                fact("联系电话（办公）", one.contact_phone),
                fact("传真", one.contact_fax),
            ),
            "lists": [(kind.label, items[kind]) for kind in ItemKind if items[kind]],
            "criteria": [(row, row.preconditions, lines) for row, lines in sets],
            "problems": self.plan.problems() if self.is_draft else [],
            "phases": self._phases(),
            "steps": self._steps(),
            "methods": self._methods(),
            "steering": self._steering(),
            "links": self._links(),
            "add_urls": {
                "phase": reverse("campaigns:phase_new", args=args) if self.is_draft else "",
                "step": reverse("campaigns:step_new", args=args) if self.is_draft else "",
                "method": reverse("campaigns:method_new", args=args) if self.is_draft else "",
                "steering": reverse("campaigns:steering_new", args=args) if self.is_managed else "",
                "link": reverse("campaigns:link_new", args=args) if self.is_managed else "",
            },
        }

    def _editable(self, name: str) -> list[Column]:
        if not self.is_draft:
            return []

        def edit(row: Any) -> str:
            return reverse(f"campaigns:{name}_edit", args=[row.pk])

        def remove(row: Any) -> str:
            return reverse(f"campaigns:{name}_remove", args=[row.pk])

        return [
            Column("edit", "修改", value=lambda row: "修改", link=edit),
            Column("remove", "删去", value=lambda row: "删去", link=remove),
        ]

    def _phases(self) -> Any:
        columns = [
            serial(),
            Column("title", "阶段", card="title"),
            Column("period", "起止", value=lambda row: span_of(row).words()),
            Column("focus", "工作重点", value=lambda row: row.focus or None, css="long"),
            *self._editable("phase"),
        ]
        return table("阶段", filled(columns, self.plan.phases), self.plan.phases, empty="没有划分阶段。")

    def _steps(self) -> Any:
        columns = [
            serial(),
            Column("title", "步骤", card="title"),
            Column("period", "起止", value=lambda row: span_of(row).words() if row.starts_on else "随活动开展"),
            Column("extended", "延期", value=lambda row: _extension_text(row.extension), css="long"),
            Column("overlap", "交叉进行", value=lambda row: "是" if row.may_overlap else None),
            Column("work", "工作内容", value=lambda row: row.work or None, css="long"),
            *self._editable("step"),
        ]
        if self.is_managed and not self.is_draft:

            def extend(row: Any) -> str | None:
                return reverse("campaigns:step_extend", args=[row.pk]) if row.ends_on else None

            if any(row.ends_on for row in self.plan.steps):
                words = Column("extend", "操作", value=lambda row: "登记延期" if row.ends_on else None, link=extend)
                columns.append(words)
        return table("步骤", filled(columns, self.plan.steps), self.plan.steps, empty="没有划分步骤。")

    def _methods(self) -> Any:
        columns = [
            serial(),
            Column("title", "推进方式", card="title"),
            Column("form", "记录形式", value=lambda row: MethodForm(row.form).label),
            Column(
                "requires",
                "须先完成",
                value=lambda row: "、".join(str(other) for other in row.needed) or None,
            ),
            Column("due_on", "完成期限", kind="date"),
            Column("work", "要求", value=lambda row: row.work or None, css="long"),
            *self._editable("method"),
        ]
        return table("推进方式", filled(columns, self.plan.methods), self.plan.methods, empty="还没有推进方式。")

    def _steering(self) -> Any:
        columns = [
            Column("role", "小组职务", value=lambda row: row.get_role_display()),
            Column("name", "姓名或岗位", card="title"),
            Column("post", "单位和职务", value=lambda row: row.post or None),
            Column("period", "任职", value=lambda row: period_text(row.starts_on, row.ends_on)),
        ]
        if self.is_managed:

            def end(row: Any) -> str | None:
                return reverse("campaigns:steering_end", args=[row.pk]) if row.ends_on is None else None

            columns.append(Column("end", "操作", value=lambda row: None if row.ends_on else "终止任职", link=end))
        return table("领导（指导）小组", columns, steering_of(self.object), empty="还没有登记领导（指导）小组。")

    def _links(self) -> Any:
        columns = [
            Column("kind", "关系", value=lambda row: row.get_kind_display()),
            Column("other", "活动", link=lambda row: reverse(PAGE, args=[row.other_id]) if row.is_readable else None),
            Column("period", "起止", value=lambda row: span_of(row.other).words()),
        ]
        return table("相关活动", columns, links_of(self.actor, self.object), empty="没有登记相关活动。")


def _extension_text(extension: Any) -> str | None:
    if extension is None:
        return None
    return f"原定 {extension.was_until_on.isoformat()}，{extension.document_number}：{extension.reason}"


class CampaignNew(FormScreen):
    """Draft a campaign."""

    policy = Policy(RUNNERS, EDIT)
    title = "拟定活动方案"
    form_class = CampaignForm
    submit_label = "保存草稿"
    success_message = "草稿已保存。请登记阶段、步骤和推进方式，再印发。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("创先争优", reverse(LIST))]

    def initial(self) -> dict[str, Any]:
        own = self.actor.scope
        return {"starts_on": self.today, "organizer": own.pk if own.kind == "department" else None}

    def save(self, form: Any) -> Campaign:
        return services.create_campaign(actor=self.actor, now=timezone.now(), **form.values())

    def success_url(self, result: Campaign) -> str:
        return reverse(PAGE, args=[result.pk])


class CampaignEdit(CampaignScreen, FormScreen):
    """Change a draft; after issue only what may still change."""

    policy = Policy(RUNNERS, EDIT)
    title = "修改活动方案"
    form_class = CampaignForm
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        one = self.object
        own = ("title", "document_number", "theme", "region", "organizer", "starts_on", "ends_on", "plans_due_on")
        found = {name: getattr(one, name) for name in (*own, "contact_name", "contact_phone", "contact_fax")}
        return {**found, "criterion_sets": list(one.criterion_sets.all()), **items_of(one)}

    def save(self, form: Any) -> Campaign:
        return services.change_campaign(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.values()
        )


class CampaignIssue(CampaignScreen, ActionScreen):
    """The document goes out."""

    policy = Policy(RUNNERS, EDIT)
    title = "印发实施方案"
    submit_label = "印发"
    success_message = "实施方案已印发，参加单位已列入，报送方案的任务已发到各单位。"

    @cached_property
    def facts(self) -> Any:
        return issue_facts(self.object, self.actor, self.today)

    def decision(self) -> Decision:
        return explain(ISSUE, self.object, actor=self.actor, facts=self.facts)

    def consequences(self) -> list[str]:
        due = self.object.plans_due_on
        return [
            f"范围内 {self.facts.unit_count} 个党组织及其党委列为参加单位，各单位收到「报送方案」任务"
            f"（截止 {due.isoformat()}）。"
            if due
            else f"范围内 {self.facts.unit_count} 个党组织及其党委列为参加单位，各单位收到「报送方案」任务。",
            "印发后，活动名称、文号、范围、开始日期和方案内容不能再改；步骤可凭决定延期。",
        ]

    def perform(self, form: Any) -> Campaign:
        return services.issue_campaign(self.object, actor=self.actor, now=timezone.now(), version=self.version)


class CampaignClose(CampaignScreen, ActionScreen):
    """The campaign ends."""

    policy = Policy(RUNNERS, EDIT)
    title = "结束活动"
    submit_label = "结束活动"
    success_message = "活动已结束。"

    def decision(self) -> Decision:
        return explain(CLOSE, self.object, actor=self.actor, facts=close_facts(self.object, self.actor, self.today))

    def consequences(self) -> list[str]:
        late = units_for(self.actor, self.object).filter(left_on=None).exclude(state=UnitState.ACCEPTED).count()
        return [f"还有 {late} 个单位的方案没有备案，有关任务一并办结。", "活动结束后只能查看，不能再登记。"]

    def perform(self, form: Any) -> Campaign:
        return services.close_campaign(self.object, actor=self.actor, now=timezone.now(), version=self.version)
