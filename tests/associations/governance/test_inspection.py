"""What the register says at the inspection: term, ages, grade."""

from datetime import date

import pytest

from associations.governance.inspection import findings
from associations.governance.rules import age_text, born_by, term_text
from portal.gates import Level
from tests.people import makers
from tests.personas import Province

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 3, 15), date(1956, 3, 15)),
        (date(2026, 2, 28), date(1956, 2, 28)),  # born on the 29th: seventy on 1 March
        (date(2028, 2, 29), date(1958, 2, 28)),
    ],
)
def test_latest_birthday_of_whoever_has_reached_the_limit(on: date, expected: date) -> None:
    assert born_by(on, 70) == expected


def test_words_of_term_and_age() -> None:
    assert term_text(date(2026, 3, 1), DAY).startswith("本届任期已于 2026-03-01 届满，逾期 1 天")
    assert term_text(DAY, DAY) == "本届任期到 2026-03-02 届满。"
    assert age_text(2, 70) == "已满 70 周岁的负责人 2 人。请核对是否有批准文件。"


def test_findings_of_an_association(province: Province, reference: None) -> None:
    tea = province.tea
    said = {one.rule: (one.level, one.text) for one in findings(tea, DAY)}
    assert said == {
        "R-050": (Level.WARN, "登记信息中没有本届起始日期或任期，不能判断是否按期换届。请在登记信息中补充。"),
        "R-020": (Level.OK, "没有评估等级。"),
    }
    tea.term_started_on, tea.term_years = date(2020, 5, 20), 5
    makers.make_officer(tea, person=makers.make_person(born_on=date(1950, 1, 1)))
    makers.make_officer(tea, post="secretary_general", person=makers.make_person(born_on=date(1980, 1, 1)))
    tea.grades.create(level="4A", announced_on=date(2020, 1, 1), starts_on=date(2021, 1, 1), ends_on=date(2025, 12, 31))
    said = {one.rule: (one.level, one.text) for one in findings(tea, DAY)}
    assert said["R-051"][0] == Level.WARN
    assert said["R-020"] == (Level.WARN, "评估等级 4A 已于 2025-12-31 过期。")
    assert said["R-053"] == (Level.WARN, "已满 70 周岁的负责人 1 人。请核对是否有批准文件。")
