"""Rows of rounds of evaluation for the scope table, and who reaches them."""

from datetime import date
from itertools import count

from django.db.models import Model

from associations.evaluation.models import EvaluationApplication, EvaluationBatch, Indicator
from portal.access.roles import FILING, WORKSPACE
from tests.partybuilding.closing.scopes import Make
from tests.personas import PERSONAS, Personas

_serial = count(1)


def make_batch(personas: Personas) -> EvaluationBatch:
    number = next(_serial)
    return EvaluationBatch.objects.create(
        title=f"第{number}批评估",
        region=personas.province.hunan,
        number=f"湘民发〔2026〕{number}号",
        opens_on=date(2026, 1, 5),
        due_on=date(2026, 12, 30),
    )


def _indicator(personas: Personas) -> dict[str, Model]:
    batch = make_batch(personas)
    return {"one": Indicator.objects.create(batch=batch, number=1, section="党建", title="党组织", points=10)}


def tables(register: tuple[str, ...], reach: dict[str, set[str]]) -> dict[str, tuple[Make, dict[str, set[str]]]]:
    """Of each model: how its rows are made, and who reaches which of them."""
    everybody = {key: {"one"} if role in WORKSPACE else set() for key, (role, _node) in PERSONAS.items()}

    def applications(personas: Personas) -> dict[str, Model]:
        batch = make_batch(personas)
        return {
            name: EvaluationApplication.objects.create(
                batch=batch, association=getattr(personas.province, name), level="4A", applied_on=date(2026, 6, 1)
            )
            for name in register
        }

    own = {key: set() if role in FILING else reach[key] for key, (role, _node) in PERSONAS.items()}
    return {
        "associations.EvaluationBatch": (lambda personas: {"one": make_batch(personas)}, everybody),
        "associations.Indicator": (_indicator, everybody),
        "associations.EvaluationApplication": (applications, own),
    }
