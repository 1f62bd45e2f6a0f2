"""Pages of yearly checks: the boards, one check, filling it in, confirming and returning it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from associations.checklists.models import ChecklistTemplate
from associations.directory.views import DepartmentScreen
from associations.registry.models import Department
from partybuilding.duties import services
from partybuilding.duties.answers import answers
from partybuilding.duties.enums import CHECK_TONES, RESULT_TONES, STATE_CHOICES, CheckState, Result
from partybuilding.duties.filters import CheckFilter, OrganizationCheckFilter, UnitCheckFilter
from partybuilding.duties.forms import ItemsForm, OpinionForm, ReturnForm
from partybuilding.duties.models import YearlyCheck
from partybuilding.duties.rules import Item
from partybuilding.duties.selectors import (
    Bearer,
    held_in,
    items_of,
    last_day,
    last_year,
    lists_of,
    state_counts,
    supervising_units,
    with_check,
    within,
    yearly_lists,
)
from partybuilding.duties.services import may_confirm
from partybuilding.duties.transitions import CONFIRM, CONFIRMERS, FILLERS, RETURN
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.organizations.views import LIST, PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, WORKSPACE, Role
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import rate_text
from portal.workflow.services import explain

EDIT = {"GET", "POST"}
TAB = "?tab=duties"
READERS = ROSTER | {Role.SUPERVISING_UNIT}
STATES = dict(STATE_CHOICES)


def done_text(row: Any) -> str | None:
    """8/10: carried out of all; nothing where the check has not begun."""
    return f"{row.done_count}/{row.item_count}" if row.item_count else None


def check_link(row: Any) -> str | None:
    return reverse("partybuilding:duty", args=[row.check_pk]) if row.check_pk else None


STATE = Column(
    "check_state",
    "对照情况",
    value=lambda row: STATES[row.check_state],
    link=check_link,
    kind="state",
    tone=lambda row: CHECK_TONES[row.check_state],
    card="tag",
    sort="check_state",
)
PROGRESS = (
    Column("done", "已落实/事项", value=done_text),
    Column("open_count", "未完全落实（项）", value=lambda row: row.open_count if row.check_pk else None, kind="number"),
    Column("submitted_at", "提交时间", kind="datetime", sort="submitted_at"),
    Column("confirmed_at", "确认时间", kind="datetime", sort="confirmed_at"),
)


class Board(ListScreen):
    """All bearers of one list in one year, whether they began or not."""

    field: ClassVar[str]
    filterset_class: ClassVar[type[CheckFilter]]
    place: ClassVar[str]

    @cached_property
    def lists(self) -> list[ChecklistTemplate]:
        return list(yearly_lists(self.filterset_class.occasion))

    @cached_property
    def code(self) -> str:
        """The list that is looked at: of the query, else the first."""
        codes = [one.code for one in self.lists]
        asked = self.request.GET.get("code", "")
        return asked if asked in codes else next(iter(codes), "")

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and len(asked) == 4 else self.today.year

    @cached_property
    def chosen(self) -> list[ChecklistTemplate]:
        return held_in([one for one in self.lists if one.code == self.code], self.year)

    @property
    def day(self) -> Any:
        return last_day(self.year, self.today)

    def bearers(self, actor: Actor) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = self.bearers(actor).filter(within(self.chosen, self.place)) if self.chosen else self.model.objects.none()
        return with_check(rows, actor, self.field, self.code, self.year)

    def list_notes(self) -> list[Any]:
        if not self.chosen:
            return [f"{self.year}年没有执行中的清单。"]
        one = self.chosen[0]
        shown = f"《{one.title}》{self.year}年度。依据：{one.source}。"
        return [shown] if self.filter_errors else [*self.states(), shown]

    def states(self) -> list[Any]:
        """The rate, and each state with its number."""
        counts = state_counts(self.others("state"))
        rate = Rate(counts[CheckState.CONFIRMED], sum(counts.values()))
        states = [(state, STATES[state], number) for state, number in counts.items()]
        return [f"确认完成率：{rate_text(rate)}", self.figures("state", states)]

    def page_title(self) -> str:
        return f"{self.title}：{self.chosen[0].title}" if self.chosen else self.title


class OrganizationBoard(Board):
    """年度对照 of Party organisations."""

    policy = Policy(ROSTER)
    title = "年度对照"
    unit = "个"
    model = PartyOrganization
    field = "organization"
    place = "committee__region__"
    filterset_class = OrganizationCheckFilter
    actions = (PageAction("业务主管单位", "partybuilding:unit_duties", roles=DEPARTMENT, primary=False),)
    default_order = ("check_order", "name", "pk")
    columns = (
        Column(
            "name",
            "党组织名称",
            link=lambda row: reverse(PAGE, args=[row.pk]) + TAB,
            sort="name",
            card="title",
        ),
        Column("committee", "综合（行业）党委", value="committee.name", sort="committee__name"),
        STATE,
        *PROGRESS,
    )
    empty = Empty("没有党组织，或者没有录入清单。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse(LIST))] if may_see(WORKSPACE, self.actor) else []

    def bearers(self, actor: Actor) -> QuerySet[Any]:
        return scoped(PartyOrganization, actor).filter(existing_on(self.day)).select_related("committee")


class UnitBoard(Board):
    """年度对照 of supervising units: their part in Party building."""

    policy = Policy(DEPARTMENT | {Role.SUPERVISING_UNIT})
    title = "业务主管单位年度对照"
    unit = "个"
    model = Department
    field = "department"
    place = "region__"
    filterset_class = UnitCheckFilter
    actions = (PageAction("党组织", "partybuilding:duties", roles=DEPARTMENT, primary=False),)
    default_order = ("check_order", "name", "pk")
    columns = (
        Column(
            "name",
            "业务主管单位",
            link=lambda row: reverse("associations:department", args=[row.pk]) + TAB,
            sort="name",
            card="title",
        ),
        Column("region", "地域", value="region.name"),
        STATE,
        *PROGRESS,
    )
    empty = Empty("没有业务主管单位，或者没有录入清单。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("责任单位", reverse("associations:departments"))]

    def bearers(self, actor: Actor) -> QuerySet[Any]:
        rows = supervising_units(scoped(Department, actor), self.day).select_related("region")
        return rows.filter(pk=actor.scope.pk or 0) if actor.role == Role.SUPERVISING_UNIT else rows


# One check


class CheckScreen:
    """What the pages of one check share."""

    model = YearlyCheck
    pk_kwarg = "yearly_check_pk"
    request: HttpRequest
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[YearlyCheck]:
        related = ("organization__committee__region", "department__region", "template", "submitted_by", "confirmed_by")
        return scoped(YearlyCheck, actor).select_related(*related)

    def crumbs(self) -> list[Crumb]:
        bearer = self.object.bearer
        found = [Crumb(bearer.name, bearer_url(bearer))]
        if isinstance(self, DetailScreen):
            return found
        return [*found, Crumb(f"{self.object.year}年{self.object.template}", self.success_url(None))]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:duty", args=[self.object.pk])


def bearer_url(bearer: Bearer) -> str:
    name = PAGE if isinstance(bearer, PartyOrganization) else "associations:department"
    return reverse(name, args=[bearer.pk]) + TAB


class CheckDetail(CheckScreen, DetailScreen):
    """One check: each item with what was found."""

    policy = Policy(READERS)
    subject = "partybuilding.YearlyCheck"
    template_name = "partybuilding/duties/check.html"
    actions = (
        PageAction("填写", "partybuilding:duty_edit", roles=FILLERS, icon="edit"),
        PageAction("确认", "partybuilding:duty_confirm", roles=CONFIRMERS),
        PageAction("退回", "partybuilding:duty_return", roles=CONFIRMERS, primary=False),
    )

    def page_actions(self) -> Sequence[PageAction]:
        if self.object.state == CheckState.DRAFT:
            return self.actions[:1]
        is_waiting = self.object.state == CheckState.SUBMITTED and may_confirm(self.actor, self.object)
        return self.actions[1:] if is_waiting else ()

    def header(self, obj: YearlyCheck) -> Header:
        tag = Tag(obj.get_state_display(), CHECK_TONES[obj.state])
        return Header(f"{obj.template} {obj.year}年度对照", [tag], [str(obj.bearer)])

    def context(self) -> dict[str, Any]:
        one = self.object
        items = items_of(self.actor, one)
        done = sum(item.result == Result.DONE for item in items)
        return {
            "facts": [
                fact("对照单位", one.bearer.name, url=bearer_url(one.bearer)),
                fact("清单", one.template.title),
                fact("年度", f"{one.year}年"),
                fact("已落实", rate_text(Rate(done, len(items)))),
                fact("提交", one.submitted_at, "datetime"),
                fact("提交人", one.submitted_by.display_name if one.submitted_by else None),
                fact("确认", one.confirmed_at, "datetime"),
                fact("确认人", one.confirmed_by.display_name if one.confirmed_by else None),
                fact("上级意见" if one.state != CheckState.DRAFT else "退回原因", one.opinion or None),
                fact("依据", one.template.source),
            ],
            "items": table(
                "事项",
                (
                    Column("number", "序号", kind="number"),
                    Column("text", "事项", css="long", card="title"),
                    Column(
                        "result",
                        "落实情况",
                        value=lambda row: Result(row.result) if row.result else None,
                        kind="state",
                        tone=lambda row: RESULT_TONES.get(row.result, "grey"),
                        card="tag",
                    ),
                    Column("note", "依据或整改措施", value=lambda row: row.note or None, css="long"),
                ),
                items,
            ),
        }


class ItemsScreen(FormScreen):
    """The form of a check: section by section, with what the records say."""

    form_class: ClassVar[type[Any]] = ItemsForm
    template_name = "partybuilding/duties/form.html"
    submit_label = "保存"
    intro = "逐项选择落实情况。没有完全落实的，写明原因、整改措施和期限。没有填完可以先保存。"

    def said_of(self, bearer: Bearer, facts: dict[int, str], year: int) -> dict[int, str]:
        known = answers(facts.values(), bearer.pk, year)
        return {number: known[code] for number, code in facts.items() if code in known}

    def success_text(self, result: Any) -> str:
        return "已提交，等待上级确认。" if result.state == CheckState.SUBMITTED else "已保存。"


class CheckNew(ItemsScreen):
    """Begin the check of a list for a year; what was found the year before stands in it."""

    request: HttpRequest
    object: Any

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and len(asked) == 4 else self.today.year

    @cached_property
    def template(self) -> ChecklistTemplate | None:
        """The list that was asked for, also one that does not hold: the service says why not."""
        found = lists_of(self.object, self.year, self.today)
        asked = self.request.GET.get("code", "")
        if not asked:
            return next(iter(found), None)
        known = [*found, *yearly_lists().filter(code=asked)]
        return next((one for one in known if one.code == asked), None)

    @cached_property
    def items(self) -> list[Item]:
        if self.template is None:
            return []
        before = last_year(self.object, self.template.code, self.year)
        found = []
        for step in self.template.steps.all():
            known = before.get(step.text)
            found.append(Item(step.number, step.text, known.result if known else "", known.note if known else ""))
        return found

    def page_title(self) -> str:
        return f"{self.template} {self.year}年度对照" if self.template else "年度对照"

    def base_context(self) -> dict[str, Any]:
        told = "已带出上年填写的内容，请逐项核对。" if any(one.result for one in self.items) else ""
        return {**super().base_context(), "intro": self.intro + told}

    def form_kwargs(self) -> dict[str, Any]:
        facts = {step.number: step.fact for step in self.template.steps.all()} if self.template else {}
        return {"items": self.items, "said": self.said_of(self.object, facts, self.year)}

    def save(self, form: Any) -> YearlyCheck:
        if self.template is None:
            raise Refused("duty.list", f"{self.year}年没有适用于「{self.object}」的清单。请系统管理员录入清单。")
        return services.save_check(
            self.object,
            self.template,
            self.year,
            form.given(),
            is_final=form.cleaned_data["is_final"],
            actor=self.actor,
            now=timezone.now(),
        )

    def cancel_url(self) -> str:
        return bearer_url(self.object)

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:duty", args=[result.pk])


class OrganizationCheckNew(OrganizationScreen, CheckNew):
    """Of a Party organisation."""

    policy = Policy(KEEPERS, EDIT)
    success_url = CheckNew.success_url

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        return super().get_queryset(actor).select_related("committee__region")


class UnitCheckNew(DepartmentScreen, CheckNew):
    """Of a supervising unit."""

    policy = Policy(services.UNIT_FILLERS, EDIT)
    pk_kwarg = "department_pk"
    success_url = CheckNew.success_url


class CheckEdit(CheckScreen, ItemsScreen):
    """Go on with a check."""

    policy = Policy(FILLERS, EDIT)
    title = "填写年度对照"

    @cached_property
    def items(self) -> list[Item]:
        return items_of(self.actor, self.object)

    def form_kwargs(self) -> dict[str, Any]:
        facts = {step.number: step.fact for step in services.steps_of(self.object)}
        return {"items": self.items, "said": self.said_of(self.object.bearer, facts, self.object.year)}

    def save(self, form: Any) -> YearlyCheck:
        return services.change_check(
            self.object,
            form.given(),
            is_final=form.cleaned_data["is_final"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class CheckConfirm(CheckScreen, ActionScreen):
    """Agree with what was found."""

    policy = Policy(CONFIRMERS, EDIT)
    title = "确认年度对照"
    form_class = OpinionForm
    submit_label = "确认"
    success_message = "年度对照已确认。"

    def decision(self) -> Decision:
        decision = may_confirm(self.actor, self.object)
        return explain(CONFIRM, self.object, actor=self.actor) if decision else decision

    def consequences(self) -> list[str]:
        return ["确认后本年度的对照结果不能再改，计入完成率。"]

    def perform(self, form: Any) -> YearlyCheck:
        return services.confirm_check(
            self.object,
            opinion=form.cleaned_data["opinion"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class CheckReturn(CheckScreen, ActionScreen):
    """Send it back with what is to be mended."""

    policy = Policy(CONFIRMERS, EDIT)
    title = "退回年度对照"
    form_class = ReturnForm
    submit_label = "退回"
    success_message = "已退回，对照单位已收到任务。"

    def decision(self) -> Decision:
        decision = may_confirm(self.actor, self.object)
        return explain(RETURN, self.object, actor=self.actor) if decision else decision

    def consequences(self) -> list[str]:
        return ["退回后由对照单位修改，再次提交。"]

    def perform(self, form: Any) -> YearlyCheck:
        return services.return_check(
            self.object,
            reason=form.cleaned_data["reason"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )
