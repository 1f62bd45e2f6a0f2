"""Pages of foundings: lists equal their figures, bulk decisions, the tab, few queries."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partybuilding.coverage.models import InstructorAssignment
from partybuilding.establishment.models import EstablishmentPlan
from tests import factories
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]
TODAY = timezone.localdate


@pytest.fixture
def tea(province: Province) -> Province:
    factories.make_member_count(province.tea, TODAY() - timedelta(days=40), 4)
    factories.make_member_count(province.trade, TODAY() - timedelta(days=40), 2)
    return province


def shown(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code == 200, url
    return [row.name for row in response.context["rows"]]


def test_reasons_of_the_list_add_up_and_the_order_is_that_of_the_parameter(
    province: Province, personas: Personas, sign_in: SignIn
) -> None:
    scatter(province, seed=9, number=25)
    client = sign_in(personas.department_staff)
    total = client.get("/coverage/not-built/?as_of=2026-01-15").context["page"].total
    parts = [
        client.get(f"/coverage/not-built/?as_of=2026-01-15&why={why}").context["page"].total
        for why in ("should", "few", "zero", "unreported", "dormant", "deferred")
    ]
    assert sum(parts) == total > 5
    page = client.get("/coverage/should-establish/?as_of=2026-01-15").content.decode()
    assert "先后次序：行业协会商会、规模较大的民办非企业单位、专职人员较多的基金会、其他。" in page


def test_bulk_plan_and_its_filter(tea: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.party_committee)
    given = {
        "pk": tea.tea.pk,
        "confirmed": "1",
        "starts_on": TODAY().isoformat(),
        "due_on": (TODAY() + timedelta(days=90)).isoformat(),
        "responsible": "组织处处长",
    }
    assert client.post("/coverage/should-establish/plan/", given).status_code == 302
    assert EstablishmentPlan.objects.get().association == tea.tea
    assert shown(client, "/coverage/should-establish/?plan=planned") == [tea.tea.name]
    assert shown(client, "/coverage/should-establish/?plan=unplanned") == []
    page = client.get(f"/associations/{tea.tea.pk}/?tab=establishment").content.decode()
    assert ("列入组建计划" in page, "组织处处长" in page, "撤回" in page) == (True, True, True)
    # A second decision on the same day is refused and named.
    assert "没有办理" in client.post("/coverage/should-establish/plan/", given).content.decode()


def test_information_pool_with_its_clock_and_organiser(tea: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_admin)
    page = client.get("/coverage/info-pool/").content.decode()
    assert ("已逾期 10 天" in page, tea.trade.name in page) == (True, True)
    assert shown(client, "/coverage/info-pool/?organiser=late") == [tea.trade.name]
    one = factories.make_instructor("组织员甲", kind="organiser")
    factories.make_instructor("指导员乙")
    asked = client.post("/coverage/info-pool/organiser/", {"pk": tea.trade.pk}).content.decode()
    assert ("组织员甲" in asked, "指导员乙" in asked) == (True, False)
    given = {"pk": tea.trade.pk, "confirmed": "1", "instructor": one.pk, "starts_on": TODAY().isoformat()}
    assert client.post("/coverage/info-pool/organiser/", given).status_code == 302
    assert InstructorAssignment.objects.get().instructor == one
    assert shown(client, "/coverage/info-pool/?organiser=with") == [tea.trade.name]
    assert shown(client, "/coverage/info-pool/?organiser=without") == []


def test_deferral_and_its_withdrawal(tea: Province, personas: Personas, sign_in: SignIn) -> None:
    client = sign_in(personas.department_admin)
    given = {
        "starts_on": TODAY().isoformat(),
        "due_on": (TODAY() + timedelta(days=200)).isoformat(),
        "document_number": "湘社组党〔2026〕9号",
        "ground": "dormant",
        "reason": "停止活动一年",
    }
    url = f"/associations/{tea.tea.pk}/deferral/new/"
    assert client.post(url, given | {"ground": "", "version": "1"}).status_code == 422
    assert client.post(url, given | {"version": "1"}).status_code == 302
    assert shown(client, "/coverage/should-establish/") == []
    assert shown(client, "/coverage/not-built/?why=dormant") == [tea.tea.name]
    row = EstablishmentPlan.objects.get()
    url = f"/associations/{tea.tea.pk}/plans/{row.pk}/withdraw/"
    assert "恢复为应建未建" in client.get(url).content.decode()
    # On the day of the decision the withdrawal leaves that one day.
    given = {"ends_on": TODAY().isoformat(), "reason": "恢复活动", "version": str(row.version)}
    assert client.post(url, given).status_code == 302
    tomorrow = (TODAY() + timedelta(days=1)).isoformat()
    assert shown(client, f"/coverage/should-establish/?as_of={tomorrow}") == [tea.tea.name]


def test_an_overdue_plan_asks_for_attention(tea: Province, personas: Personas, sign_in: SignIn) -> None:
    factories.make_plan(tea.tea, starts_on=date(2026, 1, 5), due_on=TODAY() - timedelta(days=1))
    page = sign_in(personas.registrar).get(f"/associations/{tea.tea.pk}/?tab=establishment").content.decode()
    assert ("组建计划已逾期" in page, "登记暂缓组建" in page, "已逾期" in page) == (True, False, True)


@pytest.mark.parametrize("url", ["/coverage/should-establish/", "/coverage/not-built/", "/coverage/info-pool/"])
def test_lists_ask_few_queries(province: Province, personas: Personas, sign_in: SignIn, url: str) -> None:
    number = 1 if url != "/coverage/info-pool/" else 2
    client = sign_in(personas.department_staff)

    def add(times: int) -> None:
        for _ in range(times):
            association = factories.make_association(region=province.hunan, party_committee=province.committee)
            factories.make_member_count(association, date(2026, 5, 31), 4 if number == 1 else 1)
            factories.make_plan(association)

    add(1)
    first = query_count(client, url)
    add(29)
    assert query_count(client, url) == first <= 15
