"""Care records: who keeps and reads them, what is sealed, and the trace that each reading leaves."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from partybuilding.care.models import CareRecord
from partybuilding.care.rules import care_problem
from partybuilding.care.services import keep_care, remove_care
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.audit.models import AccessEvent, AuditEvent
from portal.privacy.services import reveal
from tests.people import makers
from tests.personas import Personas

GIVEN: dict[str, Any] = {
    "kind": "subsidy",
    "happened_on": date(2026, 6, 1),
    "name": "王明",
    "amount": Decimal("1736.50"),
    "reason": "家人重病住院",
}


@pytest.mark.parametrize(
    ("kind", "name", "amount", "on", "told"),
    [
        ("funding", "王明", Decimal(1), date(2026, 6, 1), "不填写姓名"),
        ("visit", "", None, date(2026, 6, 1), "没有填写姓名"),
        ("subsidy", "王明", None, date(2026, 6, 1), "没有填写金额"),
        ("visit", "王明", None, date(2019, 12, 31), "早于党组织成立日期2020-01-01"),
        ("visit", "王明", None, date(2026, 6, 1), ""),
        ("venue", "", None, date(2026, 6, 1), ""),
        ("funding", "", Decimal(1), date(2026, 6, 1), ""),
    ],
)
def test_what_a_record_needs(kind: str, name: str, amount: Decimal | None, on: date, told: str) -> None:
    problem = care_problem(kind, name, amount, on, date(2020, 1, 1))
    assert (told in problem, bool(problem)) == (True, bool(told))


def kept(personas: Personas, now: datetime, persona: str = "party_committee", **values: Any) -> CareRecord:
    branch, actor = personas.province.tea_branch, personas[persona].actor
    with acting_as(actor):
        return keep_care(branch, actor=actor, now=now, **GIVEN | values)


def test_amount_and_reason_are_sealed_and_in_no_history(personas: Personas, now: datetime) -> None:
    member = makers.make_party_member(personas.province.tea_branch, makers.make_person("王明"))
    row = kept(personas, now)
    assert row.person == member.person
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM partybuilding_carerecord")
        stored = str(cursor.fetchall())
    told = str(list(AuditEvent.objects.values_list()))
    for secret in ("1736", "重病"):
        assert secret not in stored
        assert secret not in told
    assert "王明" not in told


def test_reading_needs_a_purpose_and_leaves_a_trace(sign_in: Any, personas: Personas, now: datetime) -> None:
    row = kept(personas, now)
    client = sign_in(personas.party_committee)
    assert "1736" not in client.get(reverse("partybuilding:care_record", args=[row.pk])).content.decode()
    page = reverse("partybuilding:care_reveal", args=[row.pk])
    assert client.post(page, {"field": "amount", "purpose": ""}).status_code == 422
    before = AccessEvent.objects.count()
    answer = client.post(page, {"field": "amount", "purpose": "other", "detail": "核对补助发放"})
    assert "1736.50" in answer.content.decode()
    assert "家人重病" not in answer.content.decode()
    event = AccessEvent.objects.order_by("-pk")[0]
    assert AccessEvent.objects.count() == before + 1
    assert (event.view, event.object_ids, event.purpose) == (
        "partybuilding.CareRecord.amount",
        [str(row.pk)],
        "核对补助发放",
    )
    for name, args in (("care_records", []), ("care_record", [row.pk])):
        assert "1736" not in client.get(reverse(f"partybuilding:{name}", args=args)).content.decode()


@pytest.mark.parametrize(
    ("persona", "code"),
    [
        ("branch_secretary", "role"),
        ("regional_office", "role"),
        ("registrar", "role"),
        ("supervising_unit", "role"),
        ("other_committee", "scope.outside"),
    ],
)
def test_nobody_else_keeps_or_reads(personas: Personas, now: datetime, persona: str, code: str) -> None:
    row, actor = kept(personas, now), personas[persona].actor
    with acting_as(actor):
        with pytest.raises(Refused) as caught:
            keep_care(personas.province.tea_branch, actor=actor, now=now, **GIVEN)
        assert caught.value.code == code
        with pytest.raises(Refused):
            reveal(row, "amount", purpose="核对补助发放", actor=actor, now=now)


def test_an_organisation_without_a_roster_tells_the_name_only(personas: Personas, now: datetime) -> None:
    assert kept(personas, now, kind="visit", amount=None).person is not None
    branch: PartyOrganization = personas.province.tea_branch
    for _ in range(2):
        makers.make_party_member(branch, makers.make_person("李四"))
    with pytest.raises(Refused, match="有2人叫「李四」"):
        kept(personas, now, name="李四")
    assert kept(personas, now, kind="funding", name="").person is None
    with pytest.raises(Refused, match="晚于今天"):
        kept(personas, now, happened_on=date(2026, 7, 1))


def test_a_wrong_record_is_taken_away_with_a_reason(personas: Personas, now: datetime) -> None:
    row, actor = kept(personas, now), personas.party_committee.actor
    with acting_as(actor):
        with pytest.raises(Refused, match="没有写明删除原因"):
            remove_care(row, reason="错", actor=actor, now=now)
        remove_care(row, reason="重复登记", actor=actor, now=now)
    assert not CareRecord.objects.exists()
    assert AuditEvent.objects.get(action="care.remove").reason == "重复登记"


@pytest.mark.usefixtures("parameters")
def test_pages(sign_in: Any, personas: Personas) -> None:
    client, branch = sign_in(personas.party_committee), personas.province.tea_branch
    page = reverse("partybuilding:care_new", args=[branch.pk])
    answer = client.post(
        page, {"kind": "funding", "happened_on": "2026-06-01", "amount": "20000", "reason": "年度安排"}
    )
    assert answer["Location"].endswith("?tab=care")
    assert "党建工作经费" in client.get(answer["Location"]).content.decode()
    assert "党建工作经费 1 条" in client.get(reverse("partybuilding:care_records")).content.decode()
    secretary = sign_in(personas.branch_secretary)
    assert secretary.get(reverse("partybuilding:organization", args=[branch.pk]), {"tab": "care"}).status_code == 404
    assert secretary.get(reverse("partybuilding:care_records")).status_code == 403
