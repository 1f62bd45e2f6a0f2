"""The figures of a campaign's report, each with the rows it counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from associations.evaluation.enums import GradeLevel
from associations.evaluation.selectors import ELIGIBLE_MONTHS, eligible_q, grade_level
from associations.registry.models import Association, PartyMemberCount
from campaigns.collecting.models import UnitReport
from campaigns.guidance.enums import NoticeState
from campaigns.guidance.models import ContactPoint, InspectedUnit, RectificationNotice, Visit
from campaigns.ledgers.enums import UNDERTAKEN, EntryKind, EntryState
from campaigns.ledgers.models import Entry, GradeApplication
from campaigns.methods.models import MethodRecord
from campaigns.plans.enums import UnitState
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import associations_of, methods_of
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.regulations import selectors as regulations
from portal.reporting.data import (
    Align,
    Cell,
    CellKind,
    Column,
    DrillDown,
    Roster,
    RosterColumn,
    RosterRow,
    Row,
    Table,
    count,
    rate,
    text,
)

Value = str | int | None
ASSOCIATIONS, UNITS, ENTRIES, POINTS = "associations", "units", "entries", "points"
VISITS, INSPECTED, NOTICES, METHODS = "visits", "inspected", "notices", "methods"
REPORTS = "unit_reports"


class CampaignFigures:
    """Everything the report of a campaign counts, read once; `cell(key)` gives a figure with its list."""

    def __init__(self, campaign: Campaign, actor: Actor, as_of: date) -> None:
        self.campaign, self.actor, self.as_of = campaign, actor, as_of
        self.drills: dict[str, DrillDown] = {}
        self.rosters: dict[str, Roster] = {}
        self.methods = methods_of(campaign)
        self.branch_count = 0
        self._associations()
        self._units()
        self._methods()
        self._entries()
        self._guidance()
        self._reports()

    # Lists

    def _keep(
        self, key: str, label: str, columns: Iterable[tuple[str, str, int]], rows: list[RosterRow], url: str, kwarg: str
    ) -> None:
        self.rosters[key] = Roster(
            label,
            tuple(RosterColumn(code, name, CellKind.TEXT, width) for code, name, width in columns),
            tuple(rows),
            url,
            kwarg,
        )

    def _drill(self, key: str, label: str, roster: str, positions: Iterable[int]) -> None:
        self.drills[key] = DrillDown(label, roster, tuple(positions))

    def cell(self, key: str) -> Cell:
        return count(len(self.drills[key].positions), key)

    def share(self, key: str, whole: str) -> Cell:
        return rate(len(self.drills[key].positions), len(self.drills[whole].positions), key)

    def size(self, key: str) -> int:
        return len(self.drills[key].positions)

    # Associations, their members and grades

    def _associations(self) -> None:
        day = self.as_of
        months = int(regulations.value(ELIGIBLE_MONTHS, on=day))
        reached = scoped(Association, self.actor).filter(pk__in=associations_of(self.campaign, day).values("pk"))
        found: Any = reached.annotate(grade=grade_level(day)).order_by("name", "pk")
        eligible = set(reached.filter(eligible_q(day, months)).values_list("pk", flat=True))
        members = self._members(reached)
        applications = scoped(GradeApplication, self.actor).filter(campaign=self.campaign, applied_on__lte=day)
        applied = {row.association_id: row for row in applications}
        rows: list[RosterRow] = []
        lists: dict[str, list[int]] = defaultdict(list)
        # The number of members is no number of rows: its cell is text, and leads to the associations that reported.
        self.member_count = 0
        for position, one in enumerate(found.values("pk", "name", "grade", "established_on")):
            pk, reported = one["pk"], members.get(one["pk"])
            application = applied.get(pk)
            self.member_count += reported or 0
            lists["associations"].append(position)
            lists["reported" if reported is not None else "unreported"].append(position)
            lists[f"grade:{one['grade'] or ''}"].append(position)
            if one["grade"]:
                lists["graded"].append(position)
            if pk in eligible:
                lists["eligible"].append(position)
                if application:
                    lists["applied"].append(position)
            established = one["established_on"].isoformat() if one["established_on"] else "未登记"
            wanted = f"{application.applied_on.isoformat()} 申报 {application.wanted}" if application else "—"
            rows.append(
                RosterRow(
                    pk,
                    (
                        one["name"],
                        established,
                        reported if reported is not None else "未填报",
                        one["grade"] or "无有效等级",
                        "是" if pk in eligible else "否",
                        wanted,
                    ),
                )
            )
        labels = {
            "associations": "活动范围内的社会组织",
            "reported": "报告了党员数的社会组织",
            "unreported": "没有报告党员数的社会组织",
            "graded": "有有效评估等级的社会组织",
            "eligible": "符合评估条件的社会组织",
            "applied": "符合条件并已申报的社会组织",
            **{f"grade:{level}": f"{level} 级社会组织" for level in GradeLevel.values},
        }
        for key, label in labels.items():
            self._drill(key, label, ASSOCIATIONS, lists[key])
        columns = (
            ("name", "名称", 16),
            ("established_on", "成立日期", 8),
            ("members", "正式党员", 6),
            ("grade", "评估等级", 6),
            ("eligible", "符合评估条件", 6),
            ("applied", "申报", 10),
        )
        self._keep(ASSOCIATIONS, "活动范围内的社会组织", columns, rows, "associations:association", "association_pk")

    def _members(self, reached: QuerySet[Association]) -> dict[int, int]:
        """The number of the latest report up to the day; an association without one is missing."""
        rows = scoped(PartyMemberCount, self.actor).filter(
            association__in=reached.values("pk"), counted_on__lte=self.as_of, relation_count__isnull=False
        )
        counts = rows.order_by("counted_on", "pk").values_list("association", "relation_count")
        return {pk: number for pk, number in counts if number is not None}

    def members(self) -> Cell:
        return Cell(CellKind.TEXT, value=str(self.member_count), drill="reported")

    # Units and their plans

    def _units(self) -> None:
        day = self.as_of
        found = (
            scoped(Unit, self.actor)
            .filter(campaign=self.campaign, joined_on__lte=day)
            .exclude(left_on__lte=day)
            .select_related("organization__committee", "department__parent")
            .order_by("pk")
        )
        rows, lists = [], defaultdict(list)
        self.unit_pks: dict[int, str] = {}
        self.branch_pks: set[int] = set()
        self.mobilised_total = 0
        for position, unit in enumerate(found):
            self.unit_pks[unit.pk] = str(unit)
            lists["units"].append(position)
            if unit.organization_id is not None:
                lists["branches"].append(position)
                self.branch_pks.add(unit.pk)
            reviewed = unit.reviewed_at is not None and localdate(unit.reviewed_at) <= day
            if unit.state == UnitState.ACCEPTED and reviewed:
                lists["accepted"].append(position)
            if unit.mobilised_on is not None and unit.mobilised_on <= day:
                lists["mobilised"].append(position)
                self.mobilised_total += unit.mobilised_count or 0
            rows.append(
                RosterRow(
                    unit.pk,
                    (
                        str(unit),
                        str(unit.committee or "未明确"),
                        str(UnitState(unit.state).label),
                        unit.mobilised_on.isoformat() if unit.mobilised_on else "—",
                        unit.mobilised_count,
                    ),
                )
            )
        self.branch_count = len(lists["branches"])
        labels = {
            "units": "参加单位",
            "branches": "参加活动的党组织",
            "accepted": "方案已备案的单位",
            "mobilised": "召开动员会议的单位",
        }
        for key, label in labels.items():
            self._drill(key, label, UNITS, lists[key])
        columns = (
            ("name", "单位", 16),
            ("committee", "上级党委", 12),
            ("state", "方案", 6),
            ("mobilised_on", "动员会议", 7),
            ("mobilised_count", "到会人数", 5),
        )
        self._keep(UNITS, "参加单位", columns, rows, "campaigns:unit", "unit_pk")

    def _methods(self) -> None:
        """What branches did under the methods: a row for each method that one branch did."""
        records = scoped(MethodRecord, self.actor).filter(unit__in=self.branch_pks, done_on__lte=self.as_of)
        titles = {one.pk: one.title for one in self.methods}
        rows, lists = [], defaultdict(list)
        for position, (unit, method, done_on) in enumerate(
            records.order_by("method__number", "unit").values_list("unit", "method", "done_on")
        ):
            lists["done"].append(position)
            lists[f"done:{method}"].append(position)
            rows.append(RosterRow(unit, (self.unit_pks[unit], titles[method], done_on.isoformat())))
        self._drill("done", "已完成的推进方式", METHODS, lists["done"])
        for pk, title in titles.items():
            self._drill(f"done:{pk}", f"完成「{title}」的党组织", METHODS, lists[f"done:{pk}"])
        columns = (("unit", "党组织", 16), ("method", "推进方式", 8), ("done_on", "完成日期", 7))
        self._keep(METHODS, "已完成的推进方式", columns, rows, "campaigns:unit", "unit_pk")

    def completion(self) -> Cell:
        """R-112: methods done over all of them."""
        return rate(self.size("done"), self.branch_count * len(self.methods), "done")

    # Ledgers

    def _entries(self) -> None:
        day = self.as_of
        found = scoped(Entry, self.actor).filter(unit__in=self.unit_pks, began_on__lte=day)
        rows, lists = [], defaultdict(list)
        self.taking_part: Counter[str] = Counter()
        for position, one in enumerate(found.exclude(state=EntryState.WITHDRAWN).order_by("kind", "began_on", "pk")):
            is_done = one.state == EntryState.DONE and (one.done_on is None or one.done_on <= day)
            lists[f"entry:{one.kind}"].append(position)
            self.taking_part[one.kind] += one.taking_part_count or 0
            if is_done:
                lists[f"entry_done:{one.kind}"].append(position)
            if one.promoted_on is not None and one.promoted_on <= day:
                lists["promoted"].append(position)
            label = EntryKind(one.kind).label
            done = one.done_on.isoformat() if is_done and one.done_on else "—"
            rows.append(RosterRow(one.pk, (one.title, self.unit_pks[one.unit_id], str(label), done, one.result or "—")))
        for kind in EntryKind:
            self._drill(f"entry:{kind}", str(kind.label), ENTRIES, lists[f"entry:{kind}"])
            self._drill(f"entry_done:{kind}", f"{kind.label}（已完成）", ENTRIES, lists[f"entry_done:{kind}"])
        self._drill("promoted", "已推广的典型经验和做法", ENTRIES, lists["promoted"])
        columns = (
            ("title", "事项", 14),
            ("unit", "单位", 14),
            ("kind", "台账", 7),
            ("done_on", "完成日期", 7),
            ("result", "结果", 16),
        )
        self._keep(ENTRIES, "活动台账", columns, rows, "campaigns:entry", "entry_pk")

    def ledger(self) -> dict[EntryKind, tuple[Cell, Cell]]:
        """Each ledger: on record, and done."""
        return {kind: (self.cell(f"entry:{kind}"), self.cell(f"entry_done:{kind}")) for kind in EntryKind}

    # Guidance

    def _guidance(self) -> None:
        day = self.as_of
        points = scoped(ContactPoint, self.actor).filter(unit__in=self.unit_pks, starts_on__lte=day)
        points = points.exclude(ends_on__lt=day).select_related("leader").order_by("pk")
        rows = [RosterRow(one.pk, (self.unit_pks[one.unit_id], one.leader_words)) for one in points]
        self._drill("points", "联系点", POINTS, range(len(rows)))
        self._keep(
            POINTS,
            "联系点",
            (("unit", "单位", 16), ("leader", "联系领导", 12)),
            rows,
            "campaigns:point",
            "contact_point_pk",
        )
        visits = scoped(Visit, self.actor).filter(point__unit__in=self.unit_pks, visited_on__lte=day)
        shown = visits.order_by("visited_on", "pk").values_list("point", "point__unit", "visited_on", "visitor")
        rows = [RosterRow(pk, (self.unit_pks[unit], on.isoformat(), who)) for pk, unit, on, who in shown]
        self._drill("visits", "联系点走访", VISITS, range(len(rows)))
        columns = (("unit", "单位", 16), ("visited_on", "走访日期", 7), ("visitor", "走访人", 10))
        self._keep(VISITS, "联系点走访", columns, rows, "campaigns:point", "contact_point_pk")
        inspected = scoped(InspectedUnit, self.actor).filter(unit__in=self.unit_pks, visited_on__lte=day)
        found: Any = inspected.order_by("visited_on", "pk").values_list(
            "unit", "visited_on", "inspection__number", "finding"
        )
        rows = [RosterRow(pk, (self.unit_pks[pk], number, on.isoformat(), what)) for pk, on, number, what in found]
        self._drill("inspected", "督查到访的单位", INSPECTED, range(len(rows)))
        what_was_found = (
            ("unit", "单位", 14),
            ("number", "批次号", 7),
            ("visited_on", "到访日期", 7),
            ("finding", "督查情况", 16),
        )
        self._keep(INSPECTED, "督查到访的单位", what_was_found, rows, "campaigns:unit", "unit_pk")
        notices = scoped(RectificationNotice, self.actor).filter(unit__in=self.unit_pks, issued_on__lte=day)
        rows, closed = [], []
        for position, one in enumerate(notices.order_by("issued_on", "pk")):
            if one.closed_at is not None and localdate(one.closed_at) <= day:
                closed.append(position)
            state = str(NoticeState(one.state).label)
            rows.append(RosterRow(one.pk, (self.unit_pks[one.unit_id], one.problem, one.due_on.isoformat(), state)))
        self._drill("notices", "整改意见", NOTICES, range(len(rows)))
        self._drill("closed", "已销号的整改意见", NOTICES, closed)
        to_put_right = (
            ("unit", "单位", 14),
            ("problem", "存在问题", 16),
            ("due_on", "整改期限", 7),
            ("state", "状态", 5),
        )
        self._keep(NOTICES, "整改意见", to_put_right, rows, "campaigns:notice", "rectification_notice_pk")

    # Progress reports

    def _reports(self) -> None:
        """What was asked for by a day up to now, of units that are counted; a row for each report that is owed."""
        found = scoped(UnitReport, self.actor).filter(unit__in=self.unit_pks, collection__due_on__lte=self.as_of)
        rows, lists = [], defaultdict(list)
        self.collections: dict[int, str] = {}
        for position, one in enumerate(found.select_related("collection").order_by("collection__number", "unit")):
            key, on = one.collection_id, one.handed_in_on
            self.collections[key] = str(one.collection)
            for name in ("asked", f"asked:{key}"):
                lists[name].append(position)
            if on is not None and on <= self.as_of:
                for name in ("reported", f"reported:{key}"):
                    lists[name].append(position)
                if on <= one.collection.due_on:
                    lists[f"timely:{key}"].append(position)
            shown = on.isoformat() if on is not None and on <= self.as_of else "未报送"
            rows.append(RosterRow(one.pk, (self.unit_pks[one.unit_id], str(one.collection), shown)))
        self._drill("asked", "应报送的进展情况", REPORTS, lists["asked"])
        self._drill("reported_up", "已报送的进展情况", REPORTS, lists["reported"])
        for key, title in self.collections.items():
            for name, words in (("asked", "应报送"), ("reported", "已报送"), ("timely", "按时报送")):
                self._drill(f"{name}:{key}", f"「{title}」{words}", REPORTS, lists[f"{name}:{key}"])
        columns = (("unit", "单位", 16), ("title", "报送内容", 14), ("handed_in_on", "报送日期", 7))
        self._keep(REPORTS, "进展情况报送", columns, rows, "campaigns:unit_report", "unit_report_pk")

    def report_table(self) -> Table:
        """Each collecting whose day has come: asked, reported, in time."""
        lines = [
            Row(
                (
                    text(title),
                    self.cell(f"asked:{key}"),
                    self.cell(f"reported:{key}"),
                    self.cell(f"timely:{key}"),
                    self.share(f"reported:{key}", f"asked:{key}"),
                )
            )
            for key, title in self.collections.items()
        ]
        columns = (
            Column("label", "报送内容", Align.LEFT, 12),
            Column("asked", "应报送"),
            Column("reported", "已报送"),
            Column("timely", "按时"),
            Column("rate", "报送率", width=5),
        )
        note = "" if lines else "没有到期的情况报送。"
        return Table("reports", "进展情况报送表", columns, tuple(lines), unit="个", note=note)

    # Tables

    def method_table(self) -> Table:
        lines = [
            Row(
                (
                    text(one.title),
                    self.cell(f"done:{one.pk}"),
                    rate(self.size(f"done:{one.pk}"), self.branch_count, f"done:{one.pk}"),
                )
            )
            for one in self.methods
        ]
        total = Row((text("合计"), self.cell("done"), self.completion()), is_total=True)
        return Table(
            "methods",
            "推进方式完成情况表",
            (Column("label", "推进方式", Align.LEFT, 12), Column("done", "已完成"), Column("rate", "完成率", width=5)),
            (*lines, total),
            unit="个",
            note=f"党组织 {self.branch_count} 个；合计的完成率＝各推进方式完成数之和 ÷（党组织数 × 推进方式数）。",
        )

    def grade_table(self) -> Table:
        levels = [level for level in GradeLevel.values if self.size(f"grade:{level}")]
        lines = [Row((text(f"{level} 级"), self.cell(f"grade:{level}"))) for level in levels]
        total = Row((text("合计"), self.cell("graded")), is_total=True)
        columns = (Column("label", "评估等级", Align.LEFT, 12), Column("count", "社会组织"))
        return Table("grades", "社会组织评估等级情况表", columns, (*lines, total), unit="家")

    def ledger_table(self) -> Table:
        lines = [
            Row((text(str(kind.label)), total, done if kind in UNDERTAKEN else text("—")))
            for kind, (total, done) in self.ledger().items()
            if total.value
        ]
        columns = (Column("label", "台账", Align.LEFT, 12), Column("total", "在册"), Column("done", "已完成"))
        return Table("ledgers", "活动台账情况表", columns, tuple(lines), unit="项", note="" if lines else "没有台账。")
