"""The list of a unit while the month is open: last month beside it, reopened visibly, urged, corrected."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from partybuilding.closing import services, urging
from partybuilding.closing.enums import How, UnitState
from partybuilding.closing.facts import correct_fact, facts_of
from partybuilding.closing.models import Close, CloseRow, CloseUnit, UnitCall
from partybuilding.closing.selectors import standings, unit_key, unit_list
from partybuilding.organizations.models import CoveredAssociation
from portal.access.decisions import Refused
from portal.access.scoping import everything, scoped
from portal.jobs.models import Job
from portal.jobs.registry import run_ticks
from portal.notices.models import Notice, Task
from portal.workflow.services import history
from tests.partybuilding.closing.conftest import APRIL, FIRST_OF_JUNE, MAY, Story, do_work, moment, paper
from tests.personas import Persona

TRADE = "湖南省商贸行业党委"
MID_MAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("committee", "path", "key"),
    [
        (7, "/430000/430100/", "d7"),
        (None, "/430000/430100/430104/", "r430100"),
        (None, "/430000/430100/", "r430100"),
        (None, "/430000/", "r430000"),
    ],
)
def test_association_belongs_to_its_committee_else_to_its_city(committee: int | None, path: str, key: str) -> None:
    assert unit_key(committee, path) == key


def test_units_are_the_committees_and_the_cities_of_the_rest(story: Story) -> None:
    units = story.units(story.open())
    assert {label: unit.association_count for label, unit in units.items()} == {
        TRADE: 2,
        "湖南省茶叶行业党委": 1,
        "长沙市（未明确党委）": 1,
    }
    with everything("test"):
        tasks = Task.objects.filter(kind="confirm_close").order_by("title")
        assert [(task.for_role, task.state, task.due_on) for task in tasks] == [
            ("party_committee", "open", date(2026, 5, 29)),
            ("party_committee", "open", date(2026, 5, 29)),
            ("regional_office", "open", date(2026, 5, 29)),
        ]


def test_standing_of_all_units_is_what_each_of_them_sees(story: Story, found: Any) -> None:
    from partybuilding.closing.selectors import kept_rows, live_rows, opening_edition, window_of

    close = story.open()
    found(story.province.city_trade, MID_MAY)
    with everything("test"):
        live = live_rows(None, close.as_of, window_of(close).closing_rules)
        all_at_once = standings(kept_rows(opening_edition(close)), live)
        for unit in story.units(close).values():
            own = unit_list(unit, None)
            assert all_at_once[unit.key].fingerprint == own.fingerprint
            assert all_at_once[unit.key].changed_count == own.changed_count


def test_change_after_confirming_reopens_the_list_visibly(story: Story, found: Any, sign_in: Any) -> None:
    close = story.open()
    officer = story.personas.other_committee
    story.confirm(story.units(close)[TRADE], officer, How.UNCHANGED)
    found(story.province.city_trade, MID_MAY)
    urging.request_work(moment(date(2026, 5, 28), 10))
    do_work()
    unit = story.units(close)[TRADE]
    assert unit.state == UnitState.REOPENED
    assert [one.transition for one in history(unit)] == ["confirm_unit", "reopen_unit"]
    with everything("test"):
        assert Task.objects.filter(kind="confirm_close", subject_pk=str(unit.pk), state="open").count() == 1
        assert Notice.objects.filter(user=officer.user, text__contains="又有变化").count() == 1
    page = sign_in(officer).get(f"/closes/units/{unit.pk}/").content.decode()
    assert "确认以后名单又有变化，请核对后再次确认。" in page
    again = story.confirm(unit, officer)
    assert (again.state, again.reopened_at, again.change_count) == (UnitState.CONFIRMED, None, 1)


def test_hourly_look_and_the_days_reminder_are_asked_for_once(story: Story) -> None:
    close = story.open()
    officer = story.personas.other_committee
    with everything("test"):
        Notice.objects.all().delete()
    for minute in (0, 20):
        urging.request_work(moment(date(2026, 5, 27), 9, minute))
    assert do_work() == 2
    urging.request_work(moment(date(2026, 5, 27), 10))
    assert do_work() == 1
    with everything("test"):
        texts = list(Notice.objects.filter(user=officer.user).values_list("text", flat=True))
        assert texts == [f"{close}提醒：名单还没有确认，还有 2 天（2026-05-29 截止）。"]
        assert Job.objects.filter(task="partybuilding.remind_close").count() == 1
    assert urging.remind(close, date(2026, 5, 26), now=FIRST_OF_JUNE) == 0
    story.confirm_all(close)
    assert urging.remind(story.reload(close), date(2026, 5, 29), now=FIRST_OF_JUNE) == 0


def test_tick_opens_the_month_on_its_day_once(story: Story) -> None:
    """The fifth working day from the end of June 2026 is the 24th."""
    assert services.open_due(moment(date(2026, 6, 23))) is None
    opened = services.open_due(moment(date(2026, 6, 24)))
    assert opened is not None
    assert (opened.month, opened.opens_on, opened.due_on) == ("2026-06", date(2026, 6, 24), date(2026, 6, 30))
    run_ticks(moment(date(2026, 6, 24), 11))
    with everything("test"):
        assert Close.objects.count() == 1


def test_preparing_twice_makes_nothing_twice(story: Story) -> None:
    """A worker that died after the units and before its end begins again."""
    close = story.open()
    with everything("test"):
        before = CloseUnit.objects.count(), Task.objects.count(), CloseRow.objects.count()
        Close.objects.update(prepared_at=None)
        Job.objects.filter(task="partybuilding.prepare_close").update(state="queued", finished_at=None)
        Notice.objects.all().delete()
    do_work()
    with everything("test"):
        assert (CloseUnit.objects.count(), Task.objects.count(), CloseRow.objects.count()) == before
        assert not Notice.objects.exists()
    assert story.reload(close).prepared_at is not None


def test_draft_built_twice_keeps_one_set_of_rows(story: Story, found: Any) -> None:
    close = story.open()
    found(story.province.city_trade, MID_MAY)
    story.confirm_all(close)
    run = story.draft()
    from partybuilding.closing.drafting import prepare
    from portal.jobs.runner import JobContext

    with everything("test"):
        rows, data = CloseRow.objects.filter(edition__run=run).count(), run.data

        class Quiet(JobContext):
            def progress(self, done: int, total: int, message: str = "") -> None:
                """No lease is held here."""

        prepare(run, Quiet(Job.objects.get(pk=run.job_id), story.admin.actor))
        assert CloseRow.objects.filter(edition__run=run).count() == rows == 4
    assert story.again(run).data == data


def test_province_confirms_what_has_neither_committee_nor_city(story: Story) -> None:
    from tests.factories import make_association

    with everything("test data"):
        make_association("湖南省基金会", region=story.province.hunan, established_on=date(2010, 1, 1))
    unit = story.units(story.open())["省本级（未明确党委）"]
    assert services.body_of(unit)[0] == "department_staff"
    confirmed = story.confirm(unit, story.personas.department_staff, How.UNCHANGED)
    assert confirmed.confirmed_label == story.personas.department_staff.actor.label


def test_corrected_fact_leaves_the_confirmed_list_confirmed(story: Story) -> None:
    story.issue(APRIL, moment(date(2026, 5, 1)))
    with everything("test"):
        row = CoveredAssociation.objects.get(association=story.province.trade)
        CoveredAssociation.objects.filter(pk=row.pk).update(ends_on=date(2026, 5, 20))
    close = story.open()
    story.confirm_all(close)
    first = story.draft()
    with everything("test"):
        trade = type(story.province.trade).objects.get(pk=story.province.trade.pk)
        assert facts_of(trade, story.admin.actor)[0].key == f"cover-{row.pk}"
    correct_fact(
        close,
        trade,
        fact=f"cover-{row.pk}",
        starts_on=None,
        ends_on=None,
        number="湘商党〔2026〕41号",
        text="终止日期系误录。",
        file=paper(story.admin.actor),
        actor=story.admin.actor,
        version=trade.version,
        now=FIRST_OF_JUNE,
    )
    unit = story.units(close)[TRADE]
    assert (unit.state, unit.change_count) == (UnitState.CONFIRMED, 0)
    second = story.new_version(first)
    assert story.units(close)[TRADE].state == UnitState.CONFIRMED
    assert second.data is not None
    assert [card["cell"]["numerator"] for card in second.data["cards"][:1]] == [2]
    assert "湘商党〔2026〕41号" in str(second.data["annexes"])
    assert story.sign(second).state == "locked"


def test_calls_and_telephones_of_a_unit(story: Story) -> None:
    close = story.open()
    unit = story.units(close)[TRADE]
    admin = story.admin.actor
    urging.set_contact(
        unit,
        post="党建工作处",
        phone="0731-84501234",
        actor=story.personas.other_committee.actor,
        version=unit.version,
        now=FIRST_OF_JUNE,
    )
    urging.log_call(unit, result="promised", promised_on=date(2026, 6, 2), note="", actor=admin, now=FIRST_OF_JUNE)
    groups = urging.to_call(scoped(CloseUnit, admin).filter(close=close), scoped(UnitCall, admin))
    assert [(group.label, len(group.units)) for group in groups] == [("综合（行业）党委", 2), ("市州社会工作部", 1)]
    words = groups[0].text(close, date(2026, 6, 1), "请登录系统确认")
    assert "下列 2 个单位尚未确认2026年5月两个覆盖月报名单（已逾期 3 天（2026-05-29 截止））" in words
    assert "0731" not in words


def test_next_month_takes_over_the_telephone(story: Story) -> None:
    with everything("test"):
        first = story.open(APRIL, moment(date(2026, 5, 1)))
        CloseUnit.objects.filter(close=first).update(contact_phone="0731-84501234", contact_post="党建处")
    story.confirm_all(first, moment(date(2026, 5, 1)))
    story.sign(story.draft(first.as_of, moment(date(2026, 5, 1))), moment(date(2026, 5, 1)))
    units = story.units(story.open(MAY))
    assert {unit.contact_phone for unit in units.values()} == {"0731-84501234"}


PAGES = {
    "department_admin": (
        "/closes/",
        "/closes/new/",
        "/closes/{close}/",
        "/closes/{close}/urging/",
        "/closes/units/{unit}/",
    ),
    "other_committee": ("/closes/", "/closes/{close}/", "/closes/units/{unit}/", "/closes/units/{unit}/confirm/"),
    "regional_office": ("/closes/", "/closes/{close}/"),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_month_open(story: Story, found: Any, sign_in: Any, name: str) -> None:
    close = story.open()
    found(story.province.city_trade, MID_MAY)
    persona: Persona = story.personas[name]
    client: Client = sign_in(persona)
    unit = story.units(close)[TRADE]
    for address in PAGES[name]:
        assert client.get(address.format(close=close.pk, unit=unit.pk)).status_code == 200, address


def test_one_click_confirms_an_unchanged_list(story: Story, sign_in: Any) -> None:
    unit = story.units(story.open())["湖南省茶叶行业党委"]
    client = sign_in(story.personas.party_committee)
    page = client.get(f"/closes/units/{unit.pk}/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    given = {"version": unit.version, "seen": seen, "how": "unchanged"}
    assert client.post(f"/closes/units/{unit.pk}/confirm/", given).status_code == 302
    assert client.post(f"/closes/units/{unit.pk}/confirm/", given).status_code in {409, 422}
    assert story.units(unit.close)["湖南省茶叶行业党委"].how == How.UNCHANGED
    assert client.post(f"/closes/units/{unit.pk}/confirm/", {**given, "seen": ""}).status_code == 422


def test_list_of_another_unit_is_not_found(story: Story, sign_in: Any) -> None:
    unit = story.units(story.open())[TRADE]
    client = sign_in(story.personas.party_committee)
    for address in (f"/closes/units/{unit.pk}/", f"/closes/units/{unit.pk}/confirm/"):
        assert client.get(address).status_code == 404


def test_editions_are_compared_on_a_page(story: Story, found: Any, sign_in: Any) -> None:
    close = story.open()
    story.confirm_all(close)
    first = story.draft()
    found(story.province.city_trade, MID_MAY)
    second = story.new_version(first)
    page = sign_in(story.admin).get(f"/reports/runs/{second.pk}/compare/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "50.0%（2/4）" in text
    assert "75.0%（3/4）" in text
    assert "增加：株洲市商贸业协会" in text
    assert story.units(close)[TRADE].state == UnitState.REOPENED


@pytest.mark.parametrize("address", ["/closes/units/{unit}/", "/closes/{close}/", "/closes/units/{unit}/confirm/"])
def test_longer_list_asks_no_more_queries(story: Story, sign_in: Any, address: str) -> None:
    from tests.factories import make_association
    from tests.wings import query_count

    close = story.open()
    unit = story.units(close)[TRADE]
    client = sign_in(story.personas.other_committee)
    there = address.format(unit=unit.pk, close=close.pk)
    few = query_count(client, there)
    with everything("test data"):
        for _ in range(30):
            make_association(party_committee=story.province.other_committee, established_on=date(2026, 5, 3))
    assert query_count(client, there) <= max(few, 25)


def test_reviewed_report_waits_on_the_administrators_desk(story: Story, sign_in: Any) -> None:
    from portal.reporting import services as reporting

    story.confirm_all(story.open())
    run = story.draft()
    staff = story.personas.department_staff
    sent = reporting.send_run(run, actor=staff.actor, version=run.version, now=FIRST_OF_JUNE)
    desk = sign_in(story.admin).get("/").content.decode()
    assert "待核对签发" in desk
    with everything("test"):
        assert Notice.objects.filter(user=story.admin.user, text__startswith="报告送审").count() == 1
    back = reporting.give_back_run(
        sent, words="株洲市的数字请再核对。", actor=story.admin.actor, version=sent.version, now=FIRST_OF_JUNE
    )
    assert back.state == "draft"
    page = sign_in(staff).get(f"/reports/runs/{run.pk}/").content.decode()
    assert "株洲市的数字请再核对。" in page
    again = reporting.send_run(back, actor=staff.actor, version=back.version, now=FIRST_OF_JUNE)
    with pytest.raises(Refused, match="退回意见是空的"):
        reporting.give_back_run(again, words=" ", actor=story.admin.actor, version=again.version, now=FIRST_OF_JUNE)


def test_draft_and_schedule_are_asked_for_from_the_report_centre(story: Story, sign_in: Any) -> None:
    story.confirm_all(story.open())
    client = sign_in(story.admin)
    form = client.get("/reports/coverage_close/new/").content.decode()
    assert 'value="2026-05-31"' in form
    wrong = client.post("/reports/coverage_close/new/", {"as_of": "2026-05-20"})
    assert (wrong.status_code, "没有截至 2026-05-20 的月报" in wrong.content.decode()) == (422, True)
    assert client.post("/reports/coverage_close/new/", {"as_of": "2026-05-31"}).status_code == 302
    do_work()
    assert client.get("/reports/coverage_close/schedule/").status_code == 200
    assert client.post("/reports/coverage_close/schedule/", {"day_of_month": 1, "hour": 8}).status_code == 302
    officer = sign_in(story.personas.other_committee)
    assert officer.get("/reports/coverage_close/new/").status_code == 404


def test_correction_is_recorded_through_its_pages(story: Story, sign_in: Any) -> None:
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from pypdf import PdfWriter

    from partybuilding.closing.models import Correction

    writer, content = PdfWriter(), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(content)
    client = sign_in(story.admin)
    trade = story.province.trade
    address = f"/closes/corrections/of/{trade.pk}/"
    assert "现在没有正在确认的月报" in client.get(address).content.decode()
    close = story.open()
    with everything("test"):
        row = CoveredAssociation.objects.get(association=trade)
        CoveredAssociation.objects.filter(pk=row.pk).delete()
        version = type(trade).objects.get(pk=trade.pk).version
    story.confirm_all(close)
    story.draft()
    page = client.get(f"/closes/{close.pk}/corrections/new/").content.decode()
    assert trade.name in page
    given = {"number": "1号", "text": "更正", "associations": [str(trade.pk)]}
    file = SimpleUploadedFile("更正.pdf", content.getvalue(), "application/pdf")
    assert client.post(f"/closes/{close.pk}/corrections/new/", {**given, "file": ""}).status_code == 422
    assert client.post(f"/closes/{close.pk}/corrections/new/", {**given, "file": file}).status_code == 302
    file.seek(0)
    fact = {"number": "2号", "text": "成立日期有误", "starts_on": "2015-03-02", "ends_on": "", "status": "active"}
    chosen = f"{address}?fact=register"
    assert client.get(chosen).status_code == 200
    assert client.post(chosen, {**fact, "version": version, "file": file}).status_code == 302
    with everything("test"):
        assert type(trade).objects.get(pk=trade.pk).established_on == date(2015, 3, 2)
        kept = Correction.objects.order_by("pk").last()
    assert kept is not None
    answer = client.get(f"/closes/corrections/{kept.pk}/file/")
    assert answer.status_code == 200
    assert b"".join(answer).startswith(b"%PDF")  # type: ignore[arg-type]


def test_every_figure_of_a_units_page_is_its_list(story: Story, found: Any, sign_in: Any) -> None:
    import re

    close = story.open()
    found(story.province.city_trade, MID_MAY)
    unit = story.units(close)[TRADE]
    client = sign_in(story.personas.other_committee)
    page = client.get(f"/closes/units/{unit.pk}/").content.decode()
    figures = re.findall(r'figure-value"><a href="(\?[^"]+)#results">([^<]+)</a></p><p class="figure-note">(\d*)', page)
    assert len(figures) == 4
    for query, value, numerator in figures:
        there = client.get(f"/closes/units/{unit.pk}/{query.replace('&amp;', '&')}").content.decode()
        total = re.search(r'total-count">(?:<[^>]+>)?(\d+)', there)
        assert total is not None
        assert total.group(1) == (numerator if value.endswith("%") else value)
