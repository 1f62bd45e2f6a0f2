"""Marks every word that a registrar must not read: names on rosters, and texts of rows that it does not reach."""

from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

from partybuilding.members.models import PartyMember
from portal.access.scoping import GuardedModel, everything, scoped
from portal.people.models import Person
from portal.privacy.fields import SealedField
from tests.personas import Personas

MARK = "内部资料ZQX"
READERS = ("registrar", "supervising_unit", "industry_regulator")
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
