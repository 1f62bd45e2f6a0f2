"""The two-coverages report: Hefei's figures of the rule book, and figure = list on registers full of odd cases."""

from datetime import date
from typing import Any

import pytest

from partybuilding.coverage.reports import CoverageParameters, build_coverage
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from portal.access.actor import Actor, acting_as
from portal.access.decisions import Refused
from portal.regulations.rules import ConfigurationError
from portal.reporting.data import BarChart, Cell, ReportData, TileGrid
from portal.reporting.registry import find
from tests import factories
from tests.partybuilding.coverage.scattered import scatter
from tests.personas import Personas, Province

DAY = date(2026, 11, 22)
EARLIER = date(2026, 1, 1)
pytestmark = pytest.mark.usefixtures("parameters")


def build(actor: Actor, as_of: date = DAY, **params: Any) -> ReportData:
    with acting_as(actor):
        report = build_coverage(actor, params, as_of)
    assert report.problems() == []
    return report


def table(report: ReportData, key: str) -> dict[str, dict[str, Cell]]:
    found = next(one for one in report.tables if one.key == key)
    codes = [column.code for column in found.columns[1:]]
    return {str(row.cells[0].value): dict(zip(codes, row.cells[1:], strict=True)) for row in found.rows}


@pytest.fixture
def hefei(province: Province) -> Province:
    """R-076…R-078: 149 in scope, 100 with an own organisation, 37 covered by 9 joint branches, 10 more with an
    instructor, 2 blank spots; 4 of those without an own organisation have three members."""
    cities = [province.changsha, province.zhuzhou]
    made = [factories.make_association(f"第{n:03d}协会", region=cities[n % 2]) for n in range(149)]
    for one in made[:100]:
        factories.make_organization("", one)
        factories.make_member_count(one, EARLIER, relation_count=4)
    for branch in range(9):
        factories.make_organization(
            "",
            *made[100 + branch : 137 : 9],
            kind=OrganizationKind.JOINT_BRANCH,
            establishment_mode=EstablishmentMode.JOINT,
        )
    instructor = factories.make_instructor()
    for one in made[137:147]:
        factories.make_instructor_assignment(instructor, one, EARLIER)
    for one in made[100:104]:
        factories.make_member_count(one, EARLIER, relation_count=2, working_count=3)
    return province


def test_report_is_registered() -> None:
    report = find("coverage")
    assert report is not None
    assert report.build is build_coverage


def test_hefei_figures_are_those_of_the_rule_book(hefei: Province, personas: Personas) -> None:
    report = build(personas.department_admin.actor)
    shown = {card.label: (card.cell.display(), card.cell.fraction) for card in report.cards}
    assert shown["组织覆盖率"] == ("91.9%", "137/149")
    assert shown["工作覆盖率"] == ("98.7%", "147/149")
    assert shown["应建未建"] == ("4", "")
    assert shown["空白点"] == ("2", "")
    assert shown["党员数未填报"] == ("45", "")
    total = table(report, "kind")["合计"]
    assert {code: cell.display() for code, cell in total.items()} == {
        "in_scope": "149",
        "own": "100",
        "shared": "37",
        "covered": "137",
        "organization_rate": "91.9%",
        "work_covered": "147",
        "work_rate": "98.7%",
        "should_not_built": "4",
        "built_rate": "96.2%",
        "blank_spot": "2",
        "unreported": "45",
    }
    text = "".join(paragraph.plain() for paragraph in report.narrative)
    assert "截至2026年11月22日，湖南省纳入统计的社会组织149家。党的组织已覆盖137家，组织覆盖率91.9%" in text
    assert "单独组建党组织的100家，单独组建率67.1%" in text
    assert report.title == "湖南省社会组织两个覆盖情况报告"
    assert (report.issuer, report.subtitle) == ("中共湖南省委社会工作部", "（截至2026年11月22日）")


def test_annex_lists_the_blank_spots(hefei: Province, personas: Personas) -> None:
    (annex,) = build(personas.department_admin.actor).annexes
    assert [row.cells[1].value for row in annex.rows] == ["第147协会", "第148协会"]
    assert [row.cells[5].value for row in annex.rows] == ["未填报", "未填报"]
    assert annex.note == ""


def test_annex_stops_at_fifty_and_says_so(province: Province, personas: Personas) -> None:
    for _ in range(53):
        factories.make_association()
    (annex,) = build(personas.department_admin.actor).annexes
    assert len(annex.rows) == 50
    assert annex.note == "共53家，此处列出前50家，全部名单见电子表格。"


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("persona", ["department_staff", "regional_office", "registrar", "party_committee"])
def test_every_figure_equals_its_list_on_scattered_registers(
    province: Province, personas: Personas, seed: int, persona: str
) -> None:
    scatter(province, seed=seed, number=40)
    for day in (date(2025, 6, 30), date(2026, 9, 1)):
        report = build(personas[persona].actor, day)
        # The table of targets has no total; its figures are checked by `problems()` like all others.
        for rows in (one for one in report.tables if one.key != "targets"):
            groups = [row for row in rows.rows if not row.is_total]
            total = next(row for row in rows.rows if row.is_total)
            for place, cell in enumerate(total.cells[1:], start=1):
                if cell.kind == "count":
                    assert cell.value == sum(int(row.cells[place].value or 0) for row in groups), (rows.key, day)


def test_place_and_committee_narrow_the_report(hefei: Province, personas: Personas) -> None:
    report = build(personas.department_admin.actor, region="430100")
    assert report.title == "湖南省社会组织两个覆盖情况报告".replace("湖南省", "长沙市")
    assert report.cards[0].cell.denominator == 75
    assert {drill.query["city"] for drill in report.drilldowns.values()} >= {"430100"}
    committee = factories.make_committee("湖南省商务行业党委")
    one = factories.make_association("商务协会", party_committee=committee)
    report = build(personas.department_admin.actor, committee=str(committee.pk))
    assert [row.subject_pk for row in report.rosters["associations"].rows] == [one.pk]
    assert report.title == "湖南省商务行业党委社会组织两个覆盖情况报告"
    assert [rows.key for rows in report.tables] == ["region", "kind", "grade", "targets"]
    assert {drill.query["committee"] for drill in report.drilldowns.values()} == {str(committee.pk)}


def test_place_or_committee_outside_the_scope_is_refused(hefei: Province, personas: Personas) -> None:
    office = personas.regional_office.actor
    with pytest.raises(Refused) as place:
        build(office, region="430200")
    assert place.value.code == "report.region"
    committee = factories.make_committee()
    factories.make_association(region=hefei.zhuzhou, party_committee=committee)
    with pytest.raises(Refused) as body:
        build(office, committee=str(committee.pk))
    assert body.value.code == "report.committee"


def test_report_of_another_body_counts_its_own_only(hefei: Province, personas: Personas) -> None:
    office = build(personas.regional_office.actor)
    assert (office.title, office.issuer) == ("长沙市社会组织两个覆盖情况报告", "中共长沙市委社会工作部")
    assert office.cards[0].cell.denominator == 75
    unit = personas.supervising_unit
    factories.make_association("所管协会", supervising_unit=hefei.unit)
    report = build(unit.actor)
    assert report.cards[0].cell.denominator == 1
    assert report.title == f"{hefei.unit.name}社会组织两个覆盖情况报告"
    assert report.issuer == hefei.unit.name


def test_report_of_a_body_without_associations_is_empty_not_wrong(province: Province, personas: Personas) -> None:
    report = build(personas.regional_office.actor)
    assert report.cards[0].cell.display() == "—"
    assert report.charts == ()


def test_past_and_present_differ_and_the_change_is_said(hefei: Province, personas: Personas) -> None:
    association = factories.make_association("新建支部的协会")
    factories.make_organization("", association, covered_from=date(2026, 11, 10))
    report = build(personas.department_admin.actor)
    assert report.cards[0].cell.fraction == "138/150"
    assert report.cards[0].note == "比2026年10月31日上升0.7个百分点"
    assert build(personas.department_admin.actor, date(2026, 11, 9)).cards[0].cell.fraction == "137/150"


def test_charts_show_places_and_committees_from_the_lowest(hefei: Province, personas: Personas) -> None:
    for number in range(17):
        committee = factories.make_committee(f"第{number:02d}党委")
        one = factories.make_association(f"党委{number}所属", party_committee=committee)
        if number:
            factories.make_organization("", one)
    tiles, bars = build(personas.department_admin.actor).charts
    assert isinstance(tiles, TileGrid)
    assert isinstance(bars, BarChart)
    assert [tile.label for tile in tiles.tiles] == ["长沙市", "株洲市"]
    assert (len(bars.bars), bars.omitted, bars.bars[0].label) == (15, 2, "第00党委")
    shares = [bar.cell.ratio.value for bar in bars.bars]
    assert shares == sorted(shares, key=lambda share: share or 0)


def test_choices_of_the_form_stay_inside_the_scope(hefei: Province, personas: Personas) -> None:
    factories.make_region("430102", "芙蓉区", hefei.changsha)
    inside, outside = factories.make_committee("本市党委"), factories.make_committee("外市党委")
    factories.make_association(region=hefei.changsha, party_committee=inside)
    factories.make_association(region=hefei.zhuzhou, party_committee=outside)
    actor = personas.regional_office.actor
    with acting_as(actor):
        form = CoverageParameters({"as_of": "2026-11-22", "region": "430102", "committee": str(inside.pk)}, actor=actor)
        assert form.is_valid(), form.errors
        assert form.to_params() == {"region": "430102", "committee": str(inside.pk)}
        wrong = CoverageParameters(
            {"as_of": "2026-11-22", "region": "430200", "committee": str(outside.pk)}, actor=actor
        )
        assert set(wrong.errors) == {"region", "committee"}
        empty = CoverageParameters({"as_of": "2026-11-22"}, actor=actor)
        assert empty.is_valid()
        assert empty.to_params() == {}


def test_definitions_follow_the_parameters_in_force(hefei: Province, personas: Personas) -> None:
    words = {one.term: one for one in build(personas.department_admin.actor).definitions}
    assert words["组织覆盖率"].rule == "R-076"
    assert "功能型党组织不计入" in words["组织覆盖率"].text
    assert "达到3名" in words["应建未建"].text


def test_missing_parameter_is_said_not_guessed(hefei: Province, personas: Personas) -> None:
    from portal.regulations.models import Parameter

    Parameter.objects.filter(code="coverage.member_count_basis").delete()
    with pytest.raises(ConfigurationError, match=r"coverage\.member_count_basis"):
        build(personas.department_admin.actor)
