"""Pages of campaigns: the way from a draft to a unit's plan through the forms, and how many queries pages ask."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.plans import services
from campaigns.plans.enums import CampaignState, UnitState
from campaigns.plans.models import Campaign, Method, Phase, Unit
from portal.access.actor import acting_as
from tests import factories
from tests.campaigns.makers import make_unit
from tests.conftest import session_of
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
DOCUMENT = {
    "title": "创先争优活动",
    "document_number": "湘社工〔2026〕12号",
    "region": "430000",
    "starts_on": "2026-04-01",
    "ends_on": "2026-12-31",
    "basis": "《意见》（中办发〔2010〕12号）\n\n",
    "goal": "推动发展\n服务群众",
}


def signed_in(persona: Persona) -> Client:
    client = Client()
    client.cookies["sessionid"] = session_of(persona)
    return client


def post(client: Client, name: str, args: list[Any], data: dict[str, Any]) -> Any:
    return client.post(reverse(f"campaigns:{name}", args=args), data)


def test_from_a_draft_to_an_accepted_plan_through_the_forms(personas: Personas) -> None:
    """The department drafts and issues, the branch writes and hands in, the committee accepts."""
    assert personas.province.tea_branch.pk
    desk = signed_in(personas.department_staff)
    assert post(desk, "campaign_new", [], DOCUMENT).status_code == 302
    campaign = Campaign.objects.get()
    page = reverse("campaigns:campaign", args=[campaign.pk])
    assert "还没有推进方式" in desk.get(reverse("campaigns:campaign_issue", args=[campaign.pk])).content.decode()

    def fresh() -> int:
        campaign.refresh_from_db()
        return campaign.version

    given = {"number": "1", "title": "公开承诺", "form": "pledge", "version": fresh()}
    assert post(desk, "method_new", [campaign.pk], given).status_code == 302
    method = Method.objects.get()
    given = {"number": "2", "title": "自我讲评", "form": "review", "requires": [method.pk], "version": fresh()}
    assert post(desk, "method_new", [campaign.pk], given).status_code == 302
    phase = {"number": "1", "title": "第一阶段", "starts_on": "2026-04-01", "ends_on": "2026-08-31"}
    assert post(desk, "phase_new", [campaign.pk], phase | {"version": fresh()}).status_code == 302
    wrong = {"number": "2", "title": "第二阶段", "starts_on": "2026-08-31", "version": fresh()}
    refused = post(desk, "phase_new", [campaign.pk], wrong)
    assert (refused.status_code, "时间重叠" in refused.content.decode()) == (422, True)
    given = {"number": "2", "title": "第二阶段", "starts_on": "2026-09-01", "version": fresh()}
    assert post(desk, "phase_new", [campaign.pk], given).status_code == 302
    first = Phase.objects.get(number=1)
    assert post(desk, "phase_edit", [first.pk], phase | {"title": "动员", "version": fresh()}).status_code == 302
    assert post(desk, "campaign_issue", [campaign.pk], {"version": fresh()}).url == page  # type: ignore[attr-defined]
    assert Campaign.objects.get().state == CampaignState.RUNNING

    unit = Unit.objects.get(organization=personas.province.tea_branch)
    branch = signed_in(personas.branch_secretary)
    assert "创先争优活动" in branch.get(reverse("campaigns:campaigns")).content.decode()
    plan = {"theme": "茶香党旗红", "measures": "亮身份\n比服务", "version": unit.version, "mobilised_count": "12"}
    missing = post(branch, "plan_edit", [unit.pk], plan)
    assert (missing.status_code, "没有填会议日期" in missing.content.decode()) == (422, True)
    assert post(branch, "plan_edit", [unit.pk], plan | {"mobilised_count": ""}).status_code == 302
    unit.refresh_from_db()
    assert post(branch, "plan_submit", [unit.pk], {"version": unit.version}).status_code == 302
    committee = signed_in(personas.party_committee)
    unit.refresh_from_db()
    assert "茶香党旗红" in committee.get(reverse("campaigns:plan_review", args=[unit.pk])).content.decode()
    answer = {"is_accepted": "yes", "version": unit.version}
    assert post(committee, "plan_review", [unit.pk], answer).status_code == 302
    unit.refresh_from_db()
    assert unit.state == UnitState.ACCEPTED
    assert "同意备案" in branch.get(reverse("campaigns:unit", args=[unit.pk])).content.decode()


def test_other_committees_do_not_see_a_unit(draft: Campaign, personas: Personas, now: datetime) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        services.issue_campaign(draft, actor=actor, now=now, version=draft.version)
    unit = Unit.objects.get(organization=personas.province.tea_branch)
    other = signed_in(personas.other_committee)
    assert other.get(reverse("campaigns:unit", args=[unit.pk])).status_code == 404
    names = other.get(reverse("campaigns:units", args=[draft.pk])).content.decode()
    assert (personas.province.tea_branch.name in names, personas.province.trade_branch.name in names) == (False, True)
    filtered = reverse("campaigns:units", args=[draft.pk]) + "?kind=committees&q=茶叶&state=awaiting"
    assert "湖南省茶叶行业党委" in signed_in(personas.department_admin).get(filtered).content.decode()


def test_pages_ask_the_same_for_one_unit_and_for_thirty(personas: Personas, draft: Campaign, now: datetime) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        services.issue_campaign(draft, actor=actor, now=now, version=draft.version)
    client = signed_in(personas.department_admin)
    urls = [
        reverse("campaigns:campaigns"),
        reverse("campaigns:campaign", args=[draft.pk]),
        reverse("campaigns:units", args=[draft.pk]),
    ]
    before = [query_count(client, url) for url in urls]
    assert max(before) <= 15
    for number in range(30):
        branch = factories.make_organization(
            f"党支部{number}", personas.province.city_tea, committee=personas.province.committee
        )
        make_unit(draft, branch)
    assert [query_count(client, url) for url in urls] == before
