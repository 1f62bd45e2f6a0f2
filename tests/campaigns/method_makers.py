"""What units did, for tests: a running campaign with five methods, a unit, and rows of every table by unit."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from campaigns.methods.models import MethodRecord
from campaigns.plans.enums import CampaignState, MethodForm
from campaigns.plans.models import Campaign, Method, Unit
from portal.files.services import store
from tests.campaigns.makers import START, UNIT_REACH, make_campaign, make_unit, units
from tests.personas import Personas, Province

Rows = dict[str, Model]
METHODS = (
    ("公开承诺", MethodForm.PLEDGE, ()),
    ("自我讲评", MethodForm.REVIEW, (1,)),
    ("领导点评", MethodForm.COMMENT, (2,)),
    ("群众评议", MethodForm.APPRAISAL, ()),
    ("评选表彰", MethodForm.COMMENDATION, (1, 2, 3, 4)),
)


def add_methods(campaign: Campaign) -> list[Method]:
    """The five methods of the document of 2010, under names of their own."""
    made = [
        Method.objects.create(campaign=campaign, number=number, title=title, form=form)
        for number, (title, form, _needs) in enumerate(METHODS, start=1)
    ]
    for method, (_title, _form, needs) in zip(made, METHODS, strict=True):
        method.requires.set([made[number - 1] for number in needs])
    return made


def running(province: Province) -> tuple[Campaign, list[Method], Unit]:
    """A campaign that goes on, its five methods, and the tea branch as a unit."""
    campaign = make_campaign(province, state=CampaignState.RUNNING, issued_at=timezone.now())
    return campaign, add_methods(campaign), make_unit(campaign, province.tea_branch)


def make_record(unit: Unit, method: Method, personas: Personas, **fields: Any) -> MethodRecord:
    values: dict[str, Any] = {"done_on": date(2026, 5, 8), "recorded_at": timezone.now()}
    values["recorded_by"] = personas.branch_secretary.user
    return MethodRecord.objects.create(unit=unit, method=method, **values | fields)


# The scope table ---------------------------------------------------------------------------------------------------


def method_of(unit: Unit, form: str) -> Method:
    """A method of the unit's campaign with this form; each campaign gets one a form."""
    number = 10 + MethodForm.values.index(form)
    values = {"number": number, "title": f"方式{number}"}
    return Method.objects.get_or_create(campaign=unit.campaign, form=form, defaults=values)[0]


def of_units(form: str, make: Any) -> Any:
    """Rows of one table, by the name of their unit."""
    return lambda personas: {
        name: make(unit, method_of(unit, form), personas)
        for name, unit in units(personas).items()
        if isinstance(unit, Unit)
    }


def _record(unit: Unit, method: Method, personas: Personas) -> MethodRecord:
    file = store(b"%PDF-1.4", name="材料.pdf", kind="method_record", actor=None, now=timezone.now())
    return make_record(unit, method, personas, done_on=START, file=file)


TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.MethodRecord": (of_units(MethodForm.RECORD, _record), UNIT_REACH),
}
