"""Conclusions as spreadsheets bring them: what the registrar decided in its own system, with the document's number."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone

from associations.registry.named import MATCHING, NamesAssociations
from associations.registry.references import ASSOCIATIONS
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.importing.enums import Outcome, Undo
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.normalise import name_key
from portal.importing.parsers import ChoiceParser, DateParser, IntegerParser, NameParser, TextParser, UsccParser
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.importing.transitions import KEEPERS
from portal.workflow.models import WorkflowEvent
from supervision.inspections.enums import Conclusion, ConclusionSource, InspectionState
from supervision.inspections.models import Inspection
from supervision.inspections.transitions import RECORD, ReviewFacts, may_record
from supervision.rounds.enums import RoundState

UNDONE = "undo_import"  # the import that brought a conclusion was taken back
SYNONYMS = {
    Conclusion.PASSED.value: ["年检合格", "通过", "检查合格"],
    Conclusion.BASIC.value: ["年检基本合格", "基本通过"],
    Conclusion.FAILED.value: ["年检不合格", "不通过"],
}
SAME = ("conclusion", "conclusion_number", "conclusion_on")


class ConclusionResource(NamesAssociations, ImportResource):
    """Conclusions of annual filings (kind ``inspection_conclusions``); the same guard as entering one by hand."""

    kind: ClassVar[str] = "inspection_conclusions"
    label: ClassVar[str] = "年检结论"
    load_order: ClassVar[int] = 80
    importers: ClassVar[frozenset[Role]] = KEEPERS | {Role.REGISTRAR}
    main: ClassVar[str] = "inspection"
    references: ClassVar[Mapping[str, ReferenceDomain]] = {"association_name": ASSOCIATIONS}
    export_order: ClassVar[Sequence[str]] = ("-round__report_year", "association__name", "pk")

    association_uscc = Column(
        "统一社会信用代码",
        UsccParser(),
        key=1,
        synonyms=["信用代码", "社会信用代码", "代码", "机构代码"],
        hint="与名称至少填一项",
        export="association.uscc",
    )
    association_name = Column(
        "社会组织名称",
        NameParser(),
        key=2,
        synonyms=["名称", "协会名称", "单位名称", "社会组织", "组织名称"],
        export="association.name",
    )
    report_year = Column(
        "报告年度",
        IntegerParser(minimum=2000, maximum=2100, example="2025"),
        required=True,
        synonyms=["年度", "年检年度", "检查年度"],
        hint="结论针对的年度，如 2025",
        export="round.report_year",
    )
    conclusion = Column(
        "年检结论",
        ChoiceParser(Conclusion.choices, SYNONYMS),
        attribute="conclusion",
        required=True,
        synonyms=["结论", "检查结论", "年检结果", "检查结果"],
    )
    conclusion_number = Column(
        "结论文号",
        TextParser(80),
        attribute="conclusion_number",
        required=True,
        synonyms=["文号", "发文字号", "公告文号", "文件号"],
        hint="登记管理机关的文书，如 湘民年检〔2026〕12号",
    )
    conclusion_on = Column(
        "结论日期",
        DateParser(),
        attribute="conclusion_on",
        required=True,
        synonyms=["日期", "发文日期", "公告日期", "作出日期"],
    )
    conclusion_reason = Column(
        "结论说明",
        TextParser(500),
        attribute="conclusion_reason",
        synonyms=["说明", "理由", "主要问题", "备注"],
        hint="基本合格、不合格的必须填写",
    )

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"inspection": Inspection}

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        year = row.values.get("report_year")
        if "association_uscc" in row.values:
            yield "association_uscc", (row.values["association_uscc"], year)
        elif "association_name" in row.values:
            yield "association_name", (name_key(row.values["association_name"]), year)

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.find_associations(rows)
        pks = {one.pk for one in self.found.values()}
        filings: dict[tuple[int, int], list[Inspection]] = {}
        known = Inspection.objects.unscoped(MATCHING).filter(association__in=pks)
        for one in known.exclude(round__state=RoundState.DRAFT).select_related("round").order_by("pk"):
            filings.setdefault((one.association_id, one.round.report_year), []).append(one)
        for row in rows:
            association, year = self.found.get(row.number), row.values.get("report_year")
            if association is None or year is None:
                continue
            row.label = association.name
            several = filings.get((association.pk, year), [])
            if len(several) != 1:
                row.error(
                    "inspection.none" if not several else "inspection.several", "report_year", _none(year, several)
                )
                continue
            row.pk, row.version = several[0].pk, several[0].version
            row.current = {
                field.attname: getattr(several[0], field.attname) for field in Inspection._meta.concrete_fields
            }

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        actor = self.run.actor
        if actor.role not in RECORD.roles:
            for row in rows:
                text = f"年检结论按文书由登记管理机关或省级管理员录入，「{actor.label}」不能导入。请报送上级。"
                row.error("scope.outside", "conclusion", text)
            return
        self.refuse_outside(rows)

    def plan(self, row: StagedRow) -> None:
        current = row.current
        if row.is_rejected or current is None:
            return
        on = row.values.get("conclusion_on")
        if on is not None and on > self.run.today:
            text = f"结论日期 {on} 还没有到，今天是 {self.run.today}。请对照文书核对日期。"
            row.error("date.future", "conclusion_on", text)
            return
        if current["state"] == InspectionState.CONCLUDED:
            self._known_already(row, current)
            return
        if current["state"] not in RECORD.sources:
            label = InspectionState(current["state"]).label
            row.error(
                "inspection.state", "conclusion", f"这一年度现在是「{label}」，不能录入结论。请先在年检页面恢复填报。"
            )
            return
        facts = ReviewFacts(
            conclusion=row.values.get("conclusion", ""),
            number=row.values.get("conclusion_number", ""),
            reason=row.values.get("conclusion_reason") or "",
        )
        decision = may_record(facts)
        if not decision:
            lacks = [name for name in ("conclusion_number", "conclusion") if not row.values.get(name)]
            row.error("inspection.guard", lacks[0] if lacks else "conclusion_reason", decision.reason)
            return
        if on is None:
            row.error("required", "conclusion_on", "结论日期是空的。请对照文书填写，例如 2026-05-20。")
            return
        # As both databases write an instant of UTC.
        at = timezone.now().astimezone(dt.UTC)
        row.main |= {
            "state": InspectionState.CONCLUDED.value,
            "concluded_at": at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            "conclusion_source": ConclusionSource.IMPORT.value,
            "sampled_stage": "",
        }

    def _known_already(self, row: StagedRow, current: Mapping[str, Any]) -> None:
        """The same conclusion again changes nothing; another one is amended on its page, with the reason."""
        differs = [name for name in SAME if row.values.get(name) != current[name]]
        if differs:
            held = Conclusion(current["conclusion"]).label
            text = (
                f"这一年度已有结论「{held}」{current['conclusion_number']}（{current['conclusion_on']}）。"
                "需要更正的，请在该件的年检页面办理。"
            )
            row.error("inspection.concluded", differs[0], text)
        row.main.clear()

    @classmethod
    def written(cls, batch: ImportBatch, *, actor: Actor, now: dt.datetime) -> None:
        """Each conclusion is a move of its filing, as if it had been entered by hand."""
        cls._keep_moves(batch, RECORD.name, "before", "after", actor=actor, now=now)

    @classmethod
    def taken_back(cls, batch: ImportBatch, *, actor: Actor, now: dt.datetime) -> None:
        cls._keep_moves(batch, UNDONE, "after", "before", actor=actor, now=now)

    @classmethod
    def _keep_moves(
        cls, batch: ImportBatch, name: str, source: str, target: str, *, actor: Actor, now: dt.datetime
    ) -> None:
        rows = ImportRow.objects.filter(batch=batch, outcome=Outcome.CHANGED, undo=Undo.NONE)
        pks = list(rows.order_by("row_number").values_list("subject_pk", flat=True))
        versions = dict(Inspection.objects.filter(pk__in=pks).values_list("pk", "version"))
        moves = []
        for pk, changed in rows.order_by("row_number").values_list("subject_pk", "changed"):
            states = changed[cls.main][0]
            if "state" not in states["after"]:
                continue
            number = states["after"].get("conclusion_number", "")
            moves.append(
                WorkflowEvent(
                    subject_model=Inspection._meta.label,
                    subject_pk=str(pk),
                    transition=name,
                    source=states[source]["state"],
                    target=states[target]["state"],
                    version=versions[pk],
                    user_id=actor.user_id,
                    membership_id=actor.membership_id,
                    membership_label=actor.label,
                    comment=f"{number}（{batch.number} 表格导入）",
                    at=now,
                )
            )
        WorkflowEvent.objects.bulk_create(moves, batch_size=500)

    @classmethod
    def rows_for(cls, actor: Actor) -> Any:
        return scoped(Inspection, actor).exclude(conclusion="")

    @classmethod
    def export_rows(cls, queryset: Any, on: dt.date) -> Iterator[list[Any]]:
        for one in queryset.select_related("association", "round").iterator(chunk_size=1000):
            yield [
                one.association.uscc,
                one.association.name,
                one.round.report_year,
                one.get_conclusion_display(),
                one.conclusion_number,
                one.conclusion_on,
                one.conclusion_reason or None,
            ]


def _none(year: int, several: Sequence[Inspection]) -> str:
    if several:
        listed = "、".join(one.round.title for one in several)
        return f"{year} 年度有几个批次的记录：{listed}。请在相应的年检页面录入结论。"
    return f"没有 {year} 年度的年检记录。请核对报告年度，或先启动该年度的批次。"
