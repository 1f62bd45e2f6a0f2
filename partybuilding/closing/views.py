"""Pages of the monthly close: the months, one month with its units, the list of a unit, confirming it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

import django_filters
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from partybuilding.closing import services
from partybuilding.closing.enums import CLOSE_TONES, UNIT_TONES, CloseState, How, UnitState
from partybuilding.closing.forms import CloseForm, ConfirmForm
from partybuilding.closing.models import Close, CloseUnit, Correction
from partybuilding.closing.report_wording import before_words, changed_words, members_words, now_words
from partybuilding.closing.rules import MEASURES, ConfirmFacts, Sums, counted, sums
from partybuilding.closing.selectors import UnitList, answers_for, unit_list
from partybuilding.closing.transitions import CLOSERS, CONFIRM
from partybuilding.closing.unit_reports import KEY as UNIT_REPORT
from partybuilding.coverage.enums import Measure
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.regulations.rules import Rate
from portal.reporting.models import ReportRun
from portal.screens import columns as screen
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, fact
from portal.screens.filters import ScreenFilterSet
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.workflow.services import explain

EDIT = {"GET", "POST"}
L = TypeVar("L")
ADMIN = {Role.DEPARTMENT_ADMIN}


def closes_crumb() -> Crumb:
    return Crumb("月报", reverse("partybuilding:closes"))


def close_crumb(close: Close) -> Crumb:
    return Crumb(str(close), reverse("partybuilding:close", args=[close.pk]))


class CloseList(ListScreen):
    policy = Policy(CLOSERS)
    title = "两个覆盖月报"
    unit = "期"
    model = Close
    default_order = ("-month", "-pk")
    exports = ()
    columns = (
        Column(
            "month",
            "月份",
            value="label",
            link=lambda row: reverse("partybuilding:close", args=[row.pk]),
            sort="month",
            card="title",
        ),
        Column(
            "state",
            "状态",
            value=lambda row: CloseState(row.state),
            kind="state",
            tone=lambda row: CLOSE_TONES[row.state],
            card="tag",
        ),
        Column("opens_on", "开始确认", kind="date"),
        Column("due_on", "确认截止", kind="date"),
        Column("units", "确认单位（个）", kind="number", value="unit_count"),
        Column("answered", "已确认（个）", kind="number", value="answered_count"),
        Column("issued_at", "签发时间", kind="datetime"),
    )
    empty = Empty(
        "还没有月报。到了每月开始确认的那一天自动建立，也可以现在建立。", "建立月报", "partybuilding:close_new", ADMIN
    )
    actions = (
        PageAction("建立月报", "partybuilding:close_new", roles=ADMIN, icon="plus"),
        PageAction("摸底调查", "partybuilding:censuses", primary=False),
    )

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return super().get_queryset(actor)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """How many of the units that the actor reaches have answered."""
        found = scoped(CloseUnit, self.actor).filter(close__in=[row.pk for row in rows]).order_by().values("close")
        counts = found.annotate(all=Count("pk"), answered=Count("pk", filter=Q(state=UnitState.CONFIRMED))).values_list(
            "close", "all", "answered"
        )
        numbers = {close: (whole, answered) for close, whole, answered in counts}
        for row in rows:
            row.unit_count, row.answered_count = numbers.get(row.pk, (0, 0))
        return rows


class CloseNew(FormScreen):
    policy = Policy(ADMIN, EDIT)
    title = "建立月报"
    form_class = CloseForm
    intro = "每月到了开始确认的那一天自动建立。建立后各综合（行业）党委和市州收到名单，与上月对照后确认。"
    success_message = "已建立，正在生成各单位的名单。"

    def crumbs(self) -> list[Crumb]:
        return [closes_crumb()]

    def initial(self) -> dict[str, Any]:
        return {"month": self.today.strftime("%Y-%m")}

    def save(self, form: Any) -> Close:
        return services.open_close(form.cleaned_data["month"], actor=self.actor, now=timezone.now())

    def success_url(self, result: Close) -> str:
        return reverse("partybuilding:close", args=[result.pk])


class UnitFilter(ScreenFilterSet):
    state = django_filters.ChoiceFilter(label="确认情况", choices=UnitState.choices, empty_label="全部")

    class Meta:
        model = CloseUnit
        fields: Sequence[str] = []


class ClosePage(ListScreen):
    """One month: its units with their answers, its drafts."""

    policy = Policy(CLOSERS)
    model = CloseUnit
    template_name = "partybuilding/closing/close.html"
    unit = "个单位"
    filterset_class = UnitFilter
    default_order = ("state", "label", "pk")
    columns = (
        Column(
            "label",
            "单位",
            link=lambda row: reverse("partybuilding:close_unit", args=[row.pk]),
            sort="label",
            card="title",
        ),
        Column(
            "state",
            "确认情况",
            value=lambda row: UnitState(row.state),
            kind="state",
            tone=lambda row: UNIT_TONES[row.state],
            sort="state",
            card="tag",
        ),
        Column("association_count", "社会组织（家）", kind="number", sort="association_count"),
        Column("how", "确认方式", value=lambda row: row.get_how_display() if row.how else None),
        Column("change_count", "变化（家）", kind="number", value=lambda row: row.change_count if row.how else None),
        Column("confirmed_at", "确认时间", kind="datetime", sort="confirmed_at"),
        Column("confirmed_label", "确认人单位"),
    )
    empty = Empty("正在生成名单，请稍候刷新；或者您的范围内没有需要确认的单位。")

    @cached_property
    def close(self) -> Close:
        found: Close = get_object_or_404(
            scoped(Close, self.actor).select_related("previous"), pk=self.kwargs["close_pk"]
        )
        return found

    def page_title(self) -> str:
        return str(self.close)

    def crumbs(self) -> list[Crumb]:
        return [closes_crumb()]

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(CloseUnit, actor).filter(close=self.close)

    def page_actions(self) -> Sequence[PageAction]:
        if self.close.is_issued:
            return ()
        return (
            PageAction("催报", "partybuilding:close_urging", roles=DEPARTMENT, primary=False),
            PageAction("登记更正文件", "partybuilding:close_corrections", roles=DEPARTMENT, primary=False),
        )

    def context(self) -> dict[str, Any]:
        close = self.close
        runs = scoped(ReportRun, self.actor).filter(key="coverage_close", as_of=close.as_of).defer("data")
        counts = self.get_queryset(self.actor).order_by().values_list("state").annotate(number=Count("pk"))
        numbers = dict(counts)
        return {
            "close": close,
            "figures": [
                ("应确认", sum(numbers.values()), ""),
                *((one.label, numbers.get(one.value, 0), one.value) for one in UnitState),
            ],
            "state": CloseState(close.state),
            "state_tone": CLOSE_TONES[CloseState(close.state)],
            "facts": [
                fact("数据截至", close.as_of, "date"),
                fact("上月数", str(close.previous) if close.previous else "首期，按当月前一日的登记数字"),
                fact("开始确认", close.opens_on, "date"),
                fact("确认截止", close.due_on, "date" if close.is_issued else "deadline"),
            ],
            "corrections": corrections_table(scoped(Correction, self.actor).filter(close=close)),
            "runs": list(runs.order_by("-series", "-edition")[:5]) if self.actor.role in DEPARTMENT else [],
            "may_draft": self.actor.role in DEPARTMENT and not close.is_issued and self.today >= close.as_of,
        }


def corrections_table(rows: Any) -> Any:
    """The documents of a month's corrections."""
    shown = [
        Column(
            "number",
            "文号",
            link=lambda row: reverse("partybuilding:correction_file", args=[row.pk]),
            card="title",
        ),
        Column("text", "更正内容"),
        Column("recorded_label", "登记单位"),
        Column("recorded_at", "登记时间", kind="datetime"),
    ]
    found = list(rows.order_by("recorded_at", "pk"))
    return screen.table("更正文件", shown, found) if found else None


class Lines(list[L]):
    """Rows that a list pages through: they count themselves as a queryset does."""

    def count(self, value: object = None) -> int:
        return len(self)


class UnitPage(ListScreen):
    """The list of a unit: last month beside this month, what changed marked and on top, with its reason."""

    policy = Policy(CLOSERS)
    model = CloseUnit
    template_name = "partybuilding/closing/unit.html"
    unit = "家"
    exports = ("xlsx", "csv")
    columns = (
        Column("name", "社会组织", link=lambda line: reverse("associations:association", args=[line.pk]), card="title"),
        Column(
            "changed",
            "对照",
            value=changed_words,
            kind="state",
            tone=lambda line: "amber" if line.is_changed else "grey",
            card="tag",
        ),
        Column("before", "上月", value=before_words),
        Column("now", "本月", value=now_words),
        Column("members", "正式党员（人）", value=members_words, align="end"),
        Column(
            "edit",
            "修改",
            value=lambda line: "党建情况",
            link=lambda line: f"{reverse('associations:association', args=[line.pk])}?tab=party",
            export=False,
        ),
    )
    empty = Empty("这个单位本月和上月都没有负责的社会组织。")

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(CloseUnit, actor).select_related("close__previous", "department", "region")

    @cached_property
    def subject(self) -> CloseUnit:
        found: CloseUnit = get_object_or_404(self.get_queryset(self.actor), pk=self.kwargs["close_unit_pk"])
        return found

    def page_title(self) -> str:
        return f"{self.subject.label}名单"

    def crumbs(self) -> list[Crumb]:
        return [closes_crumb(), close_crumb(self.subject.close)]

    @cached_property
    def found(self) -> UnitList:
        return unit_list(self.subject, self.actor)

    @cached_property
    def rows(self) -> Any:
        """All lines, or those that a figure of the page counts."""
        asked = self.request.GET.get("number", "")
        lines = self.found.lines
        if asked in MEASURES:
            parameters = self.found.window.closing_rules
            lines = [line for line in lines if line.is_here and counted(line.now, parameters)[Measure(asked)]]
        elif asked == CHANGED:
            lines = [line for line in lines if line.is_changed]
        return Lines(lines)

    def context(self) -> dict[str, Any]:
        unit, found = self.subject, self.found
        may = explain(CONFIRM, unit, actor=self.actor, facts=confirm_facts(unit, self.actor, found))
        return {
            "unit_object": unit,
            "close": unit.close,
            "state": UnitState(unit.state),
            "state_tone": UNIT_TONES[UnitState(unit.state)],
            "figures": figures(unit, found),
            "ledger": ledger_table(found),
            "may_confirm": may,
            "seen": found.fingerprint,
            "version": unit.version,
            "changed_count": found.changed_count,
            "has_moved_since": unit.state == UnitState.CONFIRMED
            and not unit.close.is_issued
            and unit.fingerprint != found.fingerprint,
            "how_unchanged": How.UNCHANGED,
            "report_key": UNIT_REPORT,
            "report_on": min(unit.close.as_of, self.today),
            "may_contact": self.actor.role in DEPARTMENT or answers_for(self.actor, unit),
        }


def confirm_facts(unit: CloseUnit, actor: Actor, found: UnitList, how: str = "") -> ConfirmFacts:
    return ConfirmFacts(
        answers=answers_for(actor, unit),
        unit_label=unit.label,
        is_issued=unit.close.is_issued,
        change_count=found.changed_count,
        says_unchanged=how == How.UNCHANGED,
    )


CHANGED = "changed"


def figures(unit: CloseUnit, found: UnitList) -> list[tuple[str, str, str, str]]:
    """The two rates of a unit with last month's and the change in 百分点, and what changed; each with its list."""
    before = {line.pk: line.before for line in found.lines if line.was_here and line.before is not None}
    now = {line.pk: line.now for line in found.lines if line.is_here and line.now is not None}
    then = sums(before, found.window.opening_rules).get(unit.key, Sums())
    today = sums(now, found.window.closing_rules).get(unit.key, Sums())
    shown: list[tuple[str, str, str, str]] = []
    for label, measure in (("组织覆盖率", Measure.COVERED), ("工作覆盖率", Measure.WORK_COVERED)):
        old, new = Rate(then[measure], then.in_scope), Rate(today[measure], today.in_scope)
        shown.append(
            (
                label,
                new.display(),
                f"{today[measure]}/{today.in_scope}；上月 {old.display()}，{new.change_from(old).words()}",
                urlencode({"number": measure.value, "from": label}),
            )
        )
    in_scope = urlencode({"number": Measure.IN_SCOPE.value, "from": "纳入统计"})
    shown.append(("纳入统计", str(today.in_scope), f"上月 {then.in_scope} 家", in_scope))
    changed = urlencode({"number": CHANGED, "from": "与上月不同"})
    shown.append(("与上月不同", str(found.changed_count), "家", changed))
    return shown


def ledger_table(found: UnitList) -> Any:
    """What changed since last month, by name and reason."""
    names = {line.pk: line.name for line in found.lines}
    labels = {
        Measure.IN_SCOPE: "纳入统计",
        Measure.COVERED: "组织覆盖",
        Measure.WORK_COVERED: "工作覆盖",
        Measure.OWN: "单独组建",
    }
    shown = [
        Column("name", "社会组织", value=lambda one: names[one.association], card="title"),
        Column("what", "变动", value=lambda one: f"{labels[one.measure]}{'增加' if one.delta > 0 else '减少'}"),
        Column(
            "reason",
            "原因",
            value=lambda one: one.reason.label if one.reason else "没有原因",
            kind="state",
            tone=lambda one: "grey" if one.reason and not one.needs_document else "red",
        ),
        Column("text", "依据", value=lambda one: one.text or "没有登记有日期的事实，请补登或以文件更正"),
    ]
    return screen.table("与上月相比的变动", shown, found.changes, empty="两个覆盖的数字没有变动。")


class UnitScreen:
    """What the pages about one unit share."""

    model: Any = CloseUnit
    pk_kwarg = "close_unit_pk"
    object: Any

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(CloseUnit, actor).select_related("close__previous", "department", "region")

    def crumbs(self) -> list[Crumb]:
        unit = self.object
        there = reverse("partybuilding:close_unit", args=[unit.pk])
        return [closes_crumb(), close_crumb(unit.close), Crumb(f"{unit.label}名单", there)]


class UnitConfirm(UnitScreen, ActionScreen):
    """Confirm the list that the person has seen; what changed is said again, by name and reason."""

    policy = Policy(CLOSERS, EDIT)
    title = "确认名单"
    form_class = ConfirmForm
    template_name = "partybuilding/closing/confirm.html"
    success_message = "已确认。"

    @cached_property
    def found(self) -> UnitList:
        return unit_list(self.object, self.actor)

    def initial(self) -> dict[str, Any]:
        how = How.CHECKED if self.found.changed_count else How.UNCHANGED
        return {"how": how, "seen": self.found.fingerprint}

    def form_kwargs(self) -> dict[str, Any]:
        return {"is_changed": bool(self.found.changed_count)}

    def decision(self) -> Decision:
        return explain(CONFIRM, self.object, actor=self.actor, facts=confirm_facts(self.object, self.actor, self.found))

    def consequences(self) -> list[str]:
        number = self.found.changed_count
        changed = f"其中 {number} 家与上月不同，列在下面。" if number else "与上月完全相同。"
        here = sum(line.is_here for line in self.found.lines)
        return [
            f"本月名单 {here} 家，{changed}",
            "确认后计入本月月报。以后名单再有变化，会重新打开，请再次确认。",
        ]

    def context(self) -> dict[str, Any]:
        return {"ledger": ledger_table(self.found)}

    def perform(self, form: Any) -> CloseUnit:
        return services.confirm_unit(
            self.object,
            how=form.cleaned_data["how"],
            seen=form.cleaned_data["seen"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )

    def success_url(self, result: CloseUnit) -> str:
        return reverse("partybuilding:close_unit", args=[result.pk])
