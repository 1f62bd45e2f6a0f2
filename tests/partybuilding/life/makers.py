"""Rows of organisation life for tests, past the services."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from partybuilding.life.models import LifeFile, LifeRecord, PartyGroup, PioneerRecord, StudyProblem, StudyProgramme
from partybuilding.organizations.models import PartyOrganization
from portal.files.services import store


def make_life(organization: PartyOrganization, kind: str = "congress", **fields: Any) -> LifeRecord:
    """A meeting of all twelve on 10 April 2026."""
    now = timezone.now()
    given = {
        "held_on": date(2026, 4, 10),
        "topic": "学习党章",
        "expected_count": 12,
        "present_count": 12,
        "recorded_by": "党组织书记",
        "created_at": now,
        "updated_at": now,
    }
    return LifeRecord.objects.create(organization=organization, kind=kind, **given | fields)


def make_life_file(organization: PartyOrganization) -> LifeFile:
    kept = store(b"%PDF-1.4", name="记录.pdf", kind="life_record", actor=None, now=timezone.now())
    return LifeFile.objects.create(record=make_life(organization, topic="附有材料"), file=kept)


def make_party_group(organization: PartyOrganization, name: str = "第一党小组", **fields: Any) -> PartyGroup:
    return PartyGroup.objects.create(organization=organization, name=name, **{"starts_on": date(2025, 1, 1)} | fields)


def make_programme(name: str = "党纪学习教育", **fields: Any) -> StudyProgramme:
    given = {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 7, 31)}
    return StudyProgramme.objects.create(name=name, **given | fields)


def make_problem(organization: PartyOrganization, **fields: Any) -> StudyProblem:
    given = {
        "area": "governance",
        "found_on": date(2026, 4, 20),
        "due_on": date(2026, 6, 30),
        "text": "会费收支公开不及时。",
    }
    return StudyProblem.objects.create(organization=organization, **given | fields)


def make_pioneer(organization: PartyOrganization, **fields: Any) -> PioneerRecord:
    given = {"kind": "post", "name": "会员服务党员示范岗", "member_count": 3, "starts_on": date(2026, 3, 1)}
    return PioneerRecord.objects.create(organization=organization, **given | fields)


MADE: dict[str, Callable[[PartyOrganization], Model]] = {
    "partybuilding.LifeRecord": make_life,
    "partybuilding.LifeFile": make_life_file,
    "partybuilding.PartyGroup": make_party_group,
    "partybuilding.StudyProblem": make_problem,
    "partybuilding.PioneerRecord": make_pioneer,
}
