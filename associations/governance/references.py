"""The association that a row of officers, contacts or member units belongs to: by credit code, else by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from associations.registry.models import Association, AssociationName
from associations.registry.references import ASSOCIATIONS
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.parsers import NameParser, Parser, UsccParser
from portal.importing.resources import Column, RunContext, StagedRow

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"
CODE, NAME = "association_uscc", "association_name"


PLAIN_CODES = ("统一社会信用代码", "信用代码", "单位信用代码")


def code_column(parser: Parser | None = None, synonyms: Sequence[str] = PLAIN_CODES) -> Column:
    return Column(
        "社会组织信用代码",
        parser or UsccParser(),
        key=0 if parser else 1,
        synonyms=["所在社会组织信用代码", "协会信用代码", "社会组织统一社会信用代码", *synonyms],
        hint="18 位；与社会组织名称至少填一项",
    )


def name_column(parser: Parser | None = None, synonyms: Sequence[str] = ("单位名称",)) -> Column:
    return Column(
        "社会组织名称",
        parser or NameParser(),
        synonyms=["社会组织", "协会名称", "商会名称", "所在社会组织", "所在协会", "协会(商会)名称", *synonyms],
        hint="与社会组织信用代码至少填一项",
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What an import needs to know of an association."""

    pk: int
    uscc: str
    key: str
    name: str


class Associations:
    """References of a run: `load` a chunk (four queries), then `resolve` a row; `owner` is what was found."""

    def __init__(self, run: RunContext, *, is_required: bool = True) -> None:
        self._actor, self._is_required = run.actor, is_required
        # Names that a person has once said the meaning of, for this sender.
        self._confirmed = run.remembered.get(ASSOCIATIONS.code, {})
        self._by_pk: dict[int, Found] = {}
        self._by_code: dict[str, Found] = {}
        self._by_name: dict[str, dict[int, Found]] = {}
        self._owners: dict[int, list[Found]] = {}
        self.reachable: set[int] = set()

    def load(self, rows: Sequence[StagedRow]) -> None:
        """Find the associations of a chunk, and say what is wrong with the others."""
        codes = {code for row in rows for code in _texts(row.values.get(CODE))}
        keys = {name_key(name) for row in rows for name in _texts(row.values.get(NAME))}
        everyone = Association.objects.unscoped(MATCHING)
        columns = ("pk", "uscc", "key", "name")
        self._by_code = {
            uscc: Found(pk, uscc, key, name)
            for pk, uscc, key, name in everyone.filter(uscc__in=codes).values_list(*columns)
        }
        self._by_name = {}
        for found in everyone.filter(key__in=keys).values_list(*columns):
            self._by_name.setdefault(found[2], {})[found[0]] = Found(*found)
        aliases = AssociationName.objects.unscoped(MATCHING).filter(key__in=keys)
        linked = (f"association__{column}" for column in columns)
        for alias, *values in aliases.values_list("key", *linked):
            self._by_name.setdefault(alias, {}).setdefault(values[0], Found(*values))
        confirmed = {pk for key, pk in self._confirmed.items() if key in keys}
        self._by_pk = {found[0]: Found(*found) for found in everyone.filter(pk__in=confirmed).values_list(*columns)}
        self._owners = {}
        for row in rows:
            found = self._resolve(row)
            if found:
                self._owners[row.number] = found
        wanted = {one.pk for found in self._owners.values() for one in found}
        reach = scoped(Association, self._actor).filter(pk__in=wanted)
        self.reachable = set(reach.values_list("pk", flat=True)) if wanted else set()

    def owner(self, row: StagedRow) -> Found | None:
        """The association of a row, None when the row is rejected for it."""
        return next(iter(self._owners.get(row.number, ())), None)

    def owners(self, row: StagedRow) -> list[Found]:
        """The associations of a row that may name several."""
        return self._owners.get(row.number, [])

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """Reject rows of associations that the actor does not reach; the message tells nothing of them."""
        for row in rows:
            if any(one.pk not in self.reachable for one in self._owners.get(row.number, ())):
                scope = self._actor.scope.label
                text = f"所在社会组织不在「{scope}」范围内，不能由本账号导入。请交由所在地区或省级导入。"
                row.error("scope.outside", CODE if CODE in row.values else NAME, text)

    def _resolve(self, row: StagedRow) -> list[Found]:
        codes, names = _texts(row.values.get(CODE)), _texts(row.values.get(NAME))
        if codes:
            found = [one for code in codes if (one := self._coded(row, code)) is not None]
            known = {one.pk for one in found}
            for name in names:
                if found and not known & set(self._by_name.get(name_key(name), {})):
                    text = f"社会组织名称「{name}」与信用代码登记的名称不一致，按信用代码处理。请核对。"
                    row.warn("reference.disagrees", NAME, text)
            return found
        if CODE in row.cells and any(issue.field == CODE for issue in row.issues):
            return []
        if not names and NAME not in row.cells and self._is_required:
            row.error("required", CODE, "没有填写社会组织。请填写社会组织信用代码，或社会组织名称。")
        return [one for name in names if (one := self._named(row, name)) is not None]

    def _coded(self, row: StagedRow, code: str) -> Found | None:
        found = self._by_code.get(code)
        if found is None:
            text = f"登记库中没有信用代码为「{code}」的社会组织。请先导入该社会组织，或核对代码。"
            row.error("reference.unknown", CODE, text)
        return found

    def _named(self, row: StagedRow, name: str) -> Found | None:
        same = list(self._by_name.get(name_key(name), {}).values())
        if len(same) == 1:
            return same[0]
        if (known := self._by_pk.get(self._confirmed.get(name_key(name), 0))) is not None:
            return known
        if same:
            text = f"社会组织「{name}」有 {len(same)} 家同名或曾用同名。请改填统一社会信用代码。"
            row.error("reference.ambiguous", NAME, text)
        else:
            text = f"登记库中没有名为「{name}」的社会组织。请先导入该社会组织，或核对全称。"
            row.error("reference.unknown", NAME, text)
        return None


def _texts(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value is not None else []


def owner_key(row: StagedRow) -> str:
    """By which two rows of a file are seen to belong to one association; empty when the row does not say."""
    return str(row.values.get(CODE) or name_key(row.values.get(NAME) or ""))
