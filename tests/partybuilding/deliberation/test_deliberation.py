"""Decisions, interactions, agreements: what they write, what they refuse, what the pages show."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from partybuilding.deliberation.enums import ReviewState
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.deliberation.selectors import in_state, review_rate, state_counts
from partybuilding.deliberation.services import (
    change_decision,
    change_interaction,
    end_agreement,
    record_agreement,
    record_decision,
    record_interaction,
)
from partybuilding.deliberation.views import state_of
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from tests import factories
from tests.partybuilding.deliberation.makers import (
    MATTER,
    make_agreement,
    make_decision,
    make_interaction,
    make_list,
)
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
GIVEN: dict[str, Any] = {
    "matter": MATTER,
    "title": "关于建设检测中心的议案",
    "reviewed_on": date(2026, 6, 8),
    "opinion": "agree",
    "opinion_text": "",
    "voted_on": date(2026, 6, 10),
    "council": "council",
    "outcome": "adopted",
    "remark": "",
}
VOTE_ONLY = {"reviewed_on": None, "opinion": ""}
OPINION_ONLY = {"voted_on": None, "council": "", "outcome": ""}


@pytest.fixture
def branch(personas: Personas) -> PartyOrganization:
    make_list()
    return personas.province.tea_branch


def decide(branch: PartyOrganization, personas: Personas, now: datetime, **values: Any) -> MajorDecision:
    actor = personas[values.pop("persona", "branch_secretary")].actor
    association = values.pop("association", personas.province.tea)
    with acting_as(actor):
        return record_decision(branch, association, actor=actor, now=now, **GIVEN | values)


def test_the_opinion_first_then_the_vote(personas: Personas, branch: PartyOrganization, now: datetime) -> None:
    row = decide(branch, personas, now, **OPINION_ONLY)
    assert (state_of(row), row.matter_number) == (ReviewState.PENDING, 2)
    actor = personas.party_committee.actor
    with acting_as(actor):
        change_decision(row, actor=actor, now=now, version=row.version, **GIVEN)
    assert state_of(row) == ReviewState.REVIEWED
    with acting_as(actor), pytest.raises(Conflict):
        change_decision(row, actor=actor, now=now, version=1, **GIVEN | {"title": "另一议案"})
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {"decisions.record", "decisions.change"}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reviewed_on": date(2026, 6, 12)}, "decision.order"),
        (VOTE_ONLY | OPINION_ONLY, "decision.order"),
        ({"opinion": ""}, "decision.order"),
        ({"outcome": ""}, "decision.order"),
        ({"matter": "组织团建活动"}, "decision.matter"),
        ({"voted_on": date(2026, 7, 1)}, "date.future"),
        ({"reviewed_on": date(2014, 12, 31)}, "deliberation.dates"),
        ({"persona": "registrar"}, "role"),
        ({"persona": "association_filer"}, "role"),
        ({"persona": "other_committee"}, "scope.outside"),
    ],
)
def test_what_is_no_study_before_the_vote_is_refused(
    values: dict[str, Any], code: str, personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    PartyOrganization.objects.filter(pk=branch.pk).update(established_on=date(2015, 1, 1))
    branch.refresh_from_db()
    with pytest.raises(Refused) as refused:
        decide(branch, personas, now, **values)
    assert refused.value.code == code
    assert not MajorDecision.objects.unscoped("a test").exists()


def test_a_list_holds_on_its_days_and_an_association_while_it_is_covered(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    with pytest.raises(Refused, match="不由「"):
        decide(branch, personas, now, persona="department_staff", association=personas.province.trade)
    make_list(region=personas.province.hunan, starts_on=date(2026, 6, 9), texts=["大额资金使用"])
    assert decide(branch, personas, now).matter == MATTER  # the list of the day it was studied
    with pytest.raises(Refused, match="2026-06-10执行的"):
        decide(branch, personas, now, **VOTE_ONLY)
    PartyOrganization.objects.filter(pk=branch.pk).update(dissolved_on=date(2026, 6, 20))
    branch.refresh_from_db()
    with pytest.raises(Refused, match="已于2026-06-20撤销"):
        decide(branch, personas, now)


def test_without_a_list_nothing_can_be_chosen(personas: Personas, now: datetime) -> None:
    with pytest.raises(Refused, match="没有执行中的重大决策前置研究清单"):
        decide(personas.province.tea_branch, personas, now)


def test_the_database_refuses_an_opinion_after_the_vote(personas: Personas, branch: PartyOrganization) -> None:
    with pytest.raises(IntegrityError):
        make_decision(branch, personas.province.tea, reviewed_on=date(2026, 6, 12))


def test_the_filter_says_what_the_rule_says(personas: Personas, branch: PartyOrganization) -> None:
    tea = personas.province.tea
    for opinion in ("agree", "change", "defer", "disagree"):
        for outcome in ("adopted", "amended", "rejected"):
            make_decision(branch, tea, opinion=opinion, outcome=outcome)
    make_decision(branch, tea, **VOTE_ONLY)
    make_decision(branch, tea, **OPINION_ONLY)
    rows = MajorDecision.objects.unscoped("a test")
    counts = state_counts(rows)
    for state in ReviewState:
        wanted = {row.pk for row in rows if state_of(row) == state}
        assert set(rows.filter(in_state(state)).values_list("pk", flat=True)) == wanted
        assert counts[state] == len(wanted)
    assert review_rate(counts).display() == "92.3%"  # 12 of 13


def test_what_was_done_together_is_recorded_once_and_corrected(
    personas: Personas, branch: PartyOrganization, now: datetime
) -> None:
    actor = personas.branch_secretary.actor
    given = {"kind": "deliberation", "held_on": date(2026, 6, 10), "title": "检测中心选址", "content": "三处备选。"}
    with acting_as(actor):
        row = record_interaction(branch, personas.province.tea, actor=actor, now=now, **given)
        with pytest.raises(Refused, match="不必重复登记"):
            record_interaction(branch, personas.province.tea, actor=actor, now=now, **given)
        changed = given | {"kind": "attendance", "participants": "", "result": "同意第一处"}
        change_interaction(row, actor=actor, now=now, version=row.version, **changed)
    assert (row.kind, row.result) == ("attendance", "同意第一处")


def test_one_agreement_of_a_form_at_a_time(personas: Personas, branch: PartyOrganization, now: datetime) -> None:
    actor, tea = personas.branch_secretary.actor, personas.province.tea
    given = {"kind": "agreement", "content": "党组织参与重大问题决策。"}
    with acting_as(actor):
        first = record_agreement(branch, tea, starts_on=date(2026, 1, 1), actor=actor, now=now, **given)
        with pytest.raises(Refused, match="2026-01-01起，尚未终止"):
            record_agreement(branch, tea, starts_on=date(2026, 6, 1), actor=actor, now=now, **given)
        record_agreement(branch, tea, starts_on=date(2026, 6, 1), actor=actor, now=now, **given | {"kind": "charter"})
        with pytest.raises(Refused, match="早于生效日期"):
            end_agreement(first, ends_on=date(2025, 12, 31), actor=actor, now=now, version=first.version)
        end_agreement(first, ends_on=date(2026, 5, 31), actor=actor, now=now, version=first.version)
        with pytest.raises(Refused, match="已于2026-05-31终止"):
            end_agreement(first, ends_on=date(2026, 6, 10), actor=actor, now=now, version=first.version)
        record_agreement(branch, tea, starts_on=date(2026, 6, 1), actor=actor, now=now, **given)
    assert Agreement.objects.unscoped("a test").filter(ends_on=None).count() == 2


def test_journey_from_the_tab_to_the_list(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    client = sign_in(personas.branch_secretary)
    tab = reverse("partybuilding:organization", args=[branch.pk]) + "?tab=deliberation"
    new = reverse("partybuilding:decision_new", args=[branch.pk])
    assert new in client.get(tab).content.decode()
    assert MATTER in client.get(new).content.decode()
    form = {name: str(value) for name, value in GIVEN.items()}
    late = client.post(new, form | {"reviewed_on": "2026-06-12"})
    assert late.status_code == 422
    assert "应当先经党组织研究，再提交表决" in late.content.decode()
    posted = client.post(new, form | {"reviewed_on": "", "opinion": ""}, follow=True)
    assert "没有经党组织前置研究就已表决" in posted.content.decode()
    row = MajorDecision.objects.unscoped("a test").get()
    edit = reverse("partybuilding:decision_edit", args=[row.pk])
    done = client.post(edit, form | {"version": "1", "opinion": "disagree"}, follow=True)
    assert "表决结果与党组织意见不一致" in done.content.decode()
    page = sign_in(personas.party_committee).get(reverse("partybuilding:decisions"), {"state": "contrary"})
    assert [one.name for one in page.context["rows"]] == [GIVEN["title"]]
    assert "未采纳党组织意见 1 项" in page.content.decode()
    assert "100.0%（1/1）" in page.content.decode()


def test_pages_of_interactions_and_agreements(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    client = sign_in(personas.branch_secretary)
    together = reverse("partybuilding:interaction_new", args=[branch.pk])
    form = {"kind": "joint_study", "held_on": "2026-06-10", "title": "学习条例", "content": "逐条学习。"}
    assert client.post(together, form).status_code == 302
    one = Interaction.objects.unscoped("a test").get()
    edit = reverse("partybuilding:interaction_edit", args=[one.pk])
    assert client.post(edit, form | {"version": "1", "result": "整改两项"}).status_code == 302
    assert "整改两项" in client.get(reverse("partybuilding:interactions")).content.decode()
    agree = reverse("partybuilding:agreement_new", args=[branch.pk])
    assert client.post(agree, {"kind": "charter", "starts_on": "2026-06-01", "content": "第八条"}).status_code == 302
    row = Agreement.objects.unscoped("a test").get()
    page = reverse("partybuilding:agreement", args=[row.pk])
    assert "第八条" in client.get(page).content.decode()
    end = reverse("partybuilding:agreement_end", args=[row.pk])
    assert client.post(end, {"ends_on": "2026-06-30", "version": "1"}).status_code == 302
    assert "登记终止" not in client.get(page).content.decode()
    shown = client.get(reverse("partybuilding:agreements"), {"state": "current", "as_of": "2026-06-15"})
    assert len(shown.context["rows"]) == 1


def test_an_organisation_says_what_was_not_studied_to_the_partys_own_bodies_only(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    make_decision(branch, personas.province.tea, **VOTE_ONLY)
    page = reverse("partybuilding:organization", args=[branch.pk])
    assert "1 项重大决策未经党组织前置研究" in sign_in(personas.party_committee).get(page).content.decode()
    assert "前置研究" not in sign_in(personas.registrar).get(page).content.decode()
    assert "议事决策" not in sign_in(personas.supervising_unit).get(page).content.decode()


def test_the_guide_shows_steps_and_matters_with_their_source(
    personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    make_list(occasion="guide", title="参与决策流程", texts=["会前沟通", "党组织研究"])
    make_list(occasion="guide", code="former", title="旧流程", texts=["旧步骤"], ends_on=date(2020, 1, 1))
    page = sign_in(personas.branch_secretary).get(reverse("partybuilding:decision_guide")).content.decode()
    assert page.index("会前沟通") < page.index(MATTER)
    assert "旧步骤" not in page


@pytest.mark.parametrize("name", ["decisions", "interactions", "agreements"])
def test_thirty_rows_ask_no_more_than_one(
    name: str, personas: Personas, branch: PartyOrganization, sign_in: Callable[[Persona], Client]
) -> None:
    make = {"decisions": make_decision, "interactions": make_interaction, "agreements": make_agreement}[name]
    client, url = sign_in(personas.department_staff), reverse(f"partybuilding:{name}")
    make(branch, personas.province.tea)
    one = query_count(client, url)
    for _ in range(29):
        association = factories.make_association()
        make(factories.make_organization("", association), association)
    assert query_count(client, url) == one
