from datetime import date, datetime
from typing import Any

import pytest

from associations.evaluation.models import Grade
from associations.evaluation.selectors import grade_level
from associations.evaluation.services import record_grade
from associations.registry.models import Association
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")


def announce(personas: Personas, now: datetime, **values: Any) -> Grade:
    actor = personas.department_staff.actor
    given = {"level": "4A", "announced_on": date(2026, 6, 15), "document_number": "湘民发〔2026〕12号"}
    with acting_as(actor):
        return record_grade(
            personas.province.tea, actor=actor, now=now, **{"version": personas.province.tea.version} | given | values
        )


def test_record_grade_follows_the_regime_of_its_announcement(personas: Personas, now: datetime) -> None:
    new = announce(personas, now)
    old = announce(personas, now, announced_on=date(2023, 11, 20), level="3A")
    assert (new.starts_on, new.ends_on) == (date(2027, 1, 1), date(2031, 12, 31))
    assert (old.starts_on, old.ends_on) == (date(2023, 11, 20), date(2028, 11, 19))
    levels = {
        day: Association.objects.annotate(level=grade_level(day)).get(pk=personas.province.tea.pk).level
        for day in (date(2023, 11, 19), date(2026, 8, 1), date(2027, 1, 1), date(2032, 1, 1))
    }
    assert list(levels.values()) == [None, "3A", "4A", None]


def test_record_grade_again_corrects_the_announcement(personas: Personas, now: datetime) -> None:
    announce(personas, now)
    announce(personas, now, level="5A")
    assert list(Grade.objects.values_list("level", flat=True)) == ["5A"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"document_number": " "}, "grade.document"),
        ({"announced_on": date(2026, 7, 1)}, "date.future"),
        ({"announced_on": date(2009, 7, 1)}, "grade.regime"),
    ],
)
def test_record_grade_refusals(personas: Personas, now: datetime, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        announce(personas, now, **values)
    assert refusal.value.code == code
    assert not Grade.objects.exists()


def test_record_grade_on_a_stale_version_is_a_conflict(personas: Personas, now: datetime) -> None:
    with pytest.raises(Conflict):
        announce(personas, now, version=7)
