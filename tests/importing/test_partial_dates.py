"""A month or a year alone stays what it is: stored, shown, exported, refined by a whole day, never the other way."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from associations.registry.models import Association
from portal.access.actor import acting_as
from portal.access.scoping import everything
from portal.exporting.cells import typed
from portal.exporting.sources import of_kind
from portal.importing import services
from portal.importing.partial import PartialDate, agrees
from portal.importing.precisions import settle
from portal.screens.values import date_text
from tests.people import makers
from tests.workbooks import table

MONTH = PartialDate.of(dt.date(2005, 3, 1), "month")
YEAR = PartialDate.of(dt.date(2005, 1, 1), "year")
WHOLE = dt.date(2005, 3, 15)
HEADER = ("统一社会信用代码", "成立日期")


@pytest.mark.parametrize(
    ("coming", "current", "left"),
    [
        (MONTH, {}, {"d": MONTH, "precisions": {"d": "month"}}),
        (WHOLE, {}, {"d": WHOLE}),
        # What agrees with something better known is no news.
        (MONTH, {"d": WHOLE, "precisions": {}}, {}),
        (YEAR, {"d": MONTH, "precisions": {"d": "month"}}, {}),
        (MONTH, {"d": MONTH, "precisions": {"d": "month"}}, {}),
        # What is finer, or another month, is.
        (MONTH, {"d": YEAR, "precisions": {"d": "year"}}, {"d": MONTH, "precisions": {"d": "month"}}),
        (WHOLE, {"d": MONTH, "precisions": {"d": "month", "e": "year"}}, {"d": WHOLE, "precisions": {"e": "year"}}),
        (MONTH, {"d": dt.date(2006, 3, 1), "precisions": {}}, {"d": MONTH, "precisions": {"d": "month"}}),
    ],
)
def test_the_better_known_date_stays(coming: dt.date, current: dict[str, Any], left: dict[str, Any]) -> None:
    main: dict[str, Any] = {"d": coming}
    settle(main, current)
    assert main == left


def test_a_partial_date_is_written_as_what_it_is() -> None:
    assert [date_text(one) for one in (MONTH, YEAR, WHOLE)] == ["2005-03", "2005", "2005-03-15"]
    assert [typed(one) for one in (MONTH, YEAR, WHOLE)] == ["2005-03", "2005", WHOLE]
    assert (dt.date(2005, 3, 1) == MONTH, agrees(MONTH, WHOLE), agrees(YEAR, WHOLE), agrees(WHOLE, MONTH)) == (
        True,
        True,
        True,
        False,
    )


def exported(kind: str, code: str, actor: Any) -> list[Any]:
    now = timezone.now()
    with acting_as(actor):
        found = of_kind(kind, "", [code], "csv", actor=actor, now=now, today=timezone.localdate(now))
        return [typed(row[0]) for row in found.rows]


def test_a_month_is_kept_shown_exported_refined_and_undone(
    province: Any, personas: Any, run_import: Any, sign_in: Any, reference: None
) -> None:
    tea, actor = province.fill().tea, personas.department_admin.actor
    run_import(table([(tea.uscc, "2005.3")], HEADER), commit=True)
    with everything("the test looks"):
        tea = Association.objects.get(pk=tea.pk)
    assert (tea.established_on, tea.precisions) == (dt.date(2005, 3, 1), {"established_on": "month"})
    page = sign_in(personas.department_admin).get(f"/associations/{tea.pk}/").content.decode()
    assert '<time datetime="2005-03">2005-03</time>' in page
    assert "2005-03" in exported("associations", "established_on", actor)
    assert run_import(table([(tea.uscc, "2005年3月")], HEADER)).same_count == 1
    batch = run_import(table([(tea.uscc, "2005-03-01")], HEADER))
    assert batch.changed_count == 1
    with acting_as(actor):
        batch = services.confirm(batch, actor=actor, version=batch.version, now=timezone.now())
        batch = services.commit(batch, actor=actor, now=timezone.now())
    assert (
        "成立日期 精确到日"
        in sign_in(personas.department_admin).get(f"/imports/{batch.pk}/result/?show=changed").content.decode()
    )
    with everything("the test looks"):
        assert Association.objects.get(pk=tea.pk).precisions == {}
    assert run_import(table([(tea.uscc, "2005年")], HEADER)).same_count == 1
    with acting_as(actor):
        services.undo(batch, actor=actor, version=batch.version, now=timezone.now())
    with everything("the test looks"):
        assert Association.objects.get(pk=tea.pk).precisions == {"established_on": "month"}


def test_a_birth_month_is_kept_on_the_person_and_a_page_does_not_lose_it(
    province: Any, personas: Any, run_import: Any, sign_in: Any, reference: None
) -> None:
    tea = province.fill().tea
    header = ("统一社会信用代码", "姓名", "职务", "出生年月")
    run_import(table([(tea.uscc, "王建国", "会长", "1956.01")], header), "officers", commit=True)
    client = sign_in(personas.department_admin)
    officer = tea.officers.get(person__name="王建国")
    assert ">1956-01</time>" in client.get(f"/officers/{officer.pk}/").content.decode()
    assert exported("officers", "born_on", personas.department_admin.actor) == ["1956-01"]
    given = {"name": "王建国", "born_on": "1956-01-01", "employer": "某厂", "version": str(officer.version)}
    assert client.post(f"/officers/{officer.pk}/edit/", given).status_code == 302
    officer = tea.officers.get(pk=officer.pk)
    assert officer.person.precisions == {"born_on": "month"}
    # A number of that month tells the day.
    told = dt.date(1956, 1, 20)
    changed = given | {"id_number": makers.id_number(7, told), "version": str(officer.version)}
    assert client.post(f"/officers/{officer.pk}/edit/", changed).status_code == 302
    officer = tea.officers.get(pk=officer.pk)
    assert (officer.person.born_on, officer.person.precisions) == (told, {})
