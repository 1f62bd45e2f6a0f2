"""The page of what has moved since the last issued close: every step by name with its reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from associations.registry.models import Association
from partybuilding.closing import movement
from partybuilding.closing.enums import Reason
from partybuilding.closing.movement import Base, Reach
from partybuilding.closing.movement_tables import DRAFT, LABELS, NO_REASON, SIGN_CODES, SIGNS, reason_text
from partybuilding.closing.rules import MEASURES
from partybuilding.closing.selectors import labels_of
from partybuilding.closing.transitions import CLOSERS
from partybuilding.closing.views import Lines
from partybuilding.coverage.board import ScopeFilter
from partybuilding.coverage.enums import Measure
from partybuilding.coverage.views import coverage_crumbs
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.screens.columns import Column, Empty, table
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, query_without


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One step of one association."""

    pk: int
    name: str
    measure: Measure
    delta: int
    reason: str
    on: date | None
    text: str
    document: str
    unit_key: str
    unit: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def is_settled(self) -> bool:
        """It has a reason, and 更正 a document: nothing of it stands against issuing."""
        return bool(self.reason) and (self.reason != Reason.CORRECTED or bool(self.document))

    @property
    def evidence(self) -> str:
        document = f"更正文件：{self.document}" if self.document else ""
        said = "；".join(part for part in (self.text, document) if part)
        return said or "没有登记有日期的事实，请补登或以文件更正"


class ChangeList(ListScreen):
    """与上期月报相比的变动: as known today, or as the draft of the open month lists it."""

    policy = Policy(CLOSERS)
    title = "变动名单"
    unit = "项"
    model = Association
    filterset_class = ScopeFilter
    template_name = "partybuilding/closing/changes.html"
    default_order = ("name", "pk")
    exports = ("xlsx", "csv")
    columns = (
        Column(
            "name",
            "社会组织",
            link=lambda line: f"{reverse('associations:association', args=[line.pk])}?tab=party",
            card="title",
        ),
        Column("what", "变动", value=lambda line: f"{LABELS[line.measure]}{SIGNS[line.delta]}"),
        Column(
            "reason",
            "原因",
            value=lambda line: reason_text(line.reason),
            kind="state",
            tone=lambda line: "grey" if line.is_settled else "red",
            card="tag",
        ),
        Column("on", "日期", value="on", kind="date"),
        Column("evidence", "依据", value="evidence", css="long"),
        Column("unit", "确认单位", value="unit"),
    )
    empty = Empty("与上期月报相比，两个覆盖的数字没有变动。")

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return scoped(Association, actor)

    @cached_property
    def base(self) -> Base | None:
        return movement.base_of(self.actor)

    @cached_property
    def draft(self) -> int | None:
        """The edition whose ledger is asked for."""
        asked = self.request.GET.get("source", "") == DRAFT
        return self.base.draft if asked and self.base is not None else None

    @cached_property
    def reach(self) -> Reach:
        filters: Any = self.filterset
        return movement.reach_of(self.actor, filters.qs, filters.query())

    @cached_property
    def all_lines(self) -> list[ChangeLine]:
        if self.base is None or self.filter_errors:
            return []
        if self.draft is not None:
            rows = self.reach.changes(self.draft).order_by("name", "association", "pk")
            return [
                ChangeLine(
                    row.association_id,
                    row.name,
                    Measure(row.measure),
                    row.delta,
                    row.reason,
                    row.on,
                    row.text,
                    row.document,
                    row.unit_key,
                )
                for row in rows
            ]
        steps = movement.steps_since(self.reach, self.base, self.today)
        return [
            ChangeLine(
                one.association,
                name,
                one.measure,
                one.delta,
                one.reason or "",
                one.on,
                one.text,
                one.document,
                one.unit,
            )
            for name, one in steps
        ]

    @cached_property
    def rows(self) -> Any:
        """All steps, or those that a number of the page counts."""
        query = self.request.GET
        wanted = (query.get("number"), query.get("sign"), query.get("reason"))
        return Lines(
            line
            for line in self.all_lines
            if all(
                asked is None or asked == (is_so or NO_REASON)
                for asked, is_so in zip(wanted, (line.measure.value, SIGN_CODES[line.delta], line.reason), strict=True)
            )
        )

    def get_columns(self) -> Sequence[Column]:
        """A committee confirms its own lists: no unit is named. The department corrects from the reason."""
        shown = self.columns[:-1] if self.actor.role == Role.PARTY_COMMITTEE else self.columns
        may = self.actor.role in DEPARTMENT
        return [replace(one, link=_correct_url) if may and one.code == "reason" else one for one in shown]

    def prepare(self, rows: Any) -> Any:
        if self.actor.role == Role.PARTY_COMMITTEE:
            return rows
        filters: Any = self.filterset
        labels = labels_of({line.unit_key for line in rows}, filters.places.regions)
        return [replace(line, unit=labels.get(line.unit_key, ("已不承担", None, None))[0]) for line in rows]

    def list_notes(self) -> list[str]:
        base = self.base
        if base is None:
            return ["还没有签发过月报，没有可以对照的数字。"]
        if self.draft is not None:
            return [f"{base.draft_label}的变动台账，与{base.label}相比；没有确认名单的单位沿用上月，没有变动。"]
        return [
            f"截至 {self.today.isoformat()} 的登记与{base.label}相比，原因按有日期的登记事实认定；"
            "发生在上月以前、本月才登记的为更正，签发时须有文件。"
        ]

    def context(self) -> dict[str, Any]:
        base = self.base
        drafted = base is not None and base.draft is not None
        return {
            "matrix": self.matrix(),
            "views": [
                ("按现在的登记", query_without(self.request.GET, "source", "page"), self.draft is None),
                (
                    base.draft_label if base else "",
                    query_without(self.request.GET, "page", source=DRAFT),
                    self.draft is not None,
                ),
            ]
            if drafted
            else [],
            "may_correct": self.actor.role in DEPARTMENT and not all(line.is_settled for line in self.all_lines),
        }

    def matrix(self) -> Any:
        """How many by reason; each number narrows the list to its steps."""
        found = Counter((line.measure, line.delta, line.reason) for line in self.all_lines)
        reasons = [reason for reason in (*Reason.values, "") if any(step[2] == reason for step in found)]
        keep = query_without(self.request.GET, "number", "sign", "reason", "page", "from")
        columns = [Column("reason", "原因", value="label")]
        columns += [_number_column(found, measure, delta, keep) for measure in MEASURES for delta in SIGNS]
        lines = [MatrixRow(None), *(MatrixRow(reason) for reason in reasons)] if reasons else []
        return table("按原因统计", columns, lines, empty="没有变动。")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A reason, "" for none; None is the line of all."""

    reason: str | None

    @property
    def label(self) -> str:
        return "合计" if self.reason is None else reason_text(self.reason)


def _number_column(found: Counter[Any], measure: Measure, delta: int, keep: str) -> Column:
    def number(row: MatrixRow) -> int:
        return sum(found[step] for step in found if step[:2] == (measure, delta) and row.reason in (None, step[2]))

    def link(row: MatrixRow) -> str | None:
        query = {"number": measure.value, "sign": SIGN_CODES[delta]}
        if row.reason is not None:
            query["reason"] = row.reason or NO_REASON
        return f"?{keep + '&' if keep else ''}{urlencode(query)}#results" if number(row) else None

    return Column(f"{measure}{delta}", f"{LABELS[measure]}{SIGNS[delta]}", value=number, link=link, kind="number")


def _correct_url(line: ChangeLine) -> str | None:
    """Where a step without reason or document is mended."""
    return None if line.is_settled else reverse("partybuilding:close_correct", args=[line.pk])
