"""群团组织 in spreadsheets: found by association and kind, because an association has one of a kind at a time."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.db.models import Model

from associations.governance import references as owning
from associations.governance.references import MATCHING, owner_key
from associations.governance.resources import AssociationRows
from associations.registry.models import Association
from associations.registry.services import refuse_ended
from partybuilding.organizations.enums import GroupKind
from partybuilding.organizations.group_services import end_group, overlap, refuse_before
from partybuilding.organizations.models import GroupOrganization
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.parsers import ChoiceParser, DateParser, NameParser
from portal.importing.resources import Column, StagedRow

KIND_SYNONYMS: dict[str, tuple[str, ...]] = {
    GroupKind.UNION: ("工会组织", "工会委员会", "基层工会", "工会小组", "联合工会"),
    GroupKind.YOUTH_LEAGUE: ("共青团", "团组织", "团支部", "团总支", "团委", "共青团支部"),
    GroupKind.WOMEN: ("妇联", "妇委会", "妇女组织", "妇女委员会", "妇女联合会", "妇女小组", "妇工委"),
}


class GroupOrganizationResource(AssociationRows):
    """Kind ``group_organizations``: 工会, 共青团, 妇联 of associations, as their superiors approved them (R-077)."""

    kind: ClassVar[str] = "group_organizations"
    label: ClassVar[str] = "群团组织"
    load_order: ClassVar[int] = 65
    main: ClassVar[str] = "group_organization"
    end_label: ClassVar[str] = "登记撤销（截至生效日期前一天）"
    absence_label: ClassVar[Sequence[str]] = ("association__name", "name")
    export_order: ClassVar[Sequence[str]] = ("association__name", "kind", "pk")
    export_related: ClassVar[Sequence[str]] = ("association",)

    association_uscc = owning.code_column()
    association_name = owning.name_column()
    group_kind = Column(
        "群团类别",
        ChoiceParser(GroupKind.choices, KIND_SYNONYMS),
        code="kind",
        attribute="kind",
        key=2,
        required=True,
        synonyms=["类别", "群团组织类别", "群团组织类型", "群团类型", "组织类别"],
    )
    name = Column(
        "群团组织名称",
        NameParser(),
        attribute="name",
        required=True,
        synonyms=["名称", "群团名称", "组织名称", "群团组织全称"],
    )
    starts_on = Column(
        "成立日期",
        DateParser(),
        attribute="starts_on",
        synonyms=["成立时间", "批准日期", "批复日期", "建立时间", "组建时间"],
    )
    ends_on = Column(
        "撤销日期",
        DateParser(),
        attribute="ends_on",
        synonyms=["撤销时间", "终止日期", "终止时间"],
        hint="存在的最后一天；仍存在的不填",
    )

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"group_organization": GroupOrganization}

    def check(self, row: StagedRow) -> None:
        first, last = row.values.get("starts_on"), row.values.get("ends_on")
        if first is not None and last is not None and last < first:
            row.error("date.conflict", "ends_on", f"撤销日期 {last} 早于成立日期 {first}。请核对两个日期。")

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if (owner := owner_key(row)) and "kind" in row.values:
            yield "kind", (owner, row.values["kind"], row.values.get("ends_on"))

    def match(self, rows: Sequence[StagedRow]) -> None:
        self.associations.load(rows)
        owners = self.owners(rows)
        found = GroupOrganization.objects.unscoped(MATCHING).filter(association__in=owners)
        self.held: dict[tuple[int, str], list[GroupOrganization]] = {}
        for one in found.order_by("pk"):
            self.held.setdefault((one.association_id, one.kind), []).append(one)
        # The day of registration and the state decide whether there can be a group.
        self.registered = Association.objects.unscoped(MATCHING).in_bulk(owners)
        self.ending: dict[int, dt.date] = {}
        # Ends first: a successor in the same file is another group.
        for row in sorted(rows, key=lambda row: "ends_on" not in row.values):
            owner = self.associations.owner(row)
            if owner is not None and "kind" in row.values and not row.is_rejected:
                one = self._known(row, self.held.get((owner.pk, row.values["kind"]), ()))
                if one is not None:
                    row.pk = one.pk
                    row.current = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
                    if one.ends_on is None and "ends_on" in row.values:
                        self.ending[one.pk] = row.values["ends_on"]

    def _known(self, row: StagedRow, held: Sequence[GroupOrganization]) -> GroupOrganization | None:
        """The one that exists, unless the row tells of an earlier or a later one; else an ended one of that name."""
        first, last = row.values.get("starts_on"), row.values.get("ends_on")
        for one in held:
            is_earlier = last is not None and one.starts_on is not None and last < one.starts_on
            is_later = first is not None and one.pk in self.ending and first > self.ending[one.pk]
            if one.ends_on is None and not is_earlier and not is_later:
                return one
        key = name_key(row.values.get("name", ""))
        return next((one for one in held if one.ends_on is not None and name_key(one.name) == key), None)

    def plan(self, row: StagedRow) -> None:
        owner = self.associations.owner(row)
        if owner is None or "kind" not in row.values:
            return
        self.begin(row)
        name = row.values.get("name") or (row.current or {}).get("name", "")
        row.label = f"{owner.name} {name}"[:200]
        current = row.current or {}
        first = row.main.get("starts_on", current.get("starts_on"))
        last = row.main.get("ends_on", current.get("ends_on"))
        self._refuse(row, self.registered[owner.pk], first, last)
        if row.is_new and first is None and not row.is_rejected:
            text = "没有成立日期，工作覆盖按一直存在计算。如知道成立日期，请补填。"
            row.warn("starts_on.missing", "starts_on", text)
        elif "name" in row.values and current and name_key(name) != name_key(current["name"]):
            text = (
                f"名称将由「{current['name']}」改为「{name}」。请核对是否改名；"
                "原组织已撤销、另行成立的，请先填报原组织的撤销日期。"
            )
            row.warn("name.changed", "name", text)

    def _refuse(self, row: StagedRow, association: Association, first: dt.date | None, last: dt.date | None) -> None:
        """What the page of an association refuses too."""
        try:
            if row.is_new and first is not None:
                refuse_ended(association, first)
            refuse_before(association, first)
        except Refused as refused:
            row.error("date.conflict", "starts_on" if "starts_on" in row.values else "kind", refused.reason)
            return
        for other in self.held.get((association.pk, row.values["kind"]), ()):
            until = other.ends_on or self.ending.get(other.pk)
            if other.pk != row.pk and overlap((first, last), (other.starts_on, until)):
                text = (
                    f"与已登记的「{other.name}」（{other.starts_on or '以前'} 至 {until or '今'}）时间重叠，"
                    "同一类群团组织一个时期只有一个。请核对成立日期和撤销日期。"
                )
                row.error("date.conflict", "starts_on", text)
                return

    @classmethod
    def settle(cls, pk: int, action: str, *, remark: str, actor: Actor, on: dt.date, now: dt.datetime) -> None:
        """The last day is the day before the list's."""
        row = scoped(GroupOrganization, actor).select_related("association").get(pk=pk)
        end_group(row, ends_on=on - dt.timedelta(days=1), actor=actor, now=now)

    end: ClassVar[Callable[..., Any]] = staticmethod(end_group)

    @classmethod
    def export_sides(cls, records: Sequence[Any], on: dt.date) -> Iterator[dict[str, Any]]:
        for one in records:
            yield {
                "association_uscc": one.association.uscc,
                "association_name": one.association.name,
                "kind": one.get_kind_display(),
            }
