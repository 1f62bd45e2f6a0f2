"""Associations in spreadsheets: the register's main kind, with names, assignments, member counts and grades."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q
from django.urls import reverse

from associations.directory.references import DEPARTMENTS
from associations.directory.resources import Directory, Regions, missing_names
from associations.evaluation.models import Grade
from associations.evaluation.rules import Validity, validity
from associations.governance import holders
from associations.governance.holders import Holders, main_phones
from associations.registry.columns import AssociationColumns
from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    AssociationStatus,
    DepartmentKind,
    NameKind,
    RegistrationLevel,
    RegistrationMode,
    Source,
)
from associations.registry.exports import association_rows
from associations.registry.full_lists import associations_within
from associations.registry.models import Assignment, Association, AssociationName, PartyMemberCount
from associations.registry.services import change_association
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.identifiers import PREFIX_LABELS, level_hint
from portal.importing.normalise import name_key
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, StagedRow
from portal.regions.references import REGIONS
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import value

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"
PREFIX_KINDS = {
    "51": {AssociationKind.SOCIAL_GROUP},
    "52": {AssociationKind.SERVICE_INSTITUTION},
    "53": {AssociationKind.FOUNDATION},
    "59": {AssociationKind.OTHER, AssociationKind.SOCIAL_GROUP},
}
COMMITTEES = frozenset({DepartmentKind.PARTY_COMMITTEE.value, DepartmentKind.WORKING_COMMITTEE.value})
# 万元 for 元 makes ten thousand; what was rounded on the way still counts.
UNIT_STEP = 5_000
ROLES = {
    "supervising_unit": (AssignmentRole.SUPERVISING_UNIT, "业务主管单位", frozenset[str]()),
    "industry_regulator": (AssignmentRole.INDUSTRY_REGULATOR, "行业管理部门", frozenset[str]()),
    "party_committee": (AssignmentRole.PARTY_COMMITTEE, "所属综合(行业)党委", COMMITTEES),
}


class AssociationResource(AssociationColumns):
    """Kind ``associations``; keys: credit code, then normalised full name."""

    kind: ClassVar[str] = "associations"
    label: ClassVar[str] = "社会组织名录"
    load_order: ClassVar[int] = 20
    main: ClassVar[str] = "association"
    references: ClassVar[Mapping[str, ReferenceDomain]] = {**dict.fromkeys(ROLES, DEPARTMENTS), "region": REGIONS}

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {
            "association": Association,
            "name": AssociationName,
            "assignment": Assignment,
            "count": PartyMemberCount,
            "grade": Grade,
            **holders.TABLES,
        }

    # Checking -----------------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.directory = Directory(self.run.effective_on, self.run.remembered.get(DEPARTMENTS.code))
        self.regions = Regions(self.run.remembered.get(REGIONS.code))
        self.validities: dict[dt.date, Validity | None] = {}
        self.names: dict[int, set[str]] = {}
        self.assignments: dict[tuple[int, str], Assignment] = {}
        self.counts: dict[int, list[PartyMemberCount]] = {}
        self.grades: dict[int, list[Grade]] = {}
        self.holders = Holders(self.run)

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if "uscc" in row.values:
            yield "uscc", row.values["uscc"]
        elif "name" in row.values and "uscc" not in row.cells:
            yield "name", name_key(row.values["name"])

    def check(self, row: StagedRow) -> None:
        """R-002: kind against the code's first two characters (error), level against its region digits (warning)."""
        code, values = row.values.get("uscc"), row.values
        if code is not None:
            prefix = code[:2]
            fitting = PREFIX_KINDS.get(prefix)
            kind = values.get("kind")
            if fitting is None:
                what = PREFIX_LABELS.get(prefix, f"「{prefix}」开头的其他机构")
                text = f"统一社会信用代码「{code}」是{what}的代码，不是社会组织的。请对照登记证书重新填写 18 位代码。"
                row.error("uscc.kind", "uscc", text)
            elif kind is not None and kind not in fitting:
                label = AssociationKind(kind).label
                text = (
                    f"统一社会信用代码「{code}」以 {prefix} 开头，是{PREFIX_LABELS[prefix]}的代码，"
                    f"与社会组织类型「{label}」不符。请核对代码和类型。"
                )
                row.error("uscc.kind", "uscc", text)
            level = values.get("registration_level")
            hint = level_hint(code)
            if level is not None and level != hint:
                text = (
                    f"登记级别填的是「{RegistrationLevel(level).label}」，信用代码第 3 至 8 位 {code[2:8]} "
                    f"像是{RegistrationLevel(hint).label}登记。请核对；确属委托登记或区划调整的不用改。"
                )
                row.warn("uscc.level", "registration_level", text)
        staff, full_time = values.get("staff_count"), values.get("full_time_staff_count")
        if staff is not None and full_time is not None and full_time > staff:
            text = f"专职人员数 {full_time} 大于从业人员数 {staff}。请核对两个数。"
            row.warn("number.inconsistent", "full_time_staff_count", text)

    def match(self, rows: Sequence[StagedRow]) -> None:
        everyone = Association.objects.unscoped(MATCHING)
        codes = [row.values["uscc"] for row in rows if "uscc" in row.values]
        by_code = {one.uscc: one for one in everyone.filter(uscc__in=codes).select_related("region")}
        keys = {name_key(row.values["name"]): row for row in rows if "name" in row.values}
        by_key = self._by_name(keys)
        conflicts: list[tuple[StagedRow, Association]] = []
        for row in rows:
            code, name = row.values.get("uscc"), row.values.get("name")
            same_name = by_key.get(name_key(name), {}) if name is not None else {}
            if code is not None:
                found = by_code.get(code)
                own = [one for one in same_name.values() if one.key == name_key(name or "") and one.uscc != code]
                if found is None and own:
                    conflicts.append((row, own[0]))
            elif "uscc" in row.cells or name is None:
                found = None
            elif len(same_name) > 1:
                found = None
                listed = "、".join(f"{one.name}({one.uscc})" for one in same_name.values())
                text = f"名称「{name}」对应多个社会组织：{listed}。请补填统一社会信用代码。"
                row.error("reference.ambiguous", "name", text)
            else:
                found = next(iter(same_name.values()), None)
            if found is not None:
                row.pk, row.version = found.pk, found.version
                row.current = {field.attname: getattr(found, field.attname) for field in FIELDS}
        self._say_conflicts(conflicts)
        self._load_sides([row.pk for row in rows if row.pk is not None])

    def _by_name(self, keys: Iterable[str]) -> dict[str, dict[int, Association]]:
        """Associations by normalised name, former and short names too."""
        wanted = list(keys)
        found: dict[str, dict[int, Association]] = {}
        everyone = Association.objects.unscoped(MATCHING)
        for one in everyone.filter(key__in=wanted):
            found.setdefault(one.key, {})[one.pk] = one
        other = AssociationName.objects.unscoped(MATCHING).filter(key__in=wanted).select_related("association")
        for alias in other:
            found.setdefault(alias.key, {}).setdefault(alias.association_id, alias.association)
        return found

    def _say_conflicts(self, conflicts: Sequence[tuple[StagedRow, Association]]) -> None:
        """Another code under the same name; the message shows nothing of a record outside the actor's scope."""
        if not conflicts:
            return
        wanted = [other.pk for _, other in conflicts]
        reach = set(scoped(Association, self.run.actor).filter(pk__in=wanted).values_list("pk", flat=True))
        for row, other in conflicts:
            whose = f"登记库中的信用代码是 {other.uscc}" if other.pk in reach else "已由其他范围登记，信用代码不同"
            text = f"名称「{row.values['name']}」与登记库中的社会组织相同，但{whose}。请核对是改名、换码还是填错。"
            row.error("duplicate.conflict", "name", text)

    def _load_sides(self, pks: list[int]) -> None:
        """What hangs on the matched associations, one query a table."""
        self.names, self.assignments, self.counts, self.grades = {}, {}, {}, {}
        self.holders.load(pks)
        if not pks:
            return
        names = AssociationName.objects.unscoped(MATCHING).filter(association__in=pks)
        for pk, key in names.values_list("association_id", "key"):
            self.names.setdefault(pk, set()).add(key)
        rows = Assignment.objects.unscoped(MATCHING).filter(association__in=pks).order_by("starts_on", "pk")
        for one in sorted(rows, key=lambda one: (one.ends_on is None, one.starts_on or dt.date.min, one.pk)):
            self.assignments[one.association_id, one.role] = one
        for count in PartyMemberCount.objects.unscoped(MATCHING).filter(association__in=pks).order_by("counted_on"):
            self.counts.setdefault(count.association_id, []).append(count)
        for grade in Grade.objects.unscoped(MATCHING).filter(association__in=pks).order_by("announced_on"):
            self.grades.setdefault(grade.association_id, []).append(grade)

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """An office of a city or county may neither add nor change what lies outside its region (both ends)."""
        for row in rows:
            region = self.regions.resolve(row, "region", "登记地")
            if region is not None:
                row.main["region_id"] = region.pk
        scope = self.run.actor.scope
        if scope.kind == "province":
            return
        pks = [row.pk for row in rows if row.pk is not None]
        reachable = set(scoped(Association, self.run.actor).filter(pk__in=pks).values_list("pk", flat=True))
        for row in rows:
            region = self.regions.known(row.values.get("region"))
            inside = region is None or region.path.startswith(scope.path)
            if (row.pk is not None and row.pk not in reachable) or not inside:
                column = "region" if "region" in row.cells and not inside else "uscc" if "uscc" in row.cells else "name"
                text = f"「{row.label}」不在「{scope.label}」范围内，不能由本账号导入。请交由所在地区或省级导入。"
                row.error("scope.outside", column, text)

    def side_changes(self, row: StagedRow) -> dict[str, tuple[str, str]]:
        """Who answers and who holds a post: another one than today's."""
        changed = self.holders.changes(row)
        for column, (role, _label, kinds) in ROLES.items():
            current = self.assignments.get((row.pk or 0, role))
            if column not in row.values:
                continue
            if current is None or current.ends_on is not None:
                changed[column] = ("", row.values[column])
                continue
            found = self.directory.candidates(row.values[column], kinds)
            if len(found) == 1 and found[0].pk != current.department_id:
                changed[column] = (self.directory.by_pk[current.department_id].name, found[0].name)
                if role == AssignmentRole.INDUSTRY_REGULATOR:
                    # Another body's office: kept together, or written together.
                    texts = {"responsible_office": current.office, "responsible_officer": current.officer}
                    changed |= {code: (text, row.values[code]) for code, text in texts.items() if code in row.values}
        return changed

    # Planning -----------------------------------------------------------------------------------------------------

    def plan(self, row: StagedRow) -> None:
        if row.current is not None and "name" not in row.values:
            row.label = row.current["name"]
        self._plan_names(row)
        self._plan_status(row)
        office, officer = row.values.get("responsible_office"), row.values.get("responsible_officer")
        for column, (role, label, kinds) in ROLES.items():
            department = self.directory.resolve(row, column, label, kinds)
            is_regulator = role == AssignmentRole.INDUSTRY_REGULATOR
            if department is not None or (is_regulator and column not in row.values and (office or officer)):
                self._plan_assignment(
                    row,
                    column,
                    role,
                    department.pk if department else None,
                    office if is_regulator else None,
                    officer if is_regulator else None,
                )
        mode = row.values.get("registration_mode")
        if mode in (RegistrationMode.DIRECT, RegistrationMode.DECOUPLED) and "supervising_unit" in row.values:
            label = RegistrationMode(mode).label
            text = (
                f"管理方式是「{label}」，按规定没有业务主管单位，"
                f"现在填的是「{row.values['supervising_unit']}」。请核对。"
            )
            row.warn("supervising_unit.unexpected", "supervising_unit", text)
        if row.is_new and "established_on" not in row.values and not row.is_rejected:
            text = "没有成立日期，各项统计按一直存在计算。如知道成立日期，请补填。"
            row.warn("established_on.missing", "established_on", text)
        self.holders.plan(row)
        self._check_fund(row)
        self._plan_counts(row)
        self._plan_grade(row)

    @staticmethod
    def _check_fund(row: StagedRow) -> None:
        """Ten thousand times more or less than before is the other unit, not another amount."""
        now, before = row.values.get("registered_fund"), (row.current or {}).get("registered_fund")
        if now and before and (now >= before * UNIT_STEP or before >= now * UNIT_STEP):
            text = f"注册资金折合 {now:,.2f} 元，登记库中是 {before:,.2f} 元，相差万倍上下。请核对单位是元还是万元。"
            row.warn("number.magnitude", "registered_fund", text)

    def _plan_names(self, row: StagedRow) -> None:
        values = row.values
        name = values.get("name")
        current_key = (row.current or {}).get("key")
        wanted = []
        if name is not None and name_key(name) != current_key:
            row.main |= {"name": name, "key": name_key(name)}
            if row.current is not None:
                text = (
                    f"登记库中的名称是「{row.current['name']}」，将改为「{name}」，原名称记为曾用名。请核对是否改名。"
                )
                row.warn("name.changed", "name", text)
                wanted.append((row.current["name"], NameKind.FORMER))
        wanted += [(values["short_name"], NameKind.SHORT)] if "short_name" in values else []
        wanted += [(values["former_name"], NameKind.FORMER)] if "former_name" in values else []
        owner, refs = row.owner("association_id")
        own_key = row.main.get("key", current_key or "")
        for text, key, kind in missing_names(wanted, set(self.names.get(row.pk or 0, ())), own_key):
            ended = self.run.effective_on - dt.timedelta(days=1)
            dates = (
                {"ends_on": ended} if kind == NameKind.FORMER and row.current and text == row.current["name"] else {}
            )
            row.insert("name", {**owner, **dates, "name": text, "key": key, "kind": str(kind)}, **refs)

    def _plan_status(self, row: StagedRow) -> None:
        """A changed status holds from the effective date."""
        status = row.values.get("status")
        if status is not None and row.current is not None and status != row.current["status"]:
            row.main["status_on"] = self.run.effective_on

    def _plan_assignment(
        self,
        row: StagedRow,
        column: str,
        role: AssignmentRole,
        department: int | None,
        office: str | None,
        officer: str | None,
    ) -> None:
        """Same body, office and officer: nothing. Else the old assignment ends the day before the effective date and
        a new one begins; one that begins on that very day is corrected in place.
        """
        start = self.run.effective_on
        current = self.assignments.get((row.pk or 0, role))
        if current is None or current.ends_on is not None:
            if department is None:
                text = "没有行业管理部门，责任处室和责任人没有地方登记，未写入。请同时填写行业管理部门。"
                row.warn("responsible_office.no_regulator", "responsible_office", text)
                return
            if current is not None and current.ends_on is not None and current.ends_on >= start:
                self._too_early(row, column, f"前一责任关系到 {current.ends_on} 才终止")
                return
            first_day = start if self.run.is_dated or current is not None else None
            self._open(row, role, department, office or "", officer or "", first_day)
            return
        after: dict[str, Any] = {}
        if department is not None and department != current.department_id:
            after = {"department_id": department, "office": office or "", "officer": officer or ""}
        else:
            after |= {"office": office} if office is not None and office != current.office else {}
            after |= {"officer": officer} if officer is not None and officer != current.officer else {}
        if not after:
            return
        if current.starts_on == start:
            row.update("assignment", current.pk, before={name: getattr(current, name) for name in after}, after=after)
        elif current.starts_on is not None and current.starts_on > start:
            self._too_early(row, column, f"登记库中的责任关系自 {current.starts_on} 起")
        else:
            last = start - dt.timedelta(days=1)
            row.update("assignment", current.pk, before={"ends_on": None}, after={"ends_on": last})
            body = after.get("department_id", current.department_id)
            holder = after.get("office", current.office), after.get("officer", current.officer)
            self._open(row, role, body, *holder, start)

    def _open(
        self, row: StagedRow, role: AssignmentRole, department: int, office: str, officer: str, first: dt.date | None
    ) -> None:
        values, refs = row.owner("association_id")
        values |= {"role": role.value, "department_id": department, "office": office, "officer": officer}
        row.insert("assignment", values | {"starts_on": first, "source": Source.IMPORT.value}, **refs)

    def _too_early(self, row: StagedRow, column: str, why: str) -> None:
        column = column if column in row.cells else "responsible_office"
        text = f"{why}，晚于本批生效日期 {self.run.effective_on}。请把本批的生效日期改为更晚的一天。"
        row.error("date.conflict", column, text)

    def _plan_counts(self, row: StagedRow) -> None:
        """Reported Party member counts on their day; without a day the effective date, unless nothing changed."""
        given = {
            "relation_count": row.values.get("party_full_member_count"),
            "working_count": row.values.get("party_working_member_count"),
        }
        given = {name: count for name, count in given.items() if count is not None}
        if not given:
            return
        day = row.values.get("party_counts_on")
        known = self.counts.get(row.pk or 0, [])
        if day is None and known and all(getattr(known[-1], name) == count for name, count in given.items()):
            return
        day = day or self.run.effective_on
        same_day = next((count for count in known if count.counted_on == day), None)
        if same_day is not None:
            after = {name: count for name, count in given.items() if getattr(same_day, name) != count}
            if after:
                before = {name: getattr(same_day, name) for name in after}
                row.update("count", same_day.pk, before=before, after=after)
            return
        values, refs = row.owner("association_id")
        origin = {"source": Source.IMPORT.value, "recorded_by_id": self.run.actor.user_id}
        row.insert("count", {**values, **given, **origin, "counted_on": day}, **refs)

    def _plan_grade(self, row: StagedRow) -> None:
        """A grade needs the day it was announced: its validity follows from that day (R-020)."""
        level, announced = row.values.get("evaluation_grade"), row.values.get("grade_announced_on")
        if level is None:
            return
        known = self.grades.get(row.pk or 0, [])
        if announced is None:
            if not (known and known[-1].level == level):
                text = f"有评估等级「{level}」，没有等级公告日期，无法推算有效期，等级没有写入。请补填等级公告日期。"
                row.warn("grade.no_date", "evaluation_grade", text)
            return
        valid = self._validity(announced)
        if valid is None:
            text = f"等级公告日期 {announced} 没有可适用的评估办法，无法推算有效期，等级没有写入。请核对日期。"
            row.warn("grade.no_regime", "grade_announced_on", text)
            return
        after = {"level": level, "starts_on": valid.starts_on, "ends_on": valid.ends_on}
        same_day = next((grade for grade in known if grade.announced_on == announced), None)
        if same_day is not None:
            if same_day.level != level:
                row.update("grade", same_day.pk, before={"level": same_day.level}, after={"level": level})
            return
        values, refs = row.owner("association_id")
        row.insert("grade", {**values, **after, "announced_on": announced, "source": Source.IMPORT.value}, **refs)

    def _validity(self, announced: dt.date) -> Validity | None:
        if announced not in self.validities:
            try:
                regime = str(value("evaluation.regime", on=announced))
                years = int(value("evaluation.validity_years", on=announced))
                self.validities[announced] = validity(announced, regime=regime, years=years)
            except ConfigurationError:
                self.validities[announced] = None
        return self.validities[announced]

    def derive(self, row: StagedRow) -> None:
        """The search key holds the keys of every name, and the code."""
        current = row.current or {}
        added = [change.after["key"] for change in row.changes if change.table == "name"]
        if row.is_rejected or not (row.is_new or added or "key" in row.main):
            return
        code = row.main.get("uscc", current.get("uscc", "")).casefold()
        known = [key for key in current.get("search_key", "").split() if key != code]
        own = row.main.get("key", current.get("key", ""))
        row.main["search_key"] = " ".join([*dict.fromkeys([own, *known, *added]), code])

    # Full lists and export ----------------------------------------------------------------------------------------

    def in_full_list(self, scope: str) -> Q:
        """Active associations of the scope on the effective date."""
        within = associations_within(scope, actor=self.run.actor, on=self.run.effective_on)
        return Q(status=AssociationStatus.ACTIVE) & within

    @classmethod
    def absence_actions(cls) -> dict[str, str]:
        """What the list's silence may mean."""
        states = (AssociationStatus.DEREGISTERED, AssociationStatus.REVOKED, AssociationStatus.SUSPENDED)
        return {str(state): f"状态改为「{state.label}」" for state in states}

    @classmethod
    def shown_absences(cls, pks: Sequence[int], actor: Actor) -> dict[int, tuple[str, str]]:
        found = scoped(Association, actor).filter(pk__in=pks).values_list("pk", "uscc")
        return {pk: (reverse("associations:association", args=[pk]), code) for pk, code in found}

    @classmethod
    def settle(cls, pk: int, action: str, *, remark: str, actor: Actor, on: dt.date, now: dt.datetime) -> None:
        association = scoped(Association, actor).get(pk=pk)
        change_association(association, actor=actor, now=now, version=association.version, status=action, status_on=on)

    @classmethod
    def filterset(cls) -> Any:
        from associations.registry.filters import AssociationFilter

        return AssociationFilter

    @classmethod
    def keyed_rows(cls, queryset: Any, on: dt.date) -> Iterator[tuple[Any, list[Any]]]:
        """What the same file would import back: today's names, assignments, latest counts and grade."""
        return association_rows(queryset, {column.code: column.export_path for column in cls.columns()}, on)

    @classmethod
    def number_columns(cls) -> list[Column]:
        return [column for column in cls.columns() if column.code == "phone"]

    @classmethod
    def number_holders(cls, keys: Sequence[Any], code: str) -> Mapping[Any, Model]:
        """The telephone of an association is its main contact's."""
        return main_phones(keys)


FIELDS = Association._meta.concrete_fields
