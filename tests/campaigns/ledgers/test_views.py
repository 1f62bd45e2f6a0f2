"""Pages of ledgers: a secretary records and finishes, the committee promotes; queries do not grow with rows."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from campaigns.ledgers.enums import EntryKind
from campaigns.ledgers.models import Entry
from campaigns.plans.enums import CampaignState, ItemKind
from campaigns.plans.models import CampaignItem, Unit
from tests.campaigns.guidance_makers import make_entry
from tests.campaigns.makers import make_campaign, make_unit
from tests.campaigns.plans.test_views import post, signed_in
from tests.personas import Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")


@pytest.fixture
def unit(personas: Personas, now: datetime) -> Unit:
    campaign = make_campaign(personas.province, state=CampaignState.RUNNING, issued_at=now)
    CampaignItem.objects.create(campaign=campaign, kind=ItemKind.ARENA, number=1, text="服务群众")
    return make_unit(campaign, personas.province.tea_branch)


def test_a_matter_from_the_branch_to_the_list_of_the_department(unit: Unit, personas: Personas) -> None:
    branch = signed_in(personas.branch_secretary)
    page = branch.get(reverse("campaigns:unit", args=[unit.pk]) + "?tab=ledgers").content.decode()
    assert reverse("campaigns:entry_new", args=[unit.pk, "matter"]) in page
    given = {"title": "代办证照", "text": "为 12 家会员代办", "origin": "masses", "began_on": "2026-05-01"}
    missing = post(branch, "entry_new", [unit.pk, "matter"], given)
    assert (missing.status_code, "填写完成期限" in missing.content.decode()) == (422, True)
    assert post(branch, "entry_new", [unit.pk, "matter"], given | {"due_on": "2026-08-31"}).status_code == 302
    entry = Entry.objects.get()
    assert post(branch, "entry_edit", [entry.pk], given | {"due_on": "2026-09-30", "version": 1}).status_code == 302
    done = {"done_on": "2026-06-01", "result": "已代办 12 家", "version": 2}
    assert "已代办" not in branch.get(reverse("campaigns:entry_finish", args=[entry.pk])).content.decode()
    assert post(branch, "entry_finish", [entry.pk], done).status_code == 302
    desk = signed_in(personas.department_admin)
    listed = desk.get(reverse("campaigns:entries", args=[unit.campaign_id]) + "?kind=matter&state=done&q=代办")
    assert "已代办 12 家" in listed.content.decode()
    assert "没有符合条件" in desk.get(listed.request["PATH_INFO"] + "?state=late&promoted=true").content.decode()
    committee = signed_in(personas.party_committee)
    given = {"reason": "请附名单", "version": 3}
    assert post(committee, "entry_return", [entry.pk], given).status_code == 302
    assert "退回重办" in branch.get(reverse("campaigns:entry", args=[entry.pk])).content.decode()
    assert post(branch, "entry_withdraw", [entry.pk], {"reason": "另行登记", "version": 4}).status_code == 302


def test_who_signed_a_pledge_of_integrity_is_listed(unit: Unit, personas: Personas) -> None:
    """C-34: each once, an association of the register as itself."""
    tea = personas.province.tea
    branch = signed_in(personas.branch_secretary)
    given: dict[str, Any] = {
        "title": "诚信自律承诺书",
        "began_on": "2026-05-01",
        "signatories": f"{tea.name}\n 甲公司 \n\n甲公司",
    }
    wrong = post(branch, "entry_new", [unit.pk, "integrity"], given)
    assert (wrong.status_code, "「甲公司」填写了两次" in wrong.content.decode()) == (422, True)
    given["signatories"] = f"{tea.name}\n甲公司"
    assert post(branch, "entry_new", [unit.pk, "integrity"], given).status_code == 302
    entry = Entry.objects.get()
    page = branch.get(reverse("campaigns:entry", args=[entry.pk])).content.decode()
    assert (reverse("associations:association", args=[tea.pk]) in page, "其他单位" in page) == (True, True)
    assert "甲公司" in branch.get(reverse("campaigns:entry_edit", args=[entry.pk])).content.decode()
    changed = given | {"signatories": "乙公司", "version": 1}
    assert post(branch, "entry_edit", [entry.pk], changed).status_code == 302
    page = branch.get(reverse("campaigns:entry", args=[entry.pk])).content.decode()
    assert ("乙公司" in page, "甲公司" in page) == (True, False)


def test_a_case_is_promoted_and_an_unknown_ledger_is_not_found(unit: Unit, personas: Personas) -> None:
    case = make_entry(unit, personas, kind=EntryKind.CASE, state="done", due_on=None)
    committee = signed_in(personas.party_committee)
    assert "登记推广" in committee.get(reverse("campaigns:entry", args=[case.pk])).content.decode()
    given: dict[str, Any] = {"promoted_on": "2026-05-01", "promotion": "简报第 1 期", "version": 1}
    assert post(committee, "entry_promote", [case.pk], given).status_code == 302
    assert "简报第 1 期" in committee.get(reverse("campaigns:entry", args=[case.pk])).content.decode()
    assert committee.get(reverse("campaigns:entry_file", args=[case.pk])).status_code == 404
    branch = signed_in(personas.branch_secretary)
    assert branch.get(reverse("campaigns:entry_new", args=[unit.pk, "nothing"])).status_code == 404
    refused = signed_in(personas.party_committee).get(reverse("campaigns:entry_new", args=[unit.pk, "case"]))
    assert "台账由该单位自己登记" in refused.content.decode()


def test_pages_ask_the_same_for_one_entry_and_for_thirty(unit: Unit, personas: Personas) -> None:
    entry = make_entry(unit, personas)
    client = signed_in(personas.department_admin)
    urls = [
        reverse("campaigns:entries", args=[unit.campaign_id]),
        reverse("campaigns:unit", args=[unit.pk]) + "?tab=ledgers",
        reverse("campaigns:entry", args=[entry.pk]),
    ]
    before = [query_count(client, url) for url in urls]
    assert max(before) <= 15
    for number in range(30):
        make_entry(unit, personas, title=f"实事{number}")
    assert [query_count(client, url) for url in urls] == before
