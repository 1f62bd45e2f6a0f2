"""The directory of responsible bodies as spreadsheets need it: references by dated name, and its own kind."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model

from associations.directory.references import DEPARTMENTS, describe
from associations.registry.enums import DepartmentKind, NameKind, RegistrationLevel
from associations.registry.models import DEPARTMENT_DEPTH, Department, DepartmentName
from portal.importing.normalise import name_key
from portal.importing.parsers import ChoiceParser, NameParser, NamesParser, TextParser
from portal.importing.references import ReferenceDomain, nearest
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.regions import selectors as regions
from portal.regions.models import Region
from portal.regions.references import REGIONS

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"
COMMITTEE_ENDINGS = ("党委", "工委", "党工委", "委员会")
REFERRING = "a reference in a spreadsheet is resolved in the whole directory of bodies"
LEVEL_SYNONYMS = {
    "national": ["全国", "全国性", "部级", "国家"],
    "province": ["省", "省本级", "全省性", "自治区级", "直辖市级"],
    "city": ["市", "市州级", "设区市级", "地市级", "市本级", "州级"],
    "county": ["县", "区级", "县区级", "区县级", "县市区级", "县(市、区)级"],
}
DEPARTMENT_KIND_SYNONYMS = {
    "government": ["政府", "部门", "党政机关", "机关", "业务主管单位", "行业管理部门"],
    "registrar": ["登记机关", "民政部门"],
    "party_committee": ["综合党委", "行业党委", "党委", "综合(行业)党委"],
    "working_committee": ["两新工委", "工委", "两新组织工委", "社会工委"],
}


class Regions:
    """Region references: looked up once per distinct text."""

    def __init__(self, confirmed: Mapping[str, int] | None = None) -> None:
        self._confirmed = confirmed or {}
        self._found: dict[str, list[Region]] = {}

    def resolve(self, row: StagedRow, column: str, label: str) -> Region | None:
        """The region a cell names; an unknown or ambiguous one rejects the row."""
        text = row.values.get(column)
        if text is None:
            return None
        found = self._find(text)
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(f"{regions.full_name(one)}({one.code})" for one in found[:5])
            row.error("reference.ambiguous", column, f"{label}「{text}」可能是：{names}。请写全称或 6 位行政区划代码。")
        else:
            row.error(
                "reference.unknown",
                column,
                f"行政区划中没有「{text}」。请在{label}填写全称或 6 位行政区划代码，例如「长沙市」或 430100。",
            )
        return None

    def known(self, text: str | None) -> Region | None:
        """The region of a text that names exactly one."""
        found = self._find(text) if text is not None else []
        return found[0] if len(found) == 1 else None

    def _find(self, text: str) -> list[Region]:
        if text not in self._found:
            found = regions.find(text)
            if len(found) != 1 and (meant := self._confirmed.get(name_key(text))) is not None:
                found = list(Region.objects.filter(pk=meant)) or found
            self._found[text] = found
        return self._found[text]


class Directory:
    """References to responsible bodies by name, alias or former name."""

    def __init__(self, on: dt.date, confirmed: Mapping[str, int] | None = None) -> None:
        self._confirmed = confirmed or {}
        self._suggested: dict[str, str] = {}
        self._candidates: dict[tuple[str, frozenset[str]], list[Department]] = {}
        self.by_pk: dict[int, Department] = {}
        self.by_key: dict[str, list[int]] = {}
        self.by_code: dict[str, Department] = {}
        for department in Department.objects.unscoped(REFERRING).select_related("region"):
            self.by_pk[department.pk] = department
            self._add(department.key, department)
            if department.code:
                self.by_code[department.code] = department
                self._add(name_key(department.code), department)
        for key, pk in DepartmentName.objects.unscoped(REFERRING).values_list("key", "department_id"):
            self._add(key, self.by_pk[pk])
        self._on = on

    def _add(self, key: str, department: Department) -> None:
        pks = self.by_key.setdefault(key, [])
        if department.pk not in pks:
            pks.append(department.pk)

    def candidates(self, text: str, kinds: frozenset[str] = frozenset()) -> list[Department]:
        """Bodies with that name; those that still exist on the day win over those that ended."""
        asked = (text, kinds)
        if asked not in self._candidates:
            self._candidates[asked] = self._look_up(text, kinds)
        return self._candidates[asked]

    def _look_up(self, text: str, kinds: frozenset[str]) -> list[Department]:
        found = [self.by_pk[pk] for pk in self.by_key.get(name_key(text), ())]
        # A list of bodies without a 类别 column makes every one a government department; the name still tells.
        fitting = [one for one in found if not kinds or one.kind in kinds or one.name.endswith(COMMITTEE_ENDINGS)]
        current = [one for one in fitting if one.is_current(self._on)]
        if len(current or fitting) != 1 and (meant := self._meant(text, kinds)):
            return [meant]
        return current or fitting

    def _meant(self, text: str, kinds: frozenset[str]) -> Department | None:
        """The body that the sender's people once said this name means."""
        one = self.by_pk.get(self._confirmed.get(name_key(text), 0))
        return one if one and (not kinds or one.kind in kinds or one.name.endswith(COMMITTEE_ENDINGS)) else None

    def resolve(
        self, row: StagedRow, column: str, label: str, kinds: frozenset[str] = frozenset()
    ) -> Department | None:
        """The body a cell names; unknown, ambiguous or of the wrong kind rejects the row. Nothing is created."""
        text = row.values.get(column)
        if text is None:
            return None
        found = self.candidates(text, kinds)
        if len(found) == 1:
            return found[0]
        if found:
            names = "、".join(describe(one) for one in found[:5])
            message = f"{label}「{text}」对应多个单位：{names}。请写全称或单位代码。"
            row.error("reference.ambiguous", column, message)
        elif self.candidates(text):
            kind = self.candidates(text)[0].get_kind_display()
            wanted = "、".join(str(DepartmentKind(one).label) for one in sorted(kinds))
            row.error("reference.unknown", column, f"{label}「{text}」是{kind}，不是{wanted}。请核对单位名称。")
        else:
            row.error("reference.unknown", column, f"责任单位目录中没有「{text}」。{self.suggest(text)}")
        return None

    def suggest(self, text: str) -> str:
        """What the writer may have meant, and what to do."""
        if text not in self._suggested:
            near = nearest(text, self.by_key, 2)
            names = list(dict.fromkeys(self.by_pk[self.by_key[key][0]].name for key in near))
            hint = f"是否应为「{'」或「'.join(names)}」？" if names else ""
            self._suggested[text] = f"{hint}请在「对照名称」中指定，或改用目录中的名称；没有的先导入该单位。"
        return self._suggested[text]


def missing_names(wanted: Iterable[tuple[str, str]], known: set[str], own_key: str) -> list[tuple[str, str, str]]:
    """``(name, key, kind)`` of dated names to add: neither known nor the record's own name."""
    fresh = []
    for name, kind in wanted:
        key = name_key(name)
        if key and key != own_key and key not in known:
            known.add(key)
            fresh.append((name, key, kind))
    return fresh


class DepartmentResource(ImportResource):
    """Everybody who answers for associations (kind ``departments``)."""

    kind: ClassVar[str] = "departments"
    label: ClassVar[str] = "责任单位"
    load_order: ClassVar[int] = 10
    main: ClassVar[str] = "department"
    export_order: ClassVar[Sequence[str]] = ("pk",)
    export_related: ClassVar[Sequence[str]] = ("region", "parent", "hosted_by")
    has_rows_of_itself: ClassVar[bool] = True
    references: ClassVar[Mapping[str, ReferenceDomain]] = {
        "parent": DEPARTMENTS,
        "hosted_by": DEPARTMENTS,
        "region": REGIONS,
    }

    name = Column(
        "名称",
        NameParser(),
        required=True,
        key=1,
        synonyms=["单位名称", "部门名称", "责任单位", "单位", "部门", "党委名称", "机构名称", "单位全称"],
        export="name",
    )
    department_kind = Column(
        "类别",
        ChoiceParser(DepartmentKind.choices, DEPARTMENT_KIND_SYNONYMS),
        code="kind",
        attribute="kind",
        synonyms=["单位类别", "单位类型", "类型", "性质", "单位性质"],
    )
    code = Column(
        "代码", TextParser(40), attribute="code", synonyms=["单位代码", "部门代码", "机构代码"], hint="没有可不填"
    )
    aliases = Column(
        "别名/曾用名",
        NamesParser(),
        synonyms=["别名", "曾用名", "简称", "又名", "原名称", "单位简称"],
        hint="多个用顿号分开",
    )
    level = Column(
        "层级",
        ChoiceParser(RegistrationLevel.choices, LEVEL_SYNONYMS),
        attribute="level",
        synonyms=["级别", "单位层级", "行政级别"],
    )
    region = Column(
        "地域", TextParser(60), synonyms=["所在地域", "行政区划", "所属地区", "市州", "地区"], export="region.name"
    )
    parent = Column(
        "上级", NameParser(), synonyms=["上级单位", "上级部门", "上级党委", "上级机构"], export="parent.name"
    )
    hosted_by = Column("挂靠部门", NameParser(), synonyms=["挂靠单位", "依托单位", "依托部门"], export="hosted_by.name")

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"department": Department, "name": DepartmentName}

    def prepare(self) -> None:
        self.directory = Directory(self.run.effective_on, self.run.remembered.get(DEPARTMENTS.code))
        self.regions = Regions(self.run.remembered.get(REGIONS.code))
        self.parents = {pk: one.parent_id for pk, one in self.directory.by_pk.items()}

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if "name" in row.values:
            place = (row.values.get("region"), row.values.get("level"))
            yield "name", (name_key(row.values["name"]), *place)
        if "code" in row.values:
            yield "code", row.values["code"].casefold()

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.aliases_of: dict[int, set[str]] = {}
        for row in rows:
            region = self.regions.resolve(row, "region", "地域")
            if region is not None:
                row.main["region_id"] = region.pk
                row.values.setdefault("level", _level_of(region))
            name = row.values.get("name")
            if name is None:
                continue
            found = self.directory.candidates(name)
            if region is not None:
                found = [one for one in found if one.region_id == region.pk] or [
                    one for one in found if one.region_id is None and len(found) == 1
                ]
            if len(found) > 1 and "level" in row.values:
                found = [one for one in found if one.level == row.values["level"]]
            if len(found) > 1:
                names = "、".join(describe(one) for one in found[:5])
                row.error("reference.ambiguous", "name", f"名称「{name}」对应多个单位：{names}。请填写地域和层级。")
            elif found:
                one = found[0]
                row.pk, row.version = one.pk, one.version
                row.current = {field.attname: getattr(one, field.attname) for field in Department._meta.concrete_fields}
        pks = [row.pk for row in rows if row.pk]
        names = DepartmentName.objects.unscoped(MATCHING).filter(department__in=pks)
        for pk, key in names.values_list("department_id", "key"):
            self.aliases_of.setdefault(pk, set()).add(key)

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        scope = self.run.actor.scope
        if scope.kind != "region":
            return
        for row in rows:
            current = self.directory.by_pk.get(row.pk or 0)
            path = self._path(row, current)
            if path is None or not path.startswith(scope.path):
                row.error(
                    "scope.outside",
                    "region",
                    f"这个单位不在「{scope.label}」范围内，不能由本账号导入。请交由上级单位导入。",
                )

    def _path(self, row: StagedRow, current: Department | None) -> str | None:
        if current is not None:
            return current.region.path if current.region else None
        region = self.regions.known(row.values.get("region"))
        return region.path if region else None

    def plan(self, row: StagedRow) -> None:
        name = row.values.get("name")
        if name is not None and row.is_new:
            row.main |= {"name": name, "key": name_key(name)}
        for column, label in (("parent", "上级"), ("hosted_by", "挂靠部门")):
            self._refer(row, column, label)
        holder = self.directory.by_code.get(row.values.get("code", ""))
        if holder is not None and holder.pk != row.pk:
            text = f"代码「{row.values['code']}」已属于「{holder.name}」。请核对代码，或改填本单位自己的代码。"
            row.error("duplicate.conflict", "code", text)
        self._check_tree(row)
        own = name_key(name) if row.is_new and name else str((row.current or {}).get("key", ""))
        known = set(self.aliases_of.get(row.pk or 0, ()))
        wanted = [(alias, NameKind.ALIAS) for alias in row.values.get("aliases", ())]
        if name is not None and not row.is_new:
            wanted.append((name, NameKind.ALIAS))
        values, refs = row.owner("department_id")
        for text, key, kind in missing_names(wanted, known, own):
            row.insert("name", {**values, "name": text, "key": key, "kind": kind}, **refs)

    def _refer(self, row: StagedRow, column: str, label: str) -> None:
        """Another body of the directory, or a row of the same file."""
        text = row.values.get(column)
        if text is None:
            return
        target = self.index.rows_by_name.get(name_key(text))
        if not self.directory.candidates(text) and target is not None:
            if target == row.number:
                row.error("reference.cycle", column, f"{label}「{text}」就是本单位自己。请改为真正的{label}。")
            else:
                row.refs[f"{column}_id"] = target
            return
        department = self.directory.resolve(row, column, label)
        if department is not None:
            row.main[f"{column}_id"] = department.pk

    def _check_tree(self, row: StagedRow) -> None:
        """A body must not stand below itself, nor deeper than the tree goes."""
        name = row.values.get("name")
        if name is None or "parent" not in row.values or row.is_rejected:
            return
        key, seen = name_key(name), [name_key(name)]
        while (above := self._above(key)) is not None:
            if above in seen:
                text = f"上级「{row.values['parent']}」在本单位之下，形成循环。请核对两个单位的上级。"
                row.error("reference.cycle", "parent", text)
                return
            seen.append(above)
            key = above
        if len(seen) > DEPARTMENT_DEPTH:
            text = (
                f"上级「{row.values['parent']}」已在第 {len(seen) - 1} 层，"
                f"本系统最多 {DEPARTMENT_DEPTH} 层。请改挂较高一层。"
            )
            row.error("reference.depth", "parent", text)

    def _above(self, key: str) -> str | None:
        if key in self.index.parent_names:
            above = name_key(self.index.parent_names[key])
            known = self.directory.candidates(above)
            return known[0].key if len(known) == 1 else above
        found = self.directory.by_key.get(key, [])
        parent = self.parents.get(found[0]) if len(found) == 1 else None
        return self.directory.by_pk[parent].key if parent else None

    @classmethod
    def filterset(cls) -> Any:
        from associations.directory.filters import DepartmentFilter

        return DepartmentFilter

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        names = DepartmentName.objects.unscoped(MATCHING).filter(department__in=records)
        aliases: dict[int, list[str]] = {}
        for pk, name in names.order_by("pk").values_list("department_id", "name"):
            aliases.setdefault(pk, []).append(name)
        for one in records:
            yield {
                "aliases": "、".join(aliases.get(one.pk, [])),
                "kind": one.get_kind_display(),
                "level": one.get_level_display(),
            }


def _level_of(region: Region) -> str:
    return {"province": "province", "city": "city", "division": "city"}.get(region.level, "county")
