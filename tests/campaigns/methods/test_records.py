"""Recording what a unit did: in order, once, by whom it concerns; and the matrix that counts it."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.methods import services
from campaigns.methods.models import MethodRecord
from campaigns.methods.selectors import progress_of
from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Method, Unit
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from tests import factories
from tests.campaigns.makers import make_unit
from tests.campaigns.method_makers import make_record, running
from tests.conftest import session_of
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 5, 8)


def signed_in(persona: Persona) -> Client:
    client = Client()
    client.cookies["sessionid"] = session_of(persona)
    return client


def keep(unit: Unit, method: Any, persona: Persona, now: datetime, **fields: Any) -> MethodRecord:
    values: dict[str, Any] = {"done_on": DAY, "summary": "张榜公布", "version": unit.version}
    with acting_as(persona.actor):
        return services.record_method(unit, method, actor=persona.actor, now=now, **values | fields)


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def test_methods_are_recorded_in_order_and_taken_back_from_the_end(personas: Personas, now: datetime) -> None:
    """A method before its prerequisite is refused (R-112)."""
    _campaign, methods, unit = running(personas.province)
    branch, committee = personas.branch_secretary, personas.party_committee
    text = refused(lambda: keep(unit, methods[1], branch, now))
    assert text == "「自我讲评」须先完成「公开承诺」。请先登记。"
    pledge = keep(unit, methods[0], branch, now)
    assert "不必重复登记" in refused(lambda: keep(unit, methods[0], committee, now))
    review = keep(unit, methods[1], committee, now)
    assert "由上级党组织" in refused(lambda: keep(unit, methods[2], branch, now))
    keep(unit, methods[2], committee, now)

    def take_back(row: MethodRecord) -> None:
        with acting_as(branch.actor):
            services.withdraw_record(row, reason="登记有误", actor=branch.actor, now=now, version=row.version)

    assert "「领导点评」以它为前提" in refused(lambda: take_back(review))
    assert "「自我讲评」以它为前提" in refused(lambda: take_back(pledge))
    assert AuditEvent.objects.filter(action="campaigns.record_method").count() == 3


def test_of_two_who_record_at_once_one_is_told(personas: Personas, now: datetime) -> None:
    campaign, methods, unit = running(personas.province)
    other = Method.objects.create(campaign=campaign, number=6, title="主题实践", form=MethodForm.RECORD)
    seen = unit.version
    keep(unit, methods[0], personas.branch_secretary, now)
    with pytest.raises(Conflict):
        keep(unit, other, personas.party_committee, now, version=seen)
    assert MethodRecord.objects.count() == 1


def test_a_method_of_another_campaign_and_another_committee_are_refused(personas: Personas, now: datetime) -> None:
    _campaign, methods, unit = running(personas.province)
    _other, others, _unit = running(personas.province)
    assert "不是「" in refused(lambda: keep(unit, others[0], personas.branch_secretary, now))
    assert "不在您的管理范围" in refused(lambda: keep(unit, methods[0], personas.other_committee, now))
    assert "您当前的身份" in refused(lambda: keep(unit, methods[0], personas.registrar, now))


def test_recording_through_the_pages(personas: Personas) -> None:
    campaign, methods, unit = running(personas.province)
    branch = signed_in(personas.branch_secretary)
    page = reverse("campaigns:unit_method", args=[unit.pk, methods[1].number])
    assert "须先完成「公开承诺」" in branch.get(page).content.decode()
    form = reverse("campaigns:method_record", args=[unit.pk, methods[0].number])
    assert "登记完成" in branch.get(form).content.decode()
    given = {"done_on": "2026-05-08", "summary": "张榜公布", "version": unit.version}
    assert branch.post(form, given).status_code == 302
    text = branch.get(reverse("campaigns:unit", args=[unit.pk]) + "?tab=methods").content.decode()
    assert ("20.0%" in text, "须先完成自我讲评" in text) == (True, True)
    row = MethodRecord.objects.get()
    board = branch.get(reverse("campaigns:progress", args=[campaign.pk])).content.decode()
    assert "20.0%" in board
    away = reverse("campaigns:method_withdraw", args=[row.pk])
    assert branch.post(away, {"reason": "登记有误", "version": row.version}).status_code == 302
    assert not MethodRecord.objects.exists()


def test_every_figure_of_the_board_is_its_list(personas: Personas, now: datetime) -> None:
    campaign, methods, unit = running(personas.province)
    other = make_unit(campaign, personas.province.trade_branch)
    make_unit(campaign, None, department=personas.province.committee)
    make_unit(
        campaign,
        factories.make_organization("离开的支部", personas.province.city_tea),
        left_on=DAY,
        left_reason="已注销",
    )
    for method in methods:
        make_record(unit, method, personas)
    make_record(other, methods[0], personas)
    admin = personas.department_admin
    with acting_as(admin.actor):
        found = progress_of(admin.actor, campaign)
    assert (found.total.rate.display(), found.total.complete, found.total.units) == ("60.0%", 1, 2)
    client = signed_in(admin)
    url = reverse("campaigns:progress_units", args=[campaign.pk])

    def listed(query: str) -> int:
        return int(client.get(f"{url}?{query}").context["page"].total)

    for method in methods:
        assert listed(f"done={method.pk}") == found.total.done[method.pk]
        assert listed(f"missing={method.pk}") == found.total.units - found.total.done[method.pk]
    assert (listed("complete=yes"), listed("complete=no"), listed("")) == (1, 1, 2)
    assert [one.label for one in found.committees] == sorted(one.label for one in found.committees)
    for group in found.committees:
        assert listed(f"committee={group.committee}") == group.units


def test_the_matrix_asks_the_same_for_two_units_and_for_thirty(personas: Personas) -> None:
    campaign, methods, unit = running(personas.province)
    make_record(unit, methods[0], personas)
    client = signed_in(personas.department_admin)
    urls = [
        reverse("campaigns:progress", args=[campaign.pk]),
        reverse("campaigns:progress_units", args=[campaign.pk]),
        reverse("campaigns:unit", args=[unit.pk]) + "?tab=methods",
        reverse("campaigns:unit_method", args=[unit.pk, methods[0].number]),
    ]
    before = [query_count(client, url) for url in urls]
    assert max(before) <= 15
    for number in range(30):
        branch = factories.make_organization(
            f"党支部{number}", personas.province.city_tea, committee=personas.province.committee
        )
        make_record(make_unit(campaign, branch), methods[0], personas)
    assert [query_count(client, url) for url in urls] == before
