"""Recording organisation life: what is written, what is refused, who reads it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from partybuilding.life.enums import Duty, Standing
from partybuilding.life.models import LifeFile, LifeRecord, PartyGroup
from partybuilding.life.rules import Period
from partybuilding.life.selectors import compliances, life_rules
from partybuilding.life.services import add_group, correct_life, end_group, record_life, remove_life
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.models import AccessEvent, AuditEvent
from portal.regulations.rules import ConfigurationError
from tests.files.test_uploads import pdf
from tests.partybuilding.life.makers import make_life, make_party_group
from tests.people.makers import make_election
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 6, 10)
MEETING: dict[str, Any] = {
    "kind": "congress",
    "held_on": DAY,
    "topic": "学习党章",
    "expected_count": 6,
    "present_count": 5,
}
PDF = pdf()


@pytest.fixture
def branch(personas: Personas) -> PartyOrganization:
    one = personas.province.tea_branch
    with everything("a test"):
        PartyOrganization.objects.filter(pk=one.pk).update(established_on=date(2020, 1, 1), full_member_count=6)
    one.refresh_from_db()
    return one


def recorded(branch: PartyOrganization, personas: Personas, now: datetime, **values: Any) -> LifeRecord:
    with acting_as(personas.branch_secretary.actor):
        return record_life(branch, actor=personas.branch_secretary.actor, now=now, **MEETING | values).record


def test_a_secretary_records_a_meeting_and_history_keeps_it(
    branch: PartyOrganization, personas: Personas, now: datetime
) -> None:
    row = recorded(branch, personas, now, mode="self", officer_count=3)
    assert (row.kind, row.held_on, row.present_count, row.mode, row.officer_count) == ("congress", DAY, 5, "", 0)
    event = AuditEvent.objects.unscoped("a test").get(action="life.record")
    assert (event.subject_pk, event.after["topic"]) == (str(branch.pk), "学习党章")


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("date.future", {"held_on": date(2027, 1, 1)}),
        ("life.before", {"held_on": date(2019, 12, 31)}),
        ("life.present", {"present_count": 7}),
        ("life.no_committee", {"kind": "committee", "has_first_item": False}),
        ("life.no_group", {"kind": "group"}),
        ("life.mode", {"kind": "study"}),
        ("invalid", {"topic": " "}),
    ],
)
def test_what_the_rules_refuse_is_not_written(
    code: str, values: dict[str, Any], branch: PartyOrganization, personas: Personas, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        recorded(branch, personas, now, **values)
    assert refused.value.code == code
    assert not LifeRecord.objects.unscoped("a test").exists()


def test_the_same_meeting_is_recorded_once(branch: PartyOrganization, personas: Personas, now: datetime) -> None:
    recorded(branch, personas, now)
    with pytest.raises(Refused, match="不必重复登记"):
        recorded(branch, personas, now)


def test_only_the_own_bodies_record(branch: PartyOrganization, personas: Personas, now: datetime) -> None:
    for key, code in (("registrar", "role"), ("other_committee", "scope.outside"), ("regional_office", "role")):
        actor = personas[key].actor
        with acting_as(actor), pytest.raises(Refused) as refused:
            record_life(branch, actor=actor, now=now, **MEETING)
        assert refused.value.code == code


def test_a_committee_meeting_stands_where_a_committee_was_elected(
    branch: PartyOrganization, personas: Personas, now: datetime
) -> None:
    make_election(branch, held_on=date(2025, 1, 1))
    row = recorded(branch, personas, now, kind="committee", has_first_item=True, first_item="学习讲话")
    assert row.has_first_item
    with pytest.raises(Refused, match="没有设支部委员会"):
        recorded(branch, personas, now, kind="committee", held_on=date(2024, 12, 31), has_first_item=False)


def test_a_record_is_corrected_once_by_its_version(
    branch: PartyOrganization, personas: Personas, now: datetime
) -> None:
    row, actor = recorded(branch, personas, now), personas.branch_secretary.actor
    with acting_as(actor):
        correct_life(row, actor=actor, now=now, version=1, **MEETING | {"present_count": 6})
        assert LifeRecord.objects.unscoped("a test").get(pk=row.pk).present_count == 6
        assert AuditEvent.objects.unscoped("a test").get(action="life.correct").before == {"present_count": 5}
        with pytest.raises(Conflict):
            correct_life(row, actor=actor, now=now, version=1, **MEETING)
        with pytest.raises(Refused, match="多于应到"):
            correct_life(row, actor=actor, now=now, version=2, **MEETING | {"present_count": 9})


def test_a_record_is_removed_with_its_files(branch: PartyOrganization, personas: Personas, now: datetime) -> None:
    row = recorded(branch, personas, now, uploads=[SimpleUploadedFile("记录.pdf", PDF)])
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        assert LifeFile.objects.unscoped("a test").get().file.is_sealed
        remove_life(row, reason="重复登记", actor=actor, now=now, version=1)
    assert not LifeRecord.objects.unscoped("a test").exists()
    assert AuditEvent.objects.unscoped("a test").get(action="life.remove").reason == "重复登记"


def test_seven_files_are_too_many(branch: PartyOrganization, personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused, match="最多6个"):
        recorded(branch, personas, now, uploads=[SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(7)])


def test_groups_begin_and_end(branch: PartyOrganization, personas: Personas, now: datetime) -> None:
    actor = personas.branch_secretary.actor
    with acting_as(actor):
        group = add_group(branch, name="第一党小组", starts_on=date(2026, 1, 1), actor=actor, now=now)
        with pytest.raises(Refused, match="同名的党小组"):
            add_group(branch, name="第一党小组", starts_on=date(2026, 1, 1), actor=actor, now=now)
        with pytest.raises(Refused, match="早于党组织成立日期"):
            add_group(branch, name="第二党小组", starts_on=date(2019, 1, 1), actor=actor, now=now)
        recorded(branch, personas, now, kind="group", group=group)
        with pytest.raises(Refused, match="还登记了党小组会"):
            end_group(group, ends_on=date(2026, 6, 9), actor=actor, now=now)
        end_group(group, ends_on=DAY, actor=actor, now=now)
        with pytest.raises(Refused, match="不必重复登记"):
            end_group(group, ends_on=DAY, actor=actor, now=now)
    assert PartyGroup.objects.unscoped("a test").get().ends_on == DAY
    foreign = make_party_group(personas.province.trade_branch)
    with pytest.raises(Refused, match="不属于这个党组织"):
        recorded(branch, personas, now, kind="group", group=foreign)


def test_the_list_reads_the_same_as_the_rules(
    branch: PartyOrganization, personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any
) -> None:
    make_life(branch, held_on=date(2026, 5, 6))
    frozen(date(2026, 7, 2))
    period = Period(2026, 2)
    actor = personas.department_admin.actor
    with acting_as(actor):
        found = compliances([branch], period, date(2026, 7, 2), actor, life_rules(date(2026, 6, 30)))[branch.pk]
    assert found.counts[Duty.CONGRESS].rate.display() == "100.0%"
    assert (found.counts[Duty.PARTY_DAY].required, found.standing) == (3, Standing.BEHIND)
    page = sign_in(personas.department_admin)
    url = reverse("partybuilding:life_branches")
    for query, is_there in (
        ("standing=behind&period=2026Q2", True),
        ("standing=complete&period=2026Q2", False),
        ("missed=party_day", True),
        ("missed=congress", False),
        ("owed=congress", True),
        ("owed=committee", False),
    ):
        text = page.get(f"{url}?{query}&q=茶业").content.decode()
        assert (branch.name in text) == is_there, query


def test_the_own_page_says_what_is_due_and_leads_to_the_form(
    branch: PartyOrganization, personas: Personas, sign_in: Callable[[Persona], Client], frozen: Any
) -> None:
    frozen(date(2026, 6, 20))
    page = sign_in(personas.branch_secretary)
    text = page.get(reverse("partybuilding:organization", args=[branch.pk]) + "?tab=life").content.decode()
    new = reverse("partybuilding:life_new", args=[branch.pk])
    assert f"{new}?kind=party_day" in text
    assert AccessEvent.objects.unscoped("a test").filter(view="partybuilding:organization?tab=life").exists()
    assert "6月30日前还应开展" in page.get(new).content.decode()
    form = {"held_on": "2026-06-18", "topic": "走访会员企业", "expected_count": "6", "present_count": "7"}
    wrong = page.post(f"{new}?kind=party_day", form)
    assert (wrong.status_code, "多于应到6人" in wrong.content.decode()) == (422, True)
    with everything("a test"):
        done = page.post(f"{new}?kind=party_day", form | {"present_count": "6"})
    assert done.status_code == 302
    row = LifeRecord.objects.unscoped("a test").get()
    detail = page.get(reverse("partybuilding:life_record", args=[row.pk])).content.decode()
    assert "走访会员企业" in detail
    text = page.get(reverse("partybuilding:organization", args=[branch.pk]) + "?tab=life").content.decode()
    assert f"{new}?kind=party_day" not in text


def test_nobody_beside_the_own_bodies_sees_the_tab(
    branch: PartyOrganization, personas: Personas, sign_in: Callable[[Persona], Client]
) -> None:
    url = reverse("partybuilding:organization", args=[branch.pk])
    for key in ("registrar", "supervising_unit", "industry_regulator"):
        page = sign_in(personas[key])
        assert "组织生活" not in page.get(url).content.decode()
        assert page.get(f"{url}?tab=life").status_code == 404


@pytest.mark.parametrize(("code", "text"), [("life.every_months.congress", "5"), ("life.subject_kinds", "branch/club")])
def test_parameters_that_make_no_sense_stop_the_page(code: str, text: str, db: None) -> None:
    from portal.regulations.models import Parameter

    with everything("a test"):
        Parameter.objects.filter(code=code).update(text=text)
    with pytest.raises(ConfigurationError):
        life_rules(DAY)
