"""Places below the county as spreadsheets bring them: townships, villages, divisions of the XPCC."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model

from portal.access.actor import Actor
from portal.importing.parsers import ChoiceParser, DateParser, NameParser, TextParser
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.regions.enums import RegionLevel
from portal.regions.models import Region
from portal.regions.selectors import find, full_name

BELOW = (RegionLevel.TOWNSHIP, RegionLevel.VILLAGE, RegionLevel.DIVISION)
# What each level stands below; a farm or company of a division is a township or village of it.
ABOVE = {
    RegionLevel.TOWNSHIP: (RegionLevel.COUNTY, RegionLevel.CITY, RegionLevel.DIVISION),
    RegionLevel.VILLAGE: (RegionLevel.TOWNSHIP,),
    RegionLevel.DIVISION: (RegionLevel.PROVINCE,),
}
LEVEL_SYNONYMS = {
    "township": ["乡镇(街道)", "镇街", "街道办事处", "乡镇", "街道", "乡", "镇", "乡镇街道", "乡(镇、街道)", "团场"],
    "village": ["村居", "村社区", "嘎查", "村", "社区", "村(社区)", "居委会", "村委会", "行政村", "连队"],
    "division": ["师", "师市", "兵团师", "兵团师市"],
}
STATISTICAL = re.compile(r"\d{9}(?:000)?|\d{12}")
LOCAL = re.compile(r"[A-Z][0-9A-Z\-]{1,11}")
TOWNSHIP_DIGITS, CODE_DIGITS = 9, 6
MISSING = "上级「{text}」不在行政区划中，也不在本文件前面的行里。请先写上级再写下级，上级写全称或代码。"


@dataclass(frozen=True)
class Above:
    """The place above a row: its key, or the row of the file that makes it; its path and level."""

    pk: int | None
    row: int | None
    path: str
    level: str


class RegionBelowCountyResource(ImportResource):
    """Townships, subdistricts, villages, communities and divisions, with their own or a local code and its source."""

    kind: ClassVar[str] = "regions_below_county"
    label: ClassVar[str] = "县以下区划"
    load_order: ClassVar[int] = 5
    main: ClassVar[str] = "region"
    export_order: ClassVar[Sequence[str]] = ("path", "pk")

    code = Column(
        "代码",
        TextParser(20),
        required=True,
        key=1,
        synonyms=["区划代码", "统计用区划代码", "行政区划代码", "统计代码", "编码"],
        hint="统计用区划代码 9 位（乡级）或 12 位（村级）；没有的用字母开头的本地代码",
        export="code",
    )
    name = Column(
        "名称",
        NameParser(60),
        required=True,
        synonyms=["区划名称", "乡镇名称", "街道名称", "村名", "社区名称", "单位名称"],
        attribute="name",
    )
    short_name = Column("简称", NameParser(60), attribute="short_name", synonyms=["短名"])
    level = Column(
        "层级",
        ChoiceParser([(one.value, one.label) for one in BELOW], LEVEL_SYNONYMS),
        attribute="level",
        required=True,
        synonyms=["级别", "类别", "类型"],
    )
    parent = Column(
        "上级",
        TextParser(80),
        required=True,
        synonyms=["上级区划", "所属县市区", "所属乡镇", "所属街道", "上级名称", "上级代码"],
        hint="上级的代码或全称，如 430104 或 湖南省长沙市岳麓区",
    )
    source = Column(
        "来源",
        TextParser(120),
        attribute="source",
        required=True,
        synonyms=["代码来源", "依据", "数据来源"],
        hint="如 国家统计局 2025 年统计用区划代码，或 本地编码（某某局）",
    )
    starts_on = Column("启用日期", DateParser(), attribute="starts_on", synonyms=["设立日期"])
    ends_on = Column("停用日期", DateParser(may_be_future=True), attribute="ends_on", synonyms=["撤销日期"])

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"region": Region}

    def prepare(self) -> None:
        self.made: dict[str, Above] = {}
        self.parents: dict[str, list[Region]] = {}

    def check(self, row: StagedRow) -> None:
        code, level = row.values.get("code"), row.values.get("level")
        if code is None:
            return
        code = code.upper().replace(" ", "")
        if STATISTICAL.fullmatch(code) and level == RegionLevel.TOWNSHIP:
            code = code[:TOWNSHIP_DIGITS]
        row.values["code"] = code
        if not (STATISTICAL.fullmatch(code) or LOCAL.fullmatch(code)):
            text = (
                f"代码「{code}」不是 9 位或 12 位统计用区划代码，也不是字母开头的本地代码。请核对，末尾的 0 不要省略。"
            )
            row.error("region.code", "code", text)
        elif code.isdigit() and level == RegionLevel.VILLAGE and len(code) != 12:
            row.error("region.code", "code", f"村级代码应为 12 位，现为「{code}」。请核对代码。")
        starts, ends = row.values.get("starts_on"), row.values.get("ends_on")
        if starts and ends and ends < starts:
            row.error("date.conflict", "ends_on", f"停用日期 {ends} 早于启用日期 {starts}。请核对两个日期。")

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if "code" in row.values:
            yield "code", row.values["code"]

    def match(self, rows: Sequence[StagedRow]) -> None:
        codes = [row.values["code"] for row in rows if "code" in row.values]
        known = {one.code: one for one in Region.objects.filter(code__in=codes).select_related("parent")}
        for row in rows:
            found = known.get(row.values.get("code", ""))
            if found is None:
                continue
            if found.level not in BELOW:
                text = (
                    f"代码「{found.code}」是{found.get_level_display()}「{found.name}」，由系统维护，不能从表格修改。"
                )
                row.error("duplicate.conflict", "code", text)
                continue
            row.pk, row.label = found.pk, found.name
            row.current = {field.attname: getattr(found, field.attname) for field in Region._meta.concrete_fields}

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """Every row is placed in the order of the file, so that a village finds the township of an earlier row."""
        scope = self.run.actor.scope
        self.placed: dict[int, Above] = {}
        for row in rows:
            above = self._above(row)
            path = above.path if above else (row.current or {}).get("path")
            if scope.kind == "region" and path is not None and not str(path).startswith(scope.path):
                text = f"「{row.values.get('parent', row.label)}」不在「{scope.label}」范围内，不能由本账号导入。"
                row.error("scope.outside", "parent", f"{text}请交由上级单位导入。")
            code, level = row.values.get("code"), row.values.get("level")
            if above is None or code is None or level is None or row.is_rejected:
                continue
            self.placed[row.number] = above
            own = str((row.current or {}).get("path") or f"{above.path}{code}/")
            self.made[code] = Above(row.pk, None if row.pk else row.number, own, level)

    def _above(self, row: StagedRow) -> Above | None:
        """The place above: of the tree, or of an earlier row of this file."""
        text = row.values.get("parent")
        if text is None:
            return None
        code = text.upper().replace(" ", "")
        made = self.made.get(code) or (self.made.get(code[:TOWNSHIP_DIGITS]) if code.endswith("000") else None)
        if made is not None:
            return made
        if text not in self.parents:
            self.parents[text] = list(Region.objects.filter(code=code)) or find(text)
        found = self.parents[text]
        if len(found) == 1:
            return Above(found[0].pk, None, found[0].path, found[0].level)
        if found:
            listed = "、".join(f"{full_name(one)}({one.code})" for one in found[:5])
            row.error("reference.ambiguous", "parent", f"上级「{text}」可能是：{listed}。请写代码。")
        else:
            row.error("reference.unknown", "parent", MISSING.format(text=text))
        return None

    def plan(self, row: StagedRow) -> None:
        above = self.placed.get(row.number)
        if row.is_rejected or above is None:
            return
        code, level = row.values["code"], row.values["level"]
        if above.level not in ABOVE[RegionLevel(level)]:
            wanted = "、".join(str(one.label) for one in ABOVE[RegionLevel(level)])
            given = f"「{row.values['parent']}」是{RegionLevel(above.level).label}"
            text = f"{RegionLevel(level).label}的上级应为{wanted}，{given}。请核对层级和上级。"
            row.error("region.level", "parent", text)
            return
        nearest = above.path.strip("/").split("/")[-1]
        begins = nearest[: TOWNSHIP_DIGITS if level == RegionLevel.VILLAGE else CODE_DIGITS]
        if code.isdigit() and begins.isdigit() and not code.startswith(begins.rstrip("0")):
            text = f"代码「{code}」不以上级「{row.values['parent']}」的代码 {begins} 开头。请核对代码和上级。"
            row.error("region.code", "code", text)
            return
        own = f"{above.path}{code}/"
        if row.is_new:
            row.main |= {"code": code, "path": own}
            row.main.setdefault("short_name", row.values.get("name", ""))
            if above.row is None:
                row.main["parent_id"] = above.pk
            else:
                row.refs["parent_id"] = above.row
        elif row.current is not None and row.current["path"] != own:
            text = f"「{row.label}」已登记在另一个上级之下，不能从表格改挂。请停用原来的，再用新代码登记。"
            row.error("region.moved", "parent", text)

    @classmethod
    def rows_for(cls, actor: Actor) -> Any:
        rows = Region.objects.filter(level__in=BELOW)
        return rows.filter(path__startswith=actor.scope.path) if actor.scope.kind == "region" else rows

    @classmethod
    def export_rows(cls, queryset: Any, on: dt.date) -> Iterator[list[Any]]:
        for one in queryset.select_related("parent").iterator(chunk_size=1000):
            parent = one.parent.code if one.parent else None
            yield [
                one.code,
                one.name,
                one.short_name,
                one.get_level_display(),
                parent,
                one.source,
                one.starts_on,
                one.ends_on,
            ]
