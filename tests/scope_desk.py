"""Rows of the account desk and of exports for the scope table, and whose accounts each office looks after."""

from datetime import timedelta
from itertools import count

from django.db.models import Model
from django.utils import timezone

from portal.access.roles import BUSINESS, WORKSPACE, Role
from portal.accounts.models import ActivationCode
from portal.exporting.models import Export, Format, Source
from portal.memberships.models import ResetRequest, SlipSheet
from portal.privacy.models import ExportRequest
from tests import factories
from tests.personas import PERSONAS, Persona, Personas

_serial = count(1)
Rows = dict[str, Model]
# Whose accounts each office looks after: `roles.md` and decision 0062.
LOOKED_AFTER: dict[str, set[str]] = {
    **{key: set() for key in PERSONAS},
    "department_admin": {key for key, (role, _) in PERSONAS.items() if role in BUSINESS} - {"department_admin"},
    "regional_office": {"county_office"},
    "party_committee": {"association_filer", "association_signer", "branch_secretary"},
    "other_committee": {"other_filer"},
}
LOOKED_AFTER_AND_OWN = {key: {key} | names for key, names in LOOKED_AFTER.items()}


def make_reset(persona: Persona) -> Model:
    now = timezone.now()
    return ResetRequest.objects.create(
        account=persona.user,
        number="123456",
        secret_hash=f"{next(_serial):064x}",
        asked_at=now,
        valid_until=now + timedelta(days=1),
    )


def make_resets(personas: Personas) -> Rows:
    """One a persona, and two of accounts whose only membership has ended or is still to begin."""
    made = {key: make_reset(personas[key]) for key in PERSONAS}
    day = timezone.localdate()
    for name, when in (
        ("former", {"ends_on": day - timedelta(days=1)}),
        ("coming", {"starts_on": day + timedelta(days=1)}),
    ):
        user = factories.make_user()
        membership = factories.make_membership(user, Role.ASSOCIATION_FILER, personas.province.tea, **when)
        made[name] = make_reset(Persona(user, membership))
    return made


def make_sheet(persona: Persona) -> Model:
    return SlipSheet.objects.create(
        title="激活单",
        slip_count=1,
        user=persona.user,
        membership_id=persona.membership.pk,
        membership_label="身份",
        created_at=timezone.now(),
    )


def make_code(persona: Persona) -> Model:
    return ActivationCode.objects.create(account=persona.user, sheet_number=1, label="身份")


def make_export(persona: Persona) -> Model:
    return Export.objects.create(
        title="名单",
        source=Source.LIST,
        place="/tasks/",
        format=Format.CSV,
        user=persona.user,
        membership_id=persona.membership.pk,
        membership_label="身份",
        created_at=timezone.now(),
    )


# `roles.md`, decision 0062: the own requests, the same role's in the own unit and below, the department's all.
REQUESTED: dict[str, set[str]] = {
    **{key: {key} if role in WORKSPACE else set() for key, (role, _) in PERSONAS.items()},
    "department_admin": set(PERSONAS),
    "regional_office": {"regional_office", "county_office"},
}


def make_export_request(persona: Persona) -> Model:
    actor, now = persona.actor, timezone.now()
    return ExportRequest.objects.create(
        kind="officers",
        kind_label="负责人",
        fields=["phone"],
        purpose="测试",
        user=persona.user,
        membership_id=persona.membership.pk,
        membership_label="身份",
        role=actor.role,
        scope_pk=actor.scope.pk,
        scope_path=actor.scope.path,
        asked_at=now,
        due_on=timezone.localdate(now),
    )
