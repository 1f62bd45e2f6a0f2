"""Reading care records; what is sealed is read through `portal.privacy.services.reveal` only."""

from django.db.models import Count, QuerySet

from partybuilding.care.enums import CareKind
from partybuilding.care.models import CareRecord
from partybuilding.care.rules import CARERS
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import may_manage
from portal.access.actor import Actor
from portal.access.scoping import scoped


def kind_counts(rows: QuerySet[CareRecord]) -> dict[CareKind, int]:
    """How many records are of each kind: one query."""
    found = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return {kind: found.get(kind.value, 0) for kind in CareKind}


def reads_care(actor: Actor, organization: PartyOrganization) -> bool:
    """Whether the actor reads what is kept about the needs of an organisation's members; as `CareRecord.scope_q`."""
    return actor.role in CARERS and bool(may_manage(actor, organization.committee, ""))


def care_of(actor: Actor, organization: PartyOrganization) -> list[CareRecord]:
    rows = scoped(CareRecord, actor).filter(organization=organization).select_related("person")
    return list(rows.order_by("-happened_on", "pk")[:100])
