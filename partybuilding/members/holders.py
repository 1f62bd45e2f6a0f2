"""Columns of a party_organizations file that become its secretary and its telephone: 书记, 书记来源, 联系电话."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from associations.registry.enums import Source
from partybuilding.members.enums import SecretarySource
from partybuilding.members.models import Secretary
from portal.importing.normalise import name_key
from portal.importing.parsers import WARNING, CellContext, ChoiceParser, Parsed, Problem
from portal.importing.reader import Cell
from portal.importing.resources import RunContext, StagedRow
from portal.people import imports as people
from portal.people.imports import PeopleImport
from portal.people.models import Phone

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"
TABLES: dict[str, Any] = {"secretary": Secretary, **people.TABLES}
SYNONYMS = {
    "officer": ["负责人兼任", "会长兼任", "秘书长兼任", "社会组织负责人", "协会负责人", "班子成员兼任"],
    "staff": ["工作人员", "专职人员", "内部选任", "社会组织工作人员担任", "本单位党员", "内部产生"],
    "seconded": ["选派", "上级选派", "上级党组织选派", "主管单位选派", "委派", "外派"],
    "retired": ["离退休党员干部", "退休干部", "退休党务工作者", "离退休党员"],
    "unit": ["会员单位", "会员企业党员", "会员企业负责人"],
    "other": ["其它"],
}
ONE_OF = ChoiceParser(SecretarySource.choices, SYNONYMS)


@dataclass(frozen=True)
class SecretarySourceParser:
    """Where a secretary comes from; what is not on the list is 其他, and said."""

    name: str = "secretary_source"
    example: str = "上级选派"

    def parse(self, raw: Cell, context: CellContext) -> Parsed:
        value, problems = ONE_OF.parse(raw, context)
        if [problem.code for problem in problems] != ["choice.unknown"]:
            return value, problems
        text = f"{context.label}不在可选范围，记为「其他」。可选：{'、'.join(ONE_OF.labels.values())}。"
        return SecretarySource.OTHER.value, (Problem("secretary_source.other", text, WARNING),)


class Secretaries:
    """The secretaries of a run's organisations, loaded a chunk at a time."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._people = PeopleImport()
        self._secretaries: dict[int, Secretary] = {}
        self._phones: dict[Any, Phone] = {}

    def load(self, pks: Sequence[int], phones: Sequence[Any]) -> None:
        """The secretaries in office, and the telephones that the matched organisations have."""
        self._secretaries, self._phones = {}, {}
        if pks and self._run.carried & {"secretary", "secretary_source"}:
            rows = Secretary.objects.unscoped(MATCHING).filter(organization__in=pks, ends_on=None)
            self._secretaries = {one.organization_id: one for one in rows.select_related("person")}
        if phones and "phone" in self._run.carried:
            self._phones = {one.pk: one for one in Phone.objects.unscoped(MATCHING).filter(pk__in=phones)}

    def plan(self, row: StagedRow) -> None:
        """Another name ends the old term the day before the effective date, with a warning."""
        if row.values.get("phone") is not None:
            row.main["phone_id"] = self._people.phone(row, self._phones.get((row.current or {}).get("phone_id")))
        name, origin = row.values.get("secretary"), row.values.get("secretary_source")
        current = self._secretaries.get(row.pk or 0)
        if name is None or (current is not None and current.person.name_key == name_key(name)):
            self._origin_only(row, current, origin)
        else:
            self._replace(row, current, name, origin or "")

    def _origin_only(self, row: StagedRow, current: Secretary | None, origin: str | None) -> None:
        if origin is None:
            return
        if current is None:
            text = "填了书记来源，没有填书记，也没有登记过书记，来源未登记。请补填书记姓名。"
            row.warn("secretary.missing", "secretary_source", text)
        elif current.origin != origin:
            change = {"before": {"origin": current.origin}, "after": {"origin": origin}}
            row.update("secretary", current.pk, **change, version=current.version)

    def _replace(self, row: StagedRow, current: Secretary | None, name: str, origin: str) -> None:
        start = self._run.effective_on
        first = start if self._run.is_dated or current is not None else None
        if current is not None:
            before = current.person.name
            if current.starts_on is not None and current.starts_on >= start:
                text = (
                    f"登记库中书记「{before}」自 {current.starts_on} 起任职，不早于本批生效日期 {start}。"
                    "请把本批的生效日期改为更晚的一天。"
                )
                row.error("date.conflict", "secretary", text)
                return
            last = start - dt.timedelta(days=1)
            after = {"ends_on": last}
            row.update("secretary", current.pk, before={"ends_on": None}, after=after, version=current.version)
            text = f"书记由「{before}」变更为「{name}」，原任职到 {last} 为止。请核对是否换人。"
            row.warn("secretary.replaced", "secretary", text)
        values, refs = row.owner("organization_id")
        values |= {"person_id": self._people.named(row, name), "origin": origin, "starts_on": first}
        row.insert("secretary", values | {"source": Source.IMPORT.value}, **refs)


def for_export(pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Today's secretaries by organisation; telephones leave by approval only."""
    rows = Secretary.objects.unscoped(MATCHING).filter(organization__in=pks, ends_on=None).select_related("person")
    return {
        one.organization_id: {"secretary": one.person.name, "secretary_source": one.get_origin_display() or None}
        for one in rows
    }
