"""Evaluation results as spreadsheets bring them: what civil affairs announced, with its document (R-020)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model

from associations.evaluation.enums import GradeLevel
from associations.evaluation.models import Grade
from associations.evaluation.services import RECORDERS, grade_validity
from associations.registry.columns import GRADE_SYNONYMS
from associations.registry.enums import Source
from associations.registry.named import MATCHING, NamesAssociations
from associations.registry.references import ASSOCIATIONS
from portal.access.decisions import Refused
from portal.importing.normalise import name_key
from portal.importing.parsers import ChoiceParser, DateParser, NameParser, TextParser, UsccParser
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, ImportResource, StagedRow


class EvaluationResultResource(NamesAssociations, ImportResource):
    """Announced grades (kind ``evaluation_results``); the same announcement again corrects the level."""

    kind: ClassVar[str] = "evaluation_results"
    label: ClassVar[str] = "评估等级结果"
    load_order: ClassVar[int] = 60
    main: ClassVar[str] = "grade"
    references: ClassVar[Mapping[str, ReferenceDomain]] = {"association_name": ASSOCIATIONS}
    export_order: ClassVar[Sequence[str]] = ("association__name", "announced_on", "pk")

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
        synonyms=["名称", "协会名称", "单位名称", "参评单位", "社会组织", "组织名称"],
        export="association.name",
    )
    level = Column(
        "评估等级",
        ChoiceParser(GradeLevel.choices, GRADE_SYNONYMS),
        attribute="level",
        required=True,
        synonyms=["等级", "评定等级", "获评等级", "评估结果", "评估结论"],
    )
    announced_on = Column(
        "等级公告日期",
        DateParser(),
        attribute="announced_on",
        required=True,
        synonyms=["公告日期", "公告时间", "发文日期", "等级公告时间", "公布日期"],
    )
    document_number = Column(
        "公告文号",
        TextParser(80),
        attribute="document_number",
        required=True,
        synonyms=["文号", "发文字号", "公告号", "文件号"],
        hint="民政部门公告等级的文件，如 湘民发〔2026〕12号",
    )
    effective_on = Column(
        "等级生效日期",
        DateParser(may_be_future=True),
        synonyms=["生效日期", "有效期起"],
        hint="只用于 2026 年 3 月 1 日前公告、民政部门另定起算日的等级",
    )

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"grade": Grade}

    def prepare(self) -> None:
        self.validities: dict[tuple[dt.date, dt.date | None], tuple[dt.date, dt.date] | str] = {}

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        announced = row.values.get("announced_on")
        if "association_uscc" in row.values:
            yield "association_uscc", (row.values["association_uscc"], announced)
        elif "association_name" in row.values:
            yield "association_name", (name_key(row.values["association_name"]), announced)

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.find_associations(rows)
        pks = {one.pk for one in self.found.values()}
        known = {
            (grade.association_id, grade.announced_on): grade
            for grade in Grade.objects.unscoped(MATCHING).filter(association__in=pks)
        }
        for row in rows:
            association = self.found.get(row.number)
            if association is None:
                continue
            row.label = association.name
            row.main["association_id"] = association.pk
            grade = known.get((association.pk, row.values.get("announced_on")))
            if grade is not None:
                row.pk = grade.pk
                row.current = {field.attname: getattr(grade, field.attname) for field in Grade._meta.concrete_fields}

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        actor = self.run.actor
        if actor.role not in RECORDERS:
            for row in rows:
                text = f"评估等级由省级社会工作部或登记管理机关登记，「{actor.label}」不能导入。请报送上级。"
                row.error("scope.outside", "level", text)
            return
        self.refuse_outside(rows)

    def plan(self, row: StagedRow) -> None:
        announced = row.values.get("announced_on")
        if row.is_rejected or announced is None:
            return
        if announced > self.run.today:
            text = f"等级公告日期 {announced} 还没有到，今天是 {self.run.today}。请在公告之后登记。"
            row.error("date.future", "announced_on", text)
            return
        held = self._validity(announced, row.values.get("effective_on"))
        if isinstance(held, str):
            row.error("grade.no_regime", "announced_on", f"{held}请核对公告日期。")
            return
        row.main |= {"starts_on": held[0], "ends_on": held[1], "source": Source.IMPORT.value}
        if row.values.get("level") is not None and row.current and row.current["level"] != row.values["level"]:
            text = f"该日公告的等级原登记为「{row.current['level']}」，将改为「{row.values['level']}」。请核对公告。"
            row.warn("grade.corrected", "level", text)

    def _validity(self, announced: dt.date, effective: dt.date | None) -> tuple[dt.date, dt.date] | str:
        """First and last day by the regime of the announcement (R-020), or why there is none."""
        key = (announced, effective)
        if key not in self.validities:
            try:
                self.validities[key] = grade_validity(announced, effective)
            except Refused as refused:
                self.validities[key] = refused.reason
        return self.validities[key]

    @classmethod
    def export_rows(cls, queryset: Any, on: dt.date) -> Iterator[list[Any]]:
        for grade in queryset.select_related("association").iterator(chunk_size=1000):
            one = grade.association
            yield [one.uscc, one.name, grade.level, grade.announced_on, grade.document_number, None]
