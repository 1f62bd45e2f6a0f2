"""Party organisations in spreadsheets, with the associations they cover and their place in the tree."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q

from associations.directory.references import DEPARTMENTS
from associations.directory.resources import Directory, missing_names
from associations.registry.enums import DepartmentKind, NameKind
from associations.registry.models import Association, AssociationName
from associations.registry.references import ASSOCIATIONS
from partybuilding.members import holders
from partybuilding.members.holders import Secretaries, SecretarySourceParser
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from partybuilding.organizations.full_lists import organizations_within
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization, PartyOrganizationName
from partybuilding.organizations.rules import initiator_problem
from partybuilding.organizations.services import dissolve_party_organization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.parsers import (
    ChoiceParser,
    DateParser,
    IntegerParser,
    NameParser,
    NamesParser,
    PersonNameParser,
    PhoneParser,
    TextParser,
    UsccsParser,
)
from portal.importing.references import ReferenceDomain
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.privacy.masks import mask_phone

DISSOLVE = "dissolve"
MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"
COMMITTEES = frozenset({DepartmentKind.PARTY_COMMITTEE.value, DepartmentKind.WORKING_COMMITTEE.value})
KIND_SYNONYMS = {
    "branch": ["支部", "支部委员会", "单独支部", "独立支部"],
    "general_branch": ["总支", "总支部", "党总支部"],
    "committee": ["委员会", "基层党委", "党委(党组)"],
    "joint_branch": ["联合支部", "联合党组织"],
    "functional_branch": ["功能型支部", "功能型党组织", "功能支部"],
    "temporary_branch": ["临时支部", "临时党组织"],
}
MODE_SYNONYMS = {
    "individual": ["单独", "独立组建", "单建", "单独建立"],
    "joint": ["联合", "联建", "联合建立"],
    "attached": ["挂靠", "依托组建"],
    "regional": ["区域", "属地组建", "区域联建"],
    "industry": ["行业", "行业联建"],
    "functional": ["功能型组建", "功能型党组织"],
    "temporary": ["临时组建"],
}
MODE_OF_KIND = {
    OrganizationKind.JOINT_BRANCH: EstablishmentMode.JOINT,
    OrganizationKind.FUNCTIONAL_BRANCH: EstablishmentMode.FUNCTIONAL,
    OrganizationKind.TEMPORARY_BRANCH: EstablishmentMode.TEMPORARY,
}
FIELDS = PartyOrganization._meta.concrete_fields


class PartyOrganizationResource(ImportResource):
    """Kind ``party_organizations``; key: normalised name, aliases too."""

    kind: ClassVar[str] = "party_organizations"
    label: ClassVar[str] = "党组织"
    load_order: ClassVar[int] = 30
    main: ClassVar[str] = "organization"
    page: ClassVar[str] = "partybuilding:organization"
    export_related: ClassVar[Sequence[str]] = ("parent", "committee")
    references: ClassVar[Mapping[str, ReferenceDomain]] = {"parent": DEPARTMENTS, "association_name": ASSOCIATIONS}
    has_rows_of_itself: ClassVar[bool] = True

    name = Column(
        "党组织名称",
        NameParser(),
        required=True,
        key=1,
        synonyms=["名称", "党组织全称", "支部名称", "党支部名称", "党组织", "党组织名称(全称)"],
        export="name",
    )
    aliases = Column(
        "简称/曾用名", NamesParser(), synonyms=["简称", "曾用名", "别名", "党组织简称"], hint="多个用顿号分开"
    )
    association_uscc = Column(
        "所在社会组织信用代码",
        UsccsParser(),
        synonyms=[
            "统一社会信用代码",
            "信用代码",
            "社会组织信用代码",
            "所在单位信用代码",
            "覆盖单位信用代码",
            "单位信用代码",
        ],
        hint="联合支部填多个，用顿号分开",
    )
    association_name = Column(
        "所在社会组织",
        NamesParser(),
        synonyms=[
            "所在社会组织名称",
            "社会组织名称",
            "所在单位",
            "所在协会",
            "覆盖单位",
            "协会名称",
            "单位名称",
            "覆盖社会组织",
            "联合单位",
        ],
        hint="联合支部填多个，用顿号分开",
    )
    organization_kind = Column(
        "类别",
        ChoiceParser(OrganizationKind.choices, KIND_SYNONYMS),
        code="kind",
        attribute="kind",
        required=True,
        synonyms=["党组织类别", "党组织类型", "组织类别", "类型", "组织建制", "党组织建制"],
    )
    establishment_mode = Column(
        "组建方式",
        ChoiceParser(EstablishmentMode.choices, MODE_SYNONYMS),
        attribute="establishment_mode",
        synonyms=["组建形式", "设置形式", "党组织设置形式", "建立方式"],
    )
    parent = Column(
        "上级党组织",
        NameParser(),
        synonyms=["上级党委", "隶属党组织", "所属党委", "上级", "所属综合(行业)党委", "隶属关系", "上级党组织名称"],
        export="parent.name",
    )
    established_on = Column(
        "成立日期",
        DateParser(),
        attribute="established_on",
        synonyms=["成立时间", "批准成立时间", "组建时间", "批复日期", "建立时间"],
    )
    approval_number = Column(
        "批复文号",
        TextParser(80),
        attribute="approval_number",
        synonyms=["批准文号", "审批文号", "文号", "成立批复文号"],
    )
    term_started_on = Column(
        "本届起始日期",
        DateParser(),
        attribute="term_started_on",
        synonyms=["换届时间", "换届日期", "本届开始日期", "最近换届时间"],
    )
    secretary = Column(
        "书记",
        PersonNameParser(),
        synonyms=["党组织书记", "书记姓名", "支部书记", "负责人", "书记/姓名", "党组织负责人"],
    )
    secretary_source = Column("书记来源", SecretarySourceParser(), synonyms=["书记来源情况", "书记产生方式"])
    full_member_count = Column(
        "正式党员数",
        IntegerParser(none_is_zero=True),
        attribute="full_member_count",
        is_total=True,
        synonyms=["正式党员", "党员数", "党员人数", "正式党员人数", "党员数/正式", "党员总数"],
    )
    probationary_member_count = Column(
        "预备党员数",
        IntegerParser(none_is_zero=True),
        attribute="probationary_member_count",
        is_total=True,
        synonyms=["预备党员", "预备党员人数", "党员数/预备"],
    )
    phone = Column(
        "联系电话",
        PhoneParser(),
        personal=True,
        mask=mask_phone,
        synonyms=["电话", "手机", "联系方式", "手机号码", "书记电话", "书记/电话"],
    )
    initiator = Column(
        "发起人单位",
        TextParser(200),
        attribute="initiator",
        synonyms=["发起单位", "发起人", "发起人(单位)", "组建发起单位", "牵头发起单位"],
        hint="社会组织的发起人单位，区域、行业联建时填写",
    )
    remark = Column("备注", TextParser(500), attribute="remark", synonyms=["说明", "备注说明"])

    def in_full_list(self, scope: str) -> Q:
        """Organisations of the scope that are not dissolved on the effective date."""
        day = self.run.effective_on
        still = Q(dissolved_on=None) | Q(dissolved_on__gt=day)
        return still & organizations_within(scope, actor=self.run.actor, on=day)

    @classmethod
    def absence_actions(cls) -> dict[str, str]:
        return {DISSOLVE: "登记撤销（自生效日期起）"}

    @classmethod
    def settle(cls, pk: int, action: str, *, remark: str, actor: Actor, on: dt.date, now: dt.datetime) -> None:
        """The basis is the approval of the superior Party committee."""
        organization = scoped(PartyOrganization, actor).get(pk=pk)
        dissolve_party_organization(
            organization,
            dissolved_on=on,
            approval_number=remark,
            reason="全量名单中没有",
            actor=actor,
            now=now,
            version=organization.version,
        )

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {
            "organization": PartyOrganization,
            "name": PartyOrganizationName,
            "covered": CoveredAssociation,
            **holders.TABLES,
        }

    def prepare(self) -> None:
        self.secretaries = Secretaries(self.run)
        self.directory = Directory(self.run.effective_on, self.run.remembered.get(DEPARTMENTS.code))
        self.known_organizations: dict[str, tuple[int, int | None]] = {}
        rows = PartyOrganization.objects.unscoped(MATCHING)
        for key, pk, committee in rows.values_list("key", "pk", "committee_id"):
            self.known_organizations[key] = (pk, committee)
        names = PartyOrganizationName.objects.unscoped(MATCHING)
        aliases = names.values_list("key", "organization_id", "organization__committee_id")
        self.alias_organizations: dict[str, set[tuple[int, int | None]]] = {}
        for key, pk, committee in aliases:
            self.alias_organizations.setdefault(key, set()).add((pk, committee))

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if "name" in row.values:
            yield "name", name_key(row.values["name"])

    def check(self, row: StagedRow) -> None:
        kind, mode = row.values.get("kind"), row.values.get("establishment_mode")
        if kind == OrganizationKind.JOINT_BRANCH and mode == EstablishmentMode.INDIVIDUAL:
            row.warn(
                "establishment_mode.unexpected",
                "establishment_mode",
                "联合党支部的组建方式填的是「单独组建」。请核对。",
            )

    # Matching -----------------------------------------------------------------------------------------------------

    def match(self, rows: Sequence[StagedRow]) -> None:
        wanted: dict[int, StagedRow] = {}
        for row in rows:
            name = row.values.get("name")
            found = self._organizations(name) if name is not None else []
            if len(found) > 1:
                text = f"党组织名称「{name}」对应 {len(found)} 个党组织的别名。请填写全称。"
                row.error("reference.ambiguous", "name", text)
            elif found:
                wanted[found[0][0]] = row
                row.pk = found[0][0]
        self.aliases_of: dict[int, set[str]] = {}
        self.covers: dict[int, set[int]] = {}
        for one in PartyOrganization.objects.unscoped(MATCHING).filter(pk__in=wanted):
            row = wanted[one.pk]
            row.version = one.version
            row.current = {field.attname: getattr(one, field.attname) for field in FIELDS}
        names = PartyOrganizationName.objects.unscoped(MATCHING).filter(organization__in=wanted)
        for pk, key in names.values_list("organization_id", "key"):
            self.aliases_of.setdefault(pk, set()).add(key)
        covers = CoveredAssociation.objects.unscoped(MATCHING).filter(organization__in=wanted, ends_on=None)
        for pk, association in covers.values_list("organization_id", "association_id"):
            self.covers.setdefault(pk, set()).add(association)
        phones = [row.current["phone_id"] for row in wanted.values() if row.current and row.current["phone_id"]]
        self.secretaries.load(list(wanted), phones)
        self._find_associations(rows)

    def _organizations(self, name: str) -> list[tuple[int, int | None]]:
        key = name_key(name)
        if key in self.known_organizations:
            return [self.known_organizations[key]]
        return sorted(self.alias_organizations.get(key, ()))

    def _find_associations(self, rows: Sequence[StagedRow]) -> None:
        """The associations that the rows of a chunk name, by code and by name: two or three queries."""
        codes = {code for row in rows for code in row.values.get("association_uscc", ())}
        keys = {name_key(name) for row in rows for name in row.values.get("association_name", ())}
        everyone = Association.objects.unscoped(MATCHING)
        self.by_code = {one.uscc: one for one in everyone.filter(uscc__in=codes)}
        self.by_name: dict[str, dict[int, Association]] = {}
        for one in everyone.filter(key__in=keys):
            self.by_name.setdefault(one.key, {})[one.pk] = one
        aliases = AssociationName.objects.unscoped(MATCHING).filter(key__in=keys).select_related("association")
        for alias in aliases:
            self.by_name.setdefault(alias.key, {}).setdefault(alias.association_id, alias.association)
        confirmed = {key: pk for key, pk in self.run.remembered.get(ASSOCIATIONS.code, {}).items() if key in keys}
        meant = everyone.in_bulk(confirmed.values())
        for key, pk in confirmed.items():
            if pk in meant and len(self.by_name.get(key, ())) != 1:
                self.by_name[key] = {pk: meant[pk]}
        named = {one.pk for one in self.by_code.values()} | {pk for found in self.by_name.values() for pk in found}
        reach = scoped(Association, self.run.actor).filter(pk__in=named)
        self.reachable = set(reach.values_list("pk", flat=True))

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """Existing organisations must be reached by the actor; what they cover is checked when it is resolved."""
        if self.run.actor.scope.kind == "province":
            return
        pks = [row.pk for row in rows if row.pk is not None]
        reachable = set(scoped(PartyOrganization, self.run.actor).filter(pk__in=pks).values_list("pk", flat=True))
        for row in rows:
            names_none = not row.values.get("association_uscc") and not row.values.get("association_name")
            if (row.pk is not None and row.pk not in reachable) or (row.pk is None and names_none):
                text = (
                    f"「{row.label}」不在「{self.run.actor.scope.label}」范围内，不能由本账号导入。"
                    "请填写范围内的所在社会组织，或交由上级导入。"
                )
                row.error("scope.outside", "name", text)

    # Planning -----------------------------------------------------------------------------------------------------

    def plan(self, row: StagedRow) -> None:
        name = row.values.get("name")
        if name is not None and row.is_new:
            row.main |= {"name": name, "key": name_key(name)}
        self._plan_parent(row)
        dissolved, founded = (row.current or {}).get("dissolved_on"), row.values.get("established_on")
        if dissolved is not None and founded is not None and founded > dissolved:
            text = f"成立日期 {founded} 晚于登记库中的撤销日期 {dissolved}。请核对两个日期。"
            row.error("date.conflict", "established_on", text)
        associations = self._associations(row)
        self._plan_mode(row, associations)
        self._check_initiator(row)
        self._plan_aliases(row, name)
        self.secretaries.plan(row)
        owner, refs = row.owner("organization_id")
        known = self.covers.get(row.pk or 0, set())
        first = row.values.get("established_on") or (self.run.effective_on if self.run.is_dated else None)
        first = first if row.is_new else self.run.effective_on
        for association in associations:
            if association.pk not in known:
                row.insert("covered", {**owner, "association_id": association.pk, "starts_on": first}, **refs)
        if row.is_new and "established_on" not in row.values and not row.is_rejected:
            text = "没有成立日期，各项统计按一直存在计算。如知道成立日期，请补填。"
            row.warn("established_on.missing", "established_on", text)

    def _plan_aliases(self, row: StagedRow, name: str | None) -> None:
        own = name_key(name) if row.is_new and name else str((row.current or {}).get("key", ""))
        wanted = [(alias, NameKind.ALIAS) for alias in row.values.get("aliases", ())]
        values, refs = row.owner("organization_id")
        for text, key, kind in missing_names(wanted, set(self.aliases_of.get(row.pk or 0, ())), own):
            row.insert("name", {**values, "name": text, "key": key, "kind": kind}, **refs)

    def _plan_mode(self, row: StagedRow, associations: Sequence[Association]) -> None:
        """A new organisation without a mode takes the one its kind implies, with a warning (R-073)."""
        kind = row.values.get("kind")
        if not row.is_new or kind is None or "establishment_mode" in row.values:
            return
        mode = MODE_OF_KIND.get(OrganizationKind(kind))
        mode = mode or (EstablishmentMode.JOINT if len(associations) > 1 else EstablishmentMode.INDIVIDUAL)
        row.main["establishment_mode"] = mode.value
        text = f"没有填组建方式，按类别和覆盖单位记为「{mode.label}」。如不符，请补填。"
        row.warn("establishment_mode.assumed", "establishment_mode", text)

    def _check_initiator(self, row: StagedRow) -> None:
        """As the page refuses it: a unit that initiated goes with joint and attached organisations only (P-16)."""
        known = row.current or {}
        mode = row.main.get("establishment_mode") or known.get("establishment_mode")
        initiator = row.values.get("initiator") or known.get("initiator", "")
        problem = initiator_problem(mode, initiator) if mode else ""
        if problem and {"initiator", "establishment_mode"} & row.values.keys():
            row.error("initiator.mode", "initiator" if "initiator" in row.values else "establishment_mode", problem)

    def _plan_parent(self, row: StagedRow) -> None:
        """A committee of the directory, another Party organisation, or a row of this file."""
        text = row.values.get("parent")
        if text is None:
            return
        committees = self.directory.candidates(text, COMMITTEES)
        organizations = self._organizations(text)
        target = self.index.rows_by_name.get(name_key(text))
        if len(committees) == 1:
            row.main["committee_id"] = committees[0].pk
        elif len(committees) > 1 or len(organizations) > 1:
            row.error("reference.ambiguous", "parent", f"上级党组织「{text}」有多个同名。请填写全称。")
        elif organizations:
            pk, committee = organizations[0]
            if pk == row.pk or self._is_below(text, row):
                row.error("reference.cycle", "parent", f"上级党组织「{text}」就是本组织或其下级。请核对。")
                return
            row.main["parent_id"] = pk
            if committee is not None:
                row.main["committee_id"] = committee
        elif target is not None and target != row.number:
            if self._is_below(text, row):
                row.error("reference.cycle", "parent", f"上级党组织「{text}」在本组织之下，形成循环。请核对。")
                return
            row.refs["parent_id"] = target
            committee = self._committee_in_file(text)
            if committee is not None:
                row.main["committee_id"] = committee
        elif target is not None:
            row.error("reference.cycle", "parent", f"上级党组织「{text}」就是本组织。请改为真正的上级。")
        else:
            known = self.directory.candidates(text)
            hint = (
                f"目录中的「{known[0].name}」是{known[0].get_kind_display()}，不是党委。"
                if known
                else self.directory.suggest(text)
            )
            row.error("reference.unknown", "parent", f"没有找到上级党组织「{text}」。{hint}")

    def _is_below(self, text: str, row: StagedRow) -> bool:
        """Whether following the parents named in this file from ``text`` upwards comes back to ``row``."""
        own, key, seen = name_key(row.values.get("name", "")), name_key(text), set()
        while key and key not in seen:
            if key == own:
                return True
            seen.add(key)
            key = name_key(self.index.parent_names.get(key, ""))
        return False

    def _committee_in_file(self, text: str) -> int | None:
        """The committee at the top of the chain of parents written in this file."""
        key, seen = name_key(text), set()
        while key and key not in seen:
            seen.add(key)
            above = self.index.parent_names.get(key, "")
            committees = self.directory.candidates(above, COMMITTEES) if above else []
            if len(committees) == 1:
                return committees[0].pk
            if above and (known := self._organizations(above)):
                return known[0][1]
            key = name_key(above)
        return None

    def _associations(self, row: StagedRow) -> list[Association]:
        """The covered associations: by code, else by name; where both are given they must agree."""
        by_code = [self._by_code(row, code) for code in row.values.get("association_uscc", ())]
        names = row.values.get("association_name", ())
        if by_code:
            found = [one for one in by_code if one is not None]
            self._compare_names(row, found, names)
        else:
            found = [one for one in (self._by_name(row, name) for name in names) if one is not None]
        for one in found:
            if one.pk not in self.reachable:
                column = "association_uscc" if by_code else "association_name"
                scope = self.run.actor.scope.label
                text = f"所在社会组织不在「{scope}」范围内，不能由本账号导入。请交由所在地区或省级导入。"
                row.error("scope.outside", column, text)
                break
        return list({one.pk: one for one in found}.values())

    def _by_code(self, row: StagedRow, code: str) -> Association | None:
        found = self.by_code.get(code)
        if found is None:
            text = f"登记库中没有信用代码为「{code}」的社会组织。请先导入该社会组织，或核对代码。"
            row.error("reference.unknown", "association_uscc", text)
        return found

    def _by_name(self, row: StagedRow, name: str) -> Association | None:
        found = list(self.by_name.get(name_key(name), {}).values())
        if len(found) == 1:
            return found[0]
        if found:
            text = f"所在社会组织「{name}」有 {len(found)} 家同名或曾用同名。请改填统一社会信用代码。"
            row.error("reference.ambiguous", "association_name", text)
        else:
            text = f"登记库中没有名为「{name}」的社会组织。请先导入该社会组织，或核对全称。"
            row.error("reference.unknown", "association_name", text)
        return None

    def _compare_names(self, row: StagedRow, found: Sequence[Association], names: Sequence[str]) -> None:
        """A name beside a code that belongs to nobody found by code is pointed out."""
        known = {one.pk for one in found}
        for name in names:
            named = set(self.by_name.get(name_key(name), {}))
            if found and not named & known:
                listed = "、".join(one.name for one in found if one.pk in self.reachable)
                text = f"所在社会组织名称「{name}」与信用代码对应的「{listed}」不一致，按信用代码处理。请核对。"
                row.warn("reference.disagrees", "association_name", text)

    @classmethod
    def filterset(cls) -> Any:
        from partybuilding.organizations.filters import OrganizationFilter

        return OrganizationFilter

    # Export -------------------------------------------------------------------------------------------------------

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        pks = [one.pk for one in records]
        aliases: dict[int, list[str]] = {}
        names = PartyOrganizationName.objects.unscoped(MATCHING).filter(organization__in=pks).order_by("pk")
        for pk, name in names.values_list("organization_id", "name"):
            aliases.setdefault(pk, []).append(name)
        covered: dict[int, list[tuple[str, str]]] = {}
        covers = CoveredAssociation.objects.unscoped(MATCHING).filter(organization__in=pks, ends_on=None)
        for pk, code, name in covers.order_by("pk").values_list(
            "organization_id", "association__uscc", "association__name"
        ):
            covered.setdefault(pk, []).append((code, name))
        secretaries = holders.for_export(pks)
        for one in records:
            parent = one.parent or one.committee
            yield {
                **secretaries.get(one.pk, {}),
                "aliases": "、".join(aliases.get(one.pk, [])),
                "association_uscc": "、".join(code for code, _ in covered.get(one.pk, [])),
                "association_name": "、".join(name for _, name in covered.get(one.pk, [])),
                "kind": one.get_kind_display(),
                "establishment_mode": one.get_establishment_mode_display(),
                "parent": parent.name if parent else None,
            }
