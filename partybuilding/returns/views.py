"""Pages of members' numbers: the comparison of two years by organisation, a return, members by committee."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partybuilding.coverage.reconciling_views import signed
from partybuilding.members.models import ROSTER
from partybuilding.members.rules import KEEPERS
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.organizations.views import PAGE, OrganizationScreen
from partybuilding.returns import services
from partybuilding.returns.filters import ComparisonFilter
from partybuilding.returns.forms import ReturnForm
from partybuilding.returns.models import MemberReturn
from partybuilding.returns.rules import NAMES, Lines
from partybuilding.returns.selectors import (
    REPORTED,
    ROSTERED,
    CommitteeNumbers,
    attach_lines,
    compared,
    numbers_by_committee,
    persons_on,
    returns_of,
    roster_lines,
    total_lines,
)
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.screens.columns import Column, Empty, PageAction, table
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen

EDIT = {"GET", "POST"}
TAB = "?tab=numbers"
YEARS_SHOWN = 6
BASES = {REPORTED: "填报", ROSTERED: "名册推算", "": "没有填报和名册"}


def line(name: str) -> Any:
    """A line of a compared row; nothing where nothing is known."""
    return lambda row: getattr(row.lines, name) if row.lines is not None else None


class Comparison(ListScreen):
    """两年党员数综合比较 by organisation (d4)."""

    policy = Policy(ROSTER)
    title = "两年党员数综合比较"
    unit = "个"
    model = PartyOrganization
    filterset_class = ComparisonFilter
    default_order = ("name", "pk")
    columns = (
        Column("name", "党组织名称", link=lambda row: reverse(PAGE, args=[row.pk]) + TAB, sort="name", card="title"),
        Column("basis", "依据", value=lambda row: BASES[row.basis]),
        Column("opening", "上年底", value=line("opening"), kind="number"),
        Column("admitted", "＋发展", value=line("admitted"), kind="number"),
        Column("restored", "＋恢复", value=line("restored"), kind="number"),
        Column("moved_in", "＋转入", value=line("moved_in"), kind="number"),
        Column("expelled", "－出党", value=line("expelled"), kind="number"),
        Column("suspended", "－停止党籍", value=line("suspended"), kind="number"),
        Column("died", "－死亡", value=line("died"), kind="number"),
        Column("moved_out", "－转出", value=line("moved_out"), kind="number"),
        Column("expected", "＝应有", value=line("expected"), kind="number"),
        Column("actual", "实有", value=line("actual"), kind="number"),
        Column(
            "difference", "差额", value=lambda row: signed(row.difference), align="end", sort="difference", card="tag"
        ),
    )
    empty = Empty("没有党组织。")
    actions = (PageAction("分党委党员数", "partybuilding:member_numbers", primary=False),)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党员名册", reverse("partybuilding:party_members"))]

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        is_year = asked.isdecimal() and len(asked) == 4 and 2000 <= int(asked) <= self.today.year
        return int(asked) if is_year else self.today.year - 1

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        rows = super().get_queryset(actor).filter(existing_on(date(self.year, 12, 31)))
        return compared(rows, actor, self.year, self.today)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        attach_lines(self.actor, rows, self.year, self.today)
        return rows

    def list_notes(self) -> list[str]:
        if self.filter_errors:
            return []
        total = total_lines(self.actor, self.rows, self.year, self.today)
        return [
            f"{self.year} 年合计：上年底 {total.opening} ＋ 发展 {total.admitted} ＋ 恢复党籍 {total.restored}"
            f" ＋ 转入 {total.moved_in}（整建制 {total.moved_in_whole}） － 出党 {total.expelled}"
            f" － 停止党籍 {total.suspended} － 死亡 {total.died}"
            f" － 转出 {total.moved_out}（整建制 {total.moved_out_whole}） ＝ 应有 {total.expected}；"
            f"实有 {total.actual}，差额 {signed(total.difference)}。",
            "含预备党员，只计组织关系在本组织的。填报了的用填报数；没有填报、有名册的按名册和变动记录推算。",
        ]


class ReturnNew(OrganizationScreen, FormScreen):
    """Report the members of a year; the roster's figures stand there already."""

    policy = Policy(KEEPERS, EDIT)
    own_tab = TAB
    title = "填报年度党员数"
    form_class: ClassVar[type[Any]] = ReturnForm
    submit_label = "填报"
    intro = "党员数含预备党员，只计组织关系在本组织的。有名册的已按名册和变动记录填好，请核对；合计和应有数由系统计算。"
    success_message = "年度党员数已填报。"

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year", "")
        return int(asked) if asked.isdecimal() and int(asked) in self.years() else self.today.year - 1

    def years(self) -> list[int]:
        return list(range(self.today.year - 1, self.today.year - 1 - YEARS_SHOWN, -1))

    def form_kwargs(self) -> dict[str, Any]:
        return {"years": self.years()}

    def initial(self) -> dict[str, Any]:
        rows = {one.year: one for one in returns_of(self.actor, self.object)}
        known, before = rows.get(self.year), rows.get(self.year - 1)
        if known is not None:
            return {"year": str(self.year), "remark": known.remark} | _numbers(known.lines)
        lines = roster_lines(self.actor, [self.object.pk], self.year, self.today)[self.object.pk]
        found = {"year": str(self.year)} | (_numbers(lines) if lines != Lines(0) else {})
        return found | ({"opening": before.actual} if before is not None else {})

    def save(self, form: Any) -> MemberReturn:
        return services.file_return(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


def _numbers(lines: Lines) -> dict[str, int]:
    return {name: getattr(lines, name) for name in NAMES}


class MemberNumbers(Screen):
    """党员数 by committee: reported and on rosters side by side; the sum is a count of persons (R-102)."""

    policy = Policy(ROSTER)
    title = "分党委党员数"
    template_name = "partybuilding/returns/numbers.html"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("两年党员数综合比较", reverse("partybuilding:comparison"))]

    def context(self) -> dict[str, Any]:
        rows = numbers_by_committee(self.actor, self.as_of)
        persons, members = persons_on(self.actor, self.as_of), sum(row.members for row in rows)
        columns = [
            Column("name", "综合（行业）党委", link=_organizations_of, card="title"),
            Column("organization_count", "党组织（个）", kind="number"),
            Column("reported_full", "上报正式党员", kind="number"),
            Column("reported_probationary", "上报预备党员", kind="number"),
            Column("rostered_count", "有名册的（个）", kind="number"),
            Column("full", "名册正式党员", kind="number", link=lambda row: _members_of(row, "full", self.as_of)),
            Column(
                "probationary",
                "名册预备党员",
                kind="number",
                link=lambda row: _members_of(row, "probationary", self.as_of),
            ),
            Column("guests", "组织关系不在本组织", kind="number"),
        ]
        total = CommitteeNumbers(
            None,
            "合计",
            *(
                sum(getattr(row, name) for row in rows)
                for name in (
                    *("organization_count", "rostered_count", "reported_full", "reported_probationary"),
                    *("full", "probationary", "guests"),
                )
            ),
        )
        note = f"名册上组织关系在本组织的共 {members} 名，按人计 {persons} 名"
        agreed = "，各党委之和与人数相等。" if members == persons else "，两数不等，请核对重复登记。"
        return {
            "table": table("分党委党员数", columns, [*rows, total], empty="没有党组织。"),
            "note": note + agreed,
            "has_roster": any(row.rostered_count for row in rows),
        }


def _organizations_of(row: CommitteeNumbers) -> str | None:
    return f"{reverse('partybuilding:organizations')}?committee={row.pk}" if row.pk else None


def _members_of(row: CommitteeNumbers, membership: str, day: date) -> str | None:
    if not row.pk:
        return None
    query = f"committee={row.pk}&membership={membership}&relation=here&as_of={day.isoformat()}"
    return f"{reverse('partybuilding:party_members')}?{query}"
