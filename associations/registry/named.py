"""Rows that name an association by code or name, whatever else they tell of it."""

from collections.abc import Sequence
from typing import Any

from associations.registry.models import Association, AssociationName
from associations.registry.references import ASSOCIATIONS
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.resources import RunContext, StagedRow

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"


class NamesAssociations:
    """For a resource with the columns `association_uscc` and `association_name`."""

    run: RunContext
    found: dict[int, Association]

    def find_associations(self, rows: Sequence[StagedRow]) -> None:
        """Set `found`: the association of each row; a row that names none, or several, is rejected."""
        self.found = {}
        codes = {row.values["association_uscc"] for row in rows if "association_uscc" in row.values}
        keys = {name_key(row.values["association_name"]) for row in rows if "association_name" in row.values}
        every = Association.objects.unscoped(MATCHING)
        by_code = {one.uscc: one for one in every.filter(uscc__in=codes)}
        by_key: dict[str, dict[int, Association]] = {}
        for one in every.filter(key__in=keys):
            by_key.setdefault(one.key, {})[one.pk] = one
        other = AssociationName.objects.unscoped(MATCHING).filter(key__in=keys).select_related("association")
        for name in other:
            by_key.setdefault(name.key, {})[name.association_id] = name.association
        confirmed = {key: pk for key, pk in self.run.remembered.get(ASSOCIATIONS.code, {}).items() if key in keys}
        meant = every.in_bulk(confirmed.values())
        for key, pk in confirmed.items():
            if pk in meant and len(by_key.get(key, ())) != 1:
                by_key[key] = {pk: meant[pk]}
        for row in rows:
            self._find_one(row, by_code, by_key)

    def _find_one(
        self, row: StagedRow, by_code: dict[str, Association], by_key: dict[str, dict[int, Association]]
    ) -> None:
        code, name = row.values.get("association_uscc"), row.values.get("association_name")
        if code is None and name is None:
            row.error("required", "association_uscc", "没有写是哪一家社会组织。请填写统一社会信用代码或名称。")
            return
        if code is not None:
            found = by_code.get(code)
            if found is None:
                text = f"名录中没有统一社会信用代码为「{code}」的社会组织。请核对代码，或先导入社会组织名录。"
                row.error("reference.unknown", "association_uscc", text)
                return
            if name is not None and found.pk not in by_key.get(name_key(name), {}):
                text = f"名称「{name}」与名录中该代码的名称「{found.name}」不同，按代码登记。请核对是否为同一家。"
                row.warn("name.differs", "association_name", text)
            self.found[row.number] = found
            return
        several = list(by_key.get(name_key(str(name)), {}).values())
        if len(several) == 1:
            self.found[row.number] = several[0]
        elif several:
            listed = "、".join(f"{one.name}({one.uscc})" for one in several[:5])
            row.error("reference.ambiguous", "association_name", f"名称「{name}」对应多家：{listed}。请填写代码。")
        else:
            text = f"名录中没有「{name}」。请核对名称，改填统一社会信用代码，或先导入社会组织名录。"
            row.error("reference.unknown", "association_name", text)

    def refuse_outside(self, rows: Sequence[StagedRow]) -> None:
        """Reject what lies outside the actor's scope."""
        actor: Any = self.run.actor
        pks = {one.pk for one in self.found.values()}
        mine = set(scoped(Association, actor).filter(pk__in=pks).values_list("pk", flat=True))
        for row in rows:
            association = self.found.get(row.number)
            if association is not None and association.pk not in mine:
                column = "association_uscc" if "association_uscc" in row.values else "association_name"
                text = f"这家社会组织不在「{actor.scope.label}」范围内，不能由本账号导入。请交由上级单位导入。"
                row.error("scope.outside", column, text)
