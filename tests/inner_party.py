"""Marks every word that somebody must not read: names on rosters, texts of rows that a registrar does not reach, and
the names of the secretaries of other organisations.
"""

import re
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.models import PartyOrganization
from portal.access.scoping import GuardedModel, everything, scoped
from portal.people.models import Person
from portal.privacy.fields import SealedField
from tests import factories
from tests.people import makers
from tests.personas import Personas

MARK = "内部资料ZQX"
READERS = ("registrar", "supervising_unit", "industry_regulator")
# The secretary of an organisation has its key in the name: 书记17ZQS.
SECRETARY = re.compile("书记([0-9]+)ZQS")
# Words that somebody wrote, not a code.
LEAST_LENGTH = 40


def mark_inner_party(personas: Personas) -> set[str]:
    """Mark what the readers must not see; the models of which something was marked."""
    marked = {model.__name__ for model in hidden_models(personas) if mark(model)}
    with everything("the test marks names"):
        on_rosters = Person.objects.filter(pk__in=PartyMember.objects.values("person"))
        if on_rosters.update(name=MARK, name_key=MARK):
            marked.add(PartyMember.__name__)
    return marked


def hidden_models(personas: Personas) -> list[type[models.Model]]:
    """The models of the wing of which none of the readers reaches a row, although there are some."""
    found = []
    for model in apps.get_app_config("partybuilding").get_models():
        if not issubclass(model, GuardedModel):
            continue
        reached = any(scoped(model, personas[key].actor).exists() for key in READERS)
        with everything("the test looks for rows"):
            if not reached and model._default_manager.exists():
                found.append(model)
    return found


def mark(model: Any) -> bool:
    """Mark every text of every row; whether the model has one."""
    is_marked = False
    for field in model._meta.concrete_fields:
        is_text = (isinstance(field, models.TextField) and not isinstance(field, SealedField)) or (
            isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) >= LEAST_LENGTH
        )
        if not is_text or field.primary_key:
            continue
        try:
            with transaction.atomic(), everything("the test marks texts"):
                model.objects.update(**{field.attname: MARK})
            is_marked = True
        except DatabaseError:
            continue
    return is_marked


def name_secretaries(personas: Personas) -> None:
    """Every organisation has a secretary of its own name; one covers what few reach."""
    factories.make_organization("", personas.province.city_trade)
    with everything("the test names secretaries"):
        for organization in PartyOrganization.objects.all():
            person, name = makers.make_person(), f"书记{organization.pk}ZQS"
            Person.objects.filter(pk=person.pk).update(name=name, name_key=name)
            if not Secretary.objects.filter(organization=organization, ends_on=None).update(person=person):
                makers.make_secretary(organization, person)


def foreign_secretaries(personas: Personas, key: str) -> set[int]:
    """The organisations that a persona does not reach: their secretaries it must not read (decision 0015)."""
    reached = set(scoped(PartyOrganization, personas[key].actor).values_list("pk", flat=True))
    with everything("the test looks for the others"):
        return set(PartyOrganization.objects.values_list("pk", flat=True)) - reached
