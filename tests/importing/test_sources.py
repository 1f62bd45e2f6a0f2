"""Source ranks: a lower source never overwrites a higher one silently (import contract)."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from associations.registry.models import Association
from portal.access.actor import acting_as
from portal.importing import services
from portal.importing.enums import DataSource
from portal.importing.models import ImportRow
from portal.importing.selectors import answer, kept_columns
from portal.importing.sources import Ranks, named, source_of
from tests.workbooks import PLAIN_HEADER, association_row, table

HEADER = (*PLAIN_HEADER, "从业人员数", "住所")


@pytest.fixture(autouse=True)
def _reference(province):
    call_command("load_reference", verbosity=0)


def book(code, staff, domicile):
    return table([(*association_row("湖南省茶叶商会", code), staff, domicile)], HEADER)


@pytest.fixture
def registered(run_import):
    """A new association that the registrar's file brought."""
    batch = run_import(book("", "12", "芙蓉路1号"), source=DataSource.REGISTRAR, commit=True)
    assert batch.new_count == 1
    return Association.objects.get(name="湖南省茶叶商会")


def test_new_record_says_once_where_it_comes_from(registered):
    assert registered.sources == {"*": "registrar"}


def test_lower_source_keeps_what_the_higher_one_said(run_import, registered):
    batch = run_import(book(registered.uscc, "15", "芙蓉路1号"), source=DataSource.CITY)
    assert (batch.kept_count, batch.same_count, batch.changed_count) == (1, 1, 0)
    assert answer(batch)["counts"]["kept_by_source"] == 1
    row = ImportRow.objects.get(batch=batch)
    assert row.kept == {"staff_count": {"before": 12, "after": 15, "source": "registrar"}}
    registered.refresh_from_db()
    assert registered.staff_count == 12


def test_higher_source_overwrites_and_is_remembered_for_its_fields(run_import, registered):
    Association.objects.filter(pk=registered.pk).update(sources={"*": "city"})
    batch = run_import(book(registered.uscc, "15", "芙蓉路1号"), source=DataSource.REGISTRAR, commit=True)
    assert (batch.kept_count, batch.changed_count) == (0, 1)
    registered.refresh_from_db()
    assert (registered.staff_count, registered.sources) == (15, {"*": "city", "staff_count": "registrar"})


def test_person_may_decide_to_overwrite_a_column(run_import, registered, personas):
    batch = run_import(book(registered.uscc, "15", "芙蓉路2号"), source=DataSource.CITY)
    assert kept_columns(batch) == [("domicile", 1), ("staff_count", 1)]
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        batch = services.overwrite(batch, columns=["staff_count"], rows=[], actor=actor, version=batch.version, now=now)
        batch = services.stage(batch, actor=actor, now=now)
        assert (batch.kept_count, batch.changed_count) == (1, 1)
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
    registered.refresh_from_db()
    assert (batch.state, registered.staff_count, registered.domicile) == ("committed", 15, "芙蓉路1号")
    assert registered.sources == {"*": "registrar", "staff_count": "city"}
    with acting_as(actor):
        services.undo(batch, actor=actor, version=batch.version, now=now)
    registered.refresh_from_db()
    assert (registered.staff_count, registered.sources) == (12, {"*": "registrar"})


def test_person_may_decide_to_overwrite_a_row(run_import, registered, personas):
    batch = run_import(book(registered.uscc, "15", "芙蓉路2号"), source=DataSource.CITY)
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        batch = services.overwrite(batch, columns=[], rows=[2], actor=actor, version=batch.version, now=now)
        batch = services.stage(batch, actor=actor, now=now)
    assert (batch.kept_count, batch.changed_cell_count) == (0, 3)


def test_field_may_have_an_order_of_its_own():
    ranks = Ranks("associations", timezone.localdate())
    assert ranks.is_higher("domicile", "registrar", "committee")
    assert not ranks.is_higher("charter_has_party_clause", "registrar", "committee")
    assert not ranks.is_higher("domicile", "city", "city")


def test_entered_by_hand_is_the_lowest(run_import, province):
    province.fill()
    tea = province.tea
    batch = run_import(
        table([(*association_row(tea.name, tea.uscc), "9", "新址")], HEADER), source=DataSource.CITY, commit=True
    )
    assert batch.kept_count == 0
    tea.refresh_from_db()
    assert (tea.staff_count, source_of(tea.sources, "staff_count"), source_of(tea.sources, "remark")) == (
        9,
        "city",
        "hand",
    )


def test_sources_say_only_what_differs_from_the_rest():
    assert named({"*": "city", "name": "registrar"}, ["name"], "city") == {"*": "city"}
    assert named(None, ["name"], "hand") == {}
    assert named({"*": "city"}, ["name"], "hand") == {"*": "city", "name": "hand"}


def test_change_by_hand_takes_the_fields_back(registered, personas):
    from associations.registry.services import change_association

    actor = personas.department_admin.actor
    with acting_as(actor):
        change_association(registered, actor=actor, now=timezone.now(), version=registered.version, domicile="五一大道")
    registered.refresh_from_db()
    assert registered.sources == {"*": "registrar", "domicile": "hand"}


def test_page_offers_to_overwrite_what_is_kept(run_import, registered, sign_in, personas):
    batch = run_import(book(registered.uscc, "15", "芙蓉路2号"), source=DataSource.CITY)
    browser = sign_in(personas.department_admin)
    kept = browser.get(f"/imports/{batch.pk}/preview/?show=kept").content.decode()
    assert "保留「12」（登记管理机关），文件中是「15」" in kept
    page = browser.get(f"/imports/{batch.pk}/overwrite/").content.decode()
    assert "从业人员数（1 格）" in page
    nothing = browser.post(f"/imports/{batch.pk}/overwrite/", {"version": batch.version})
    assert nothing.status_code == 422
    answer = browser.post(
        f"/imports/{batch.pk}/overwrite/", {"columns": ["staff_count"], "rows": "2-3", "version": batch.version}
    )
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.given["overwrite"]) == ("staging", {"columns": ["staff_count"], "rows": [2, 3]})


def test_nothing_kept_means_nothing_to_overwrite(run_import, registered, sign_in, personas):
    batch = run_import(book(registered.uscc, "15", "芙蓉路2号"), source=DataSource.REGISTRAR)
    page = sign_in(personas.department_admin).get(f"/imports/{batch.pk}/overwrite/").content.decode()
    assert "本批没有因来源而保留的内容" in page


def test_who_answers_and_who_holds_a_post_are_ranked_too(run_import, province, personas, sign_in):
    """A city's sheet replaces neither the regulator nor the president that the registrar's file named."""
    tea = province.fill().tea
    header = ("统一社会信用代码", "行业管理部门", "责任处室", "会长")
    first = [(tea.uscc, province.other_unit.name, "综合处", "王建国")]
    run_import(table(first, header), source=DataSource.REGISTRAR, commit=True)
    tea.refresh_from_db()
    other = [(tea.uscc, province.regulator.name, "行业处", "赵海")]
    batch = run_import(table(other, header), source=DataSource.CITY)
    assert (batch.kept_count, batch.changed_count) == (1, 0)
    kept = ImportRow.objects.get(batch=batch).kept
    assert {code: (one["before"], one["after"]) for code, one in kept.items()} == {
        "industry_regulator": (province.other_unit.name, province.regulator.name),
        "responsible_office": ("综合处", "行业处"),
        "president": ("王建国", "赵海"),
    }
    page = sign_in(personas.department_admin).get(f"/imports/{batch.pk}/preview/?show=kept").content.decode()
    assert "会长：保留「王建国」（登记管理机关），文件中是「赵海」" in page
    # The registrar's own later file is no lower source.
    assert run_import(table(other, header), source=DataSource.REGISTRAR).kept_count == 0
