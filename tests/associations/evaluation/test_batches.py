"""Rounds of evaluation: weight of Party building, applications, levels against the announcement (A-95, A-35)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from associations.evaluation import batch_services as services
from associations.evaluation import rules
from associations.evaluation.models import EvaluationApplication, EvaluationBatch, Grade, Indicator
from associations.evaluation.rules import Item
from associations.evaluation.selectors import eligible_in, grades_of, weight_before, weight_of
from associations.registry.models import Association
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.regulations.rules import Rate
from tests.personas import Personas, Province

TEXT = "一级指标\t指标\t分值\t是否党建\n基础条件\t法人资格\t60\t\n\t章程\t40\n党的建设\t党组织建设\t100\t是\n"
NOW_DAY = date(2026, 6, 10)


def test_seed_distribution_adds_up() -> None:
    lines = rules.distribution({"4A": 4, "3A": 4, "2A": 1}, ["4A"] * 4 + ["3A"] * 4 + ["2A"])
    assert rules.cross_foot(lines) == ("4A 4 + 3A 4 + 2A 1 = 9", True)
    lines = rules.distribution({"4A": 4, "3A": 4, "2A": 1}, ["4A"] * 3 + ["3A"] * 5)
    assert rules.cross_foot(lines) == ("4A 3 + 3A 5 = 8", False)
    assert [line.gap for line in lines] == [0, 1, -1, 1, 0]
    assert rules.cross_foot(rules.distribution({}, [])) == ("0 = 0", True)


def test_weight_and_its_change_in_points() -> None:
    earlier = rules.party_weight([Item("", "", Decimal(900), False), Item("", "", Decimal(100), True)])
    later = rules.party_weight([Item("", "", Decimal("850"), False), Item("", "", Decimal("150"), True)])
    assert (earlier.display(), later.display()) == ("10.0%", "15.0%")
    assert later.change_from(earlier).words() == "上升5.0个百分点"
    assert rules.party_weight([]).display() == Rate(0, 0).display()


def test_indicators_are_read_from_pasted_lines() -> None:
    found, wrong = rules.read_indicators(TEXT)
    assert wrong == []
    assert found == [
        Item("基础条件", "法人资格", Decimal(60), False),
        Item("基础条件", "章程", Decimal(40), False),
        Item("党的建设", "党组织建设", Decimal(100), True),
    ]
    assert rules.read_indicators("党建,党组织,12.5,√")[0] == [Item("党建", "党组织", Decimal("12.5"), True)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("党建\t党组织", "应为一级指标、指标、分值、是否党建四项"),
        ("党建\t党组织\t十分", "分值现在填的是「十分」"),
        ("党建\t党组织\t0", "分值现在填的是「0」"),
        ("党建\t党组织\tNaN", "分值现在填的是「NaN」"),
        ("党建\t党组织\t1.005", "最多两位小数"),
        ("党建\t党组织\t10\t也许", "是否党建现在填的是「也许」"),
        ("\t党组织\t10", "没有一级指标或指标名称"),
        (f"党建\t{'长' * 121}\t10", "第 1 行太长"),
    ],
)
def test_wrong_lines_are_named(line: str, words: str) -> None:
    found, wrong = rules.read_indicators(line)
    assert found == []
    assert words in wrong[0]


@pytest.fixture
def desk(province: Province, personas: Personas, reference: None) -> Personas:
    province.fill()
    with everything("test data"):
        Association.objects.update(established_on=date(2015, 3, 1))
        Grade.objects.all().delete()
    return personas


def opened(desk: Personas, now: Any, *, number: str = "湘民发〔2026〕9号", year: int = 2026) -> EvaluationBatch:
    return services.open_batch(
        title=f"{year}年度评估",
        number=number,
        opens_on=date(year, 1, 5),
        due_on=date(year, 12, 30),
        actor=desk.department_admin.actor,
        now=now,
    )


def applied(desk: Personas, batch: EvaluationBatch, now: Any, names: str = "", **given: Any) -> Any:
    fields = {"names": names or desk.province.tea.name, "level": "4A", "applied_on": date(2026, 6, 1)}
    return services.record_applications(batch, actor=desk.department_admin.actor, now=now, **(fields | given))


def announced(desk: Personas, batch: EvaluationBatch, now: Any, **counts: int) -> EvaluationBatch:
    with everything("test"):
        batch.refresh_from_db()
    return services.announce(
        batch,
        announced_on=date(2026, 6, 5),
        announcement="湘民发〔2026〕12号",
        counts={"5A": 0, "4A": 0, "3A": 0, "2A": 0, "1A": 0} | counts,
        actor=desk.department_admin.actor,
        version=batch.version,
        now=now,
    )


def test_weight_of_a_round_beside_the_one_before(desk: Personas, now: Any) -> None:
    admin = desk.department_admin.actor
    first = opened(desk, now, number="湘民发〔2025〕3号", year=2025)
    services.set_indicators(first, text="党建\t党组织\t10\t是\n内部治理\t会议\t90", actor=admin, version=1, now=now)
    second = opened(desk, now)
    services.set_indicators(second, text=TEXT, actor=admin, version=1, now=now)
    assert weight_before(first) is None
    assert (weight_of(second).display(), weight_before(second)) == ("50.0%", Rate(1000, 10000))
    with pytest.raises(Conflict):
        services.set_indicators(second, text=TEXT, actor=admin, version=1, now=now)
    with everything("test"):
        assert Indicator.objects.filter(batch=second).count() == 3


def test_from_application_to_a_recorded_grade(desk: Personas, now: Any) -> None:
    admin = desk.department_admin.actor
    batch = opened(desk, now)
    (one,) = applied(desk, batch, now)
    assert one.findings
    with pytest.raises(Refused, match="已经登记申报"):
        applied(desk, batch, now, desk.province.tea.uscc)
    with pytest.raises(Refused, match="还没有登记等级公告"):
        services.record_result(one, level="4A", actor=admin, now=now)
    batch = announced(desk, batch, now, **{"4A": 1})
    one.batch = batch
    services.record_results([one], level="4A", actor=admin, now=now)
    lines = rules.distribution(batch.announced, grades_of(batch, admin).values_list("level", flat=True))
    assert rules.cross_foot(lines) == ("4A 1 = 1", True)
    with everything("test"):
        grade = Grade.objects.get(association=one.association_id)
    # Announced on 5 June 2026: in force from the year after.
    assert (grade.starts_on, grade.ends_on) == (date(2027, 1, 1), date(2031, 12, 31))
    with pytest.raises(Refused, match="公告不能再改"):
        announced(desk, batch, now, **{"4A": 2})
    with pytest.raises(Refused, match="指标不能再改"):
        services.set_indicators(batch, text=TEXT, actor=admin, version=batch.version, now=now)


def test_eligible_are_those_of_the_place_without_a_grade(desk: Personas, now: Any) -> None:
    batch = opened(desk, now)
    admin = desk.department_admin.actor
    assert set(eligible_in(batch, admin).values_list("name", flat=True)) == {
        desk.province.tea.name,
        desk.province.trade.name,
    }


def test_refused_with_cause_and_remedy(desk: Personas, now: Any) -> None:
    batch = opened(desk, now)
    for words, given in (
        ("没有找到", {"names": "没有这一家协会"}),
        ("每行填写一家", {"names": " \n"}),
        ("不在申报期内", {"applied_on": date(2025, 12, 1)}),
    ):
        with pytest.raises(Refused, match=words):
            applied(desk, batch, now, **given)
    with pytest.raises(Refused, match="应为大于 0 的数字"):
        services.set_indicators(batch, text="党建\t党组织\tx", actor=desk.department_admin.actor, version=1, now=now)
    with pytest.raises(Refused, match="没有读到指标"):
        services.set_indicators(batch, text=" ", actor=desk.department_admin.actor, version=1, now=now)
    with pytest.raises(Refused, match="至少一家"):
        announced(desk, batch, now)
    with pytest.raises(Refused, match="同一文号"):
        opened(desk, now)
    with pytest.raises(Refused, match="登记管理机关办理"):
        services.set_indicators(batch, text=TEXT, actor=desk.city_registrar.actor, version=1, now=now)
    with everything("test"):
        assert not EvaluationApplication.objects.exists()


def test_5a_without_a_party_organisation_is_vetoed(desk: Personas, now: Any, monkeypatch: Any) -> None:
    from portal.gates import Finding, Level

    batch = opened(desk, now)
    said = [Finding(Level.BLOCK, "R-023", "符合条件而没有组建党组织，申报 5A 级一票否决。")]
    monkeypatch.setattr(services.gates, "check", lambda *args, **options: said)
    with pytest.raises(Refused, match="一票否决"):
        applied(desk, batch, now, level="5A")
    (lower,) = applied(desk, batch, now)
    assert (lower.has_warning, lower.findings) == (False, "")
    said[0] = Finding(Level.WARN, "R-023", "没有党组织。")
    with pytest.raises(Refused, match="写明原因"):
        applied(desk, batch, now, desk.province.trade.name, level="5A")
    assert applied(desk, batch, now, desk.province.trade.name, level="5A", explanation="正式党员不足三名。")


PAGES = ("", "indicators/", "applications/new/", "announce/", "?level=4A&result=none&warned=true")


def test_pages_within_their_queries(desk: Personas, now: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    batch = opened(desk, now)
    services.set_indicators(batch, text=TEXT, actor=desk.department_admin.actor, version=1, now=now)
    (one,) = applied(desk, batch, now)
    announced(desk, batch, now, **{"4A": 1})
    client: Client = sign_in(desk.department_admin)
    for path in ("/evaluations/", "/evaluations/new/", *(f"/evaluations/{batch.pk}/{page}" for page in PAGES)):
        with django_assert_max_num_queries(22):
            answer = client.get(path)
        assert answer.status_code == 200, path
    answer = client.post(f"/evaluations/{batch.pk}/results/", {"pk": [one.pk], "confirmed": "1", "level": "4A"})
    assert answer.status_code == 302
    assert "与公告逐级一致" in client.get(f"/evaluations/{batch.pk}/").content.decode()
