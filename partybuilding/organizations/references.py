"""The Party organisation that a row of a spreadsheet names: by its name, or an alias that only one has."""

from collections.abc import Mapping, Sequence

from partybuilding.organizations.models import PartyOrganization, PartyOrganizationName
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.importing.references import Suggestion, nearest
from portal.importing.resources import StagedRow

MATCHING = "an import matches rows against the whole register; what lies outside the scope is rejected"


class Organizations:
    """References of a run: `load` a chunk (three queries), then `owner` of a row."""

    def __init__(
        self, actor: Actor, column: str = "party_organization", confirmed: Mapping[str, int] | None = None
    ) -> None:
        self._actor, self._column, self._confirmed = actor, column, confirmed or {}
        self._owners: dict[int, int] = {}
        self._reachable: set[int] = set()

    def load(self, rows: Sequence[StagedRow]) -> None:
        """Find the organisations of a chunk, and say what is wrong with the others."""
        keys = {name_key(row.values[self._column]) for row in rows if self._column in row.values}
        own = dict(PartyOrganization.objects.unscoped(MATCHING).filter(key__in=keys).values_list("key", "pk"))
        aliases: dict[str, set[int]] = {}
        names = PartyOrganizationName.objects.unscoped(MATCHING).filter(key__in=keys)
        for key, pk in names.values_list("key", "organization_id"):
            aliases.setdefault(key, set()).add(pk)
        self._owners = {}
        meant = [pk for key, pk in self._confirmed.items() if key in keys]
        kept = set(PartyOrganization.objects.unscoped(MATCHING).filter(pk__in=meant).values_list("pk", flat=True))
        self._confirmed = {key: pk for key, pk in self._confirmed.items() if key not in keys or pk in kept}
        for row in rows:
            name = row.values.get(self._column)
            if name is None:
                continue
            key = name_key(name)
            found = {own[key]} if key in own else aliases.get(key, set())
            if len(found) != 1 and key in self._confirmed:
                found = {self._confirmed[key]}
            if len(found) == 1:
                self._owners[row.number] = next(iter(found))
            elif found:
                text = f"党组织「{name}」对应 {len(found)} 个党组织的别名。请填写全称。"
                row.error("reference.ambiguous", self._column, text)
            else:
                text = f"登记库中没有名为「{name}」的党组织。请先导入该党组织，或核对全称。"
                row.error("reference.unknown", self._column, text)
        wanted = set(self._owners.values())
        reach = scoped(PartyOrganization, self._actor).filter(pk__in=wanted)
        self._reachable = set(reach.values_list("pk", flat=True)) if wanted else set()

    def owner(self, row: StagedRow) -> int | None:
        return self._owners.get(row.number)

    def owners(self) -> set[int]:
        return set(self._owners.values())

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        """Reject rows of organisations that the actor does not reach."""
        for row in rows:
            found = self._owners.get(row.number)
            if found is not None and found not in self._reachable:
                scope = self._actor.scope.label
                text = f"所在党组织不在「{scope}」范围内，不能由本账号导入。请交由其上级党委或省级导入。"
                row.error("scope.outside", self._column, text)


class OrganizationDomain:
    """The Party organisations that a name in a spreadsheet may mean, by name or alias."""

    code = "party_organizations"
    label = "党组织"

    def suggest(self, text: str, actor: Actor, limit: int) -> list[Suggestion]:
        keys: dict[str, list[int]] = {}
        for pk, key in self._named(actor):
            keys.setdefault(key, []).append(pk)
        pks = dict.fromkeys(pk for key in nearest(text, keys, limit) for pk in keys[key])
        return self._described(list(pks)[:limit], actor)

    def names(self, actor: Actor, limit: int) -> list[str]:
        rows = scoped(PartyOrganization, actor).filter(dissolved_on=None).order_by("name", "pk")
        return list(rows.values_list("name", flat=True)[:limit])

    def find(self, text: str, actor: Actor) -> list[Suggestion]:
        key = name_key(text)
        return self._described(sorted({pk for pk, known in self._named(actor, key=key) if known == key}), actor)

    @staticmethod
    def _named(actor: Actor, **only: str) -> list[tuple[int, str]]:
        own = scoped(PartyOrganization, actor).filter(**only).values_list("pk", "key")
        names = scoped(PartyOrganizationName, actor).filter(**only).values_list("organization_id", "key")
        return [*own, *names]

    @staticmethod
    def _described(pks: list[int], actor: Actor) -> list[Suggestion]:
        found = scoped(PartyOrganization, actor).in_bulk(pks)
        return [Suggestion(pk, found[pk].name) for pk in pks if pk in found]


ORGANIZATIONS = OrganizationDomain()
