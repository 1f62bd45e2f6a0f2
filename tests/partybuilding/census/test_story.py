"""A census from deployment to report: lists, checking, corrections, refusals, pages (P-64)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from associations.registry.models import Assignment, PartyMemberCount
from partybuilding.census import reports, services, urging
from partybuilding.census.enums import Settled
from partybuilding.census.models import Census, CensusRow, CensusUnit, ProblemKind
from partybuilding.census.rules import Standing
from partybuilding.census.selectors import by_kind, differences_of, progress_of
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything, scoped
from portal.jobs.models import Job
from portal.notices.models import Notice, Task
from tests.partybuilding.census.scopes import make_kind
from tests.partybuilding.closing.conftest import FIRST_OF_JUNE, Story, do_work, moment, story
from tests.partybuilding.closing.conftest import calendar as calendar
from tests.personas import Persona

__all__ = ["story"]

LAST_DAY, DUE = date(2026, 5, 31), date(2026, 6, 20)
TRADE, TEA, CITY = "湖南省商贸行业党委", "湖南省茶叶行业党委", "长沙市（未明确党委）"


@dataclass
class Round:
    story: Story
    census: Census

    def units(self) -> dict[str, CensusUnit]:
        with everything("test"):
            rows = CensusUnit.objects.filter(census=self.census).select_related("census", "department", "region")
            return {unit.label: unit for unit in rows}

    def row(self, unit: str, number: int = 0) -> CensusRow:
        with everything("test"):
            rows = CensusRow.objects.filter(unit__label=unit, unit__census=self.census)
            return rows.select_related("unit__census", "unit__department", "unit__region").order_by("name")[number]

    def who(self, unit: str) -> Persona:
        return self.story.who(self.units()[unit])  # type: ignore[arg-type]  # a unit is a unit

    def check(self, row: CensusRow, found: Standing, kinds: Any = (), note: str = "电话向秘书处核实") -> CensusRow:
        actor = self.who(row.unit.label).actor
        return services.check_row(
            row, found=found, kinds=kinds, note=note, actor=actor, version=row.version, now=FIRST_OF_JUNE
        )

    def agree(self, unit: str) -> int:
        one = self.units()[unit]
        with everything("test"):
            pks = list(CensusRow.objects.filter(unit=one).values_list("pk", flat=True))
        return services.check_many(one, pks, actor=self.who(unit).actor, now=FIRST_OF_JUNE)

    def confirm(self, unit: str, summary: str = "没有突出问题。") -> CensusUnit:
        one = self.units()[unit]
        actor = self.who(unit).actor
        return services.confirm_unit(one, summary=summary, actor=actor, version=one.version, now=FIRST_OF_JUNE)


@pytest.fixture
def census(story: Story) -> Round:
    made = services.open_census(
        title="2026年摸底调查",
        number="湘社工〔2026〕18号",
        as_of=LAST_DAY,
        due_on=DUE,
        actor=story.admin.actor,
        now=FIRST_OF_JUNE,
    )
    do_work()
    with everything("test"):
        return Round(story, Census.objects.get(pk=made.pk))


def test_every_body_gets_its_list_and_its_task(census: Round) -> None:
    assert {label: unit.association_count for label, unit in census.units().items()} == {TRADE: 2, TEA: 1, CITY: 1}
    with everything("test"):
        assert CensusRow.objects.count() == 4
        laid = Task.objects.filter(kind="check_census")
        assert [task.due_on for task in laid] == [DUE] * 3
    with everything("test"):
        found = progress_of([unit.pk for unit in census.units().values()], census.story.admin.actor)
    assert sum(one.rows for one in found.values()) == 4


def test_what_differs_is_corrected_in_the_register_and_seen(census: Round) -> None:
    row = census.row(TEA)
    kind = make_kind()
    census.check(row, _with_members(row.registered, 7), [kind])
    actor = census.story.admin.actor
    (one,) = differences_of(census.census, actor, LAST_DAY)
    assert (one.difference.aspect, one.difference.found, one.settled) == ("relation", "7", Settled.WAITING)
    with everything("test"):
        PartyMemberCount.objects.filter(association=row.association_id).delete()
        PartyMemberCount.objects.create(
            association_id=row.association_id, counted_on=date(2026, 5, 1), relation_count=7
        )
    (one,) = differences_of(census.census, actor, LAST_DAY)
    assert one.settled == Settled.DONE
    assert [(label, number) for (_pk, label, _remedy), number in by_kind(census.census, actor)] == [("党员底数不清", 1)]


def _with_members(register: Standing, relation: int) -> Standing:
    return replace(register, relation_count=relation)


def test_association_that_is_not_ours_is_settled_when_it_moves(census: Round) -> None:
    row = census.row(TEA)
    census.check(row, replace(row.registered, is_ours=False))
    (one,) = differences_of(census.census, census.story.admin.actor, LAST_DAY)
    assert (one.difference.aspect, one.settled) == ("ours", Settled.WAITING)
    with everything("test"):
        Assignment.objects.filter(association=row.association_id, role="party_committee").delete()
    (one,) = differences_of(census.census, census.story.admin.actor, LAST_DAY)
    assert one.settled == Settled.DONE


def test_confirming_taking_back_and_ending(census: Round) -> None:
    admin = census.story.admin.actor
    with pytest.raises(Refused, match="还有 2 家没有核对"):
        census.confirm(TRADE)
    for unit in (TRADE, TEA, CITY):
        assert census.agree(unit) == census.units()[unit].association_count
        assert census.agree(unit) == 0
        census.confirm(unit)
    with everything("test"):
        assert not Task.objects.filter(kind="check_census", state="open").exists()
    row = census.row(TEA)
    with pytest.raises(Refused, match="已经确认报送"):
        census.check(row, row.registered)
    unit = census.units()[TRADE]
    services.return_unit(unit, reason="党员人数请再核实。", actor=admin, version=unit.version, now=FIRST_OF_JUNE)
    with everything("test"):
        assert Task.objects.filter(kind="check_census", state="open").count() == 1
        assert Notice.objects.filter(text__contains="党员人数请再核实").count() == 1
    with pytest.raises(Refused, match=f"{TRADE}还没有确认报送"):
        services.close_census(census.census, actor=admin, version=census.census.version, now=FIRST_OF_JUNE)
    census.confirm(TRADE, "党员流动大，人数不实；逐人核对。")
    done = services.close_census(census.census, actor=admin, version=census.census.version, now=FIRST_OF_JUNE)
    assert done.is_closed
    unit = census.units()[TRADE]
    with pytest.raises(Refused, match="已经办结"):
        services.return_unit(unit, reason="再核实", actor=admin, version=unit.version, now=FIRST_OF_JUNE)


def test_refused_with_cause_and_remedy(census: Round) -> None:
    admin, row = census.story.admin.actor, census.row(TEA)
    other = census.story.personas.other_committee.actor
    given: dict[str, Any] = {"title": "又一次", "number": "湘社工〔2026〕19号", "actor": admin, "now": FIRST_OF_JUNE}
    for words, changed in (
        ("还没有到", {"as_of": date(2026, 7, 1), "due_on": date(2026, 7, 2)}),
        ("已经过去", {"as_of": LAST_DAY, "due_on": date(2026, 5, 1)}),
        ("还没有办结", {"as_of": date(2026, 5, 1), "due_on": DUE}),
    ):
        with pytest.raises(Refused, match=words):
            services.open_census(**given, **changed)
    with pytest.raises(Refused, match="写明怎样核实"):
        census.check(row, _with_members(row.registered, 9), note=" ")
    with pytest.raises(Refused, match="不能代为填报"):
        services.check_row(
            row, found=row.registered, kinds=(), note="", actor=other, version=row.version, now=FIRST_OF_JUNE
        )
    with pytest.raises(Refused, match="主要症结和对策"):
        census.confirm(TEA, " ")
    stale = census.row(TEA)
    census.check(row, row.registered)
    with pytest.raises(Conflict):
        census.check(stale, stale.registered)


def test_reminders_go_out_once_a_day(census: Round) -> None:
    morning = moment(date(2026, 6, 18), 9)
    urging.request_reminder(moment(date(2026, 6, 18), 7))
    assert do_work() == 0
    assert census.story.personas.other_committee.user
    for _again in range(2):
        urging.request_reminder(morning)
        do_work()
    with everything("test"):
        words = set(Notice.objects.values_list("text", flat=True))
    assert words == {"2026年摸底调查提醒：名单还没有确认报送，还有 2 天（2026-06-20 截止）。"}
    assert urging.remind(census.census, date(2026, 6, 17), now=morning) == 0
    for unit in (TEA, TRADE, CITY):
        census.agree(unit)
        census.confirm(unit)
    assert urging.remind(census.census, DUE, now=morning) == 0


def test_lists_made_twice_stand_once(census: Round) -> None:
    with everything("test"):
        Census.objects.update(prepared_at=None)
        CensusRow.objects.filter(unit__label=TRADE).delete()
        Job.objects.filter(task="partybuilding.prepare_census").update(state="queued", finished_at=None)
    do_work()
    with everything("test"):
        assert CensusRow.objects.count() == 4


def test_report_agrees_with_the_rows(census: Round) -> None:
    row = census.row(TEA)
    census.check(row, _with_members(row.registered, 7), [make_kind()])
    census.agree(CITY)
    census.confirm(CITY, "没有组建党组织；选派指导员。")
    params = {"census": census.census.pk}
    data = reports.build_census(census.story.admin.actor, params, date(2026, 6, 1))
    assert data.problems() == []
    assert [card.cell.display() for card in data.cards] == ["4", "50.0%", "1", "1"]
    own = reports.build_census(census.story.personas.party_committee.actor, params, date(2026, 6, 1))
    assert (own.problems(), own.cards[0].cell.display()) == ([], "1")
    for words, actor, day in (
        ("早于", census.story.admin.actor, date(2026, 5, 1)),
        ("没有由您负责", census.story.personas.other_regional_office.actor, date(2026, 6, 1)),
    ):
        with pytest.raises(Refused, match=words):
            reports.build_census(actor, params, day)


PAGES = {
    "department_admin": (
        "/censuses/",
        "/censuses/new/",
        "/censuses/{census}/",
        "/censuses/{census}/rows/?problem=any&checked=true",
        "/censuses/{census}/differences/?aspect=relation&settled=waiting",
        "/censuses/{census}/urging/",
        "/censuses/{census}/close/",
        "/censuses/units/{unit}/calls/new/",
    ),
    "party_committee": (
        "/censuses/units/{unit}/",
        "/censuses/units/{unit}/contact/",
        "/censuses/units/{unit}/confirm/",
        "/censuses/units/{unit}/return/",
        "/censuses/rows/{row}/",
    ),
}


@pytest.mark.parametrize("who", PAGES)
def test_pages_open_within_their_queries(
    census: Round, who: str, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    row = census.row(TEA)
    census.check(row, _with_members(row.registered, 7), [make_kind()])
    client: Client = sign_in(getattr(census.story.personas, who))
    names = {"census": census.census.pk, "unit": row.unit_id, "row": row.pk}
    for page in PAGES[who]:
        with django_assert_max_num_queries(22):
            answer = client.get(page.format(**names))
        assert answer.status_code == 200, page


def test_working_through_a_list_by_the_pages(census: Round, sign_in: Any) -> None:
    client: Client = sign_in(census.story.personas.other_committee)
    first, second = census.row(TRADE, 0), census.row(TRADE, 1)
    same = {"status": "active", "ours": "yes", "cover": first.cover, "instructor": "no", "group": "no"}
    numbers = {"relation": first.relation_count or "", "working": first.working_count or ""}
    answer = client.post(f"/censuses/rows/{first.pk}/", same | numbers | {"version": first.version})
    assert answer.headers["Location"] == f"/censuses/rows/{second.pk}/"
    unit = first.unit_id
    chosen = {"pk": [second.pk], "confirmed": "1"}
    answer = client.post(f"/censuses/units/{unit}/agree/", chosen)
    assert answer.headers["Location"] == f"/censuses/units/{unit}/"
    version = census.units()[TRADE].version
    answer = client.post(f"/censuses/units/{unit}/confirm/", {"summary": "没有突出问题。", "version": version})
    assert answer.status_code == 302
    assert census.units()[TRADE].state == "confirmed"


def test_found_associations_get_a_task(census: Round, sign_in: Any) -> None:
    client: Client = sign_in(census.story.admin)
    row = census.row(TEA)
    posted = {"pk": [row.pk], "confirmed": "1", "title": "核对党员人数", "due_on": "2027-06-30"}
    answer = client.post(f"/censuses/{census.census.pk}/rows/follow-up/", posted)
    assert answer.status_code == 302, answer.content.decode()
    with everything("test"):
        assert Task.objects.filter(subject_pk=str(row.association_id), title__contains="核对党员人数").exists()


@pytest.mark.django_db
def test_kinds_are_reference_data() -> None:
    rows = [services.KindRow("lost", 1, "查无下落", "找不到", "移交", "本系统约定", "decided")]
    assert services.load_kinds(rows) == 1
    assert services.load_kinds(rows) == 0
    assert services.load_kinds([]) == 1
    assert not ProblemKind.objects.get(code="lost").is_active


def test_scope_of_a_row_is_that_of_its_unit(census: Round) -> None:
    reach = {
        name: scoped(CensusRow, getattr(census.story.personas, name).actor).count()
        for name in ("department_staff", "party_committee", "other_committee", "regional_office", "registrar")
    }
    assert reach == {
        "department_staff": 4,
        "party_committee": 1,
        "other_committee": 2,
        "regional_office": 1,
        "registrar": 0,
    }
