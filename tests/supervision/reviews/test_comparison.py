"""A filing beside last year's: lines, marks, what each view shows. Pure."""

from dataclasses import replace

import pytest

from portal.filing.loading import load
from supervision.inspections.issues import ISSUE
from supervision.reviews.comparison import Known, Said, compare, flags_of_none, meeting_count
from supervision.reviews.enums import Show

FORM = load(
    """\
code: sample
version: 1
title: 样表
sections:
  - code: basic
    title: 基本情况
    groups:
      - title: 人员
        fields:
          - {code: staff, label: 从业人员, type: integer, unit: 人, column: staff_count}
          - {code: phone, label: 电话, type: phone, personal: true}
          - {code: has_site, label: 有网站, type: yes_no}
          - {code: site, label: 网址, type: text, shown_when: [{field: has_site, is: yes}]}
          - {code: audit, label: 审计报告, type: file}
  - code: party
    title: 党建
    party: true
    groups:
      - title: 党组织
        fields:
          - {code: members, label: 党员, type: integer, unit: 人}
"""
)
FLAG = {"section": "basic", "field": "staff", "code": "outlier", "text": "变动较大。", "level": "explain"}
ANSWERS = {"staff": "１２人", "phone": "13800001234", "has_site": "no", "site": "x", "members": "3"}
KNOWN = Known(form=FORM, answers=ANSWERS, last={"staff": 9, "members": 3}, has_last=True, flags=[FLAG])


def lines(known: Known, show: Show = Show.ALL) -> dict[str, object]:
    parts = compare(known, show, party_first=False)
    return {line.code: line for part in parts for group in part.groups for line in group.lines}


def test_lines_are_read_and_masked_and_hidden_fields_left_out() -> None:
    found = lines(KNOWN)
    assert {code: (one.last, one.this, one.change) for code, one in found.items()} == {  # type: ignore[attr-defined]
        "staff": ("9", "12", "↑3"),
        "phone": ("未填报", "138****1234", ""),
        "has_site": ("未填报", "否", ""),
        "audit": ("—", "", ""),
        "members": ("3", "3", ""),
    }


@pytest.mark.parametrize(
    ("known", "show", "expected"),
    [
        (KNOWN, Show.CHANGED, ["staff", "phone", "has_site"]),
        (replace(KNOWN, has_last=False, last={}, flags=()), Show.CHANGED, []),
        (KNOWN, Show.FLAGGED, ["staff"]),
        (replace(KNOWN, drafts={("party", "members"): "请核对"}), Show.FLAGGED, ["staff", "members"]),
        (replace(KNOWN, since={"staff": "10"}, since_codes=frozenset({"staff"})), Show.SINCE, ["staff"]),
        (replace(KNOWN, sent={("party", "members"): [Said("请核对", "某厅", None)]}), Show.SINCE, ["members"]),
        (
            replace(KNOWN, flags=(), reasons={"members": "转出"}),
            Show.CHANGED,
            ["staff", "phone", "has_site", "members"],
        ),
    ],
)
def test_views_show_what_they_say(known: Known, show: Show, expected: list[str]) -> None:
    assert list(lines(known, show)) == expected


def test_what_stood_there_before_the_return_stands_beside() -> None:
    found = lines(replace(KNOWN, since={"staff": "10", "phone": ""}, since_codes=frozenset({"staff", "phone"})))
    assert (found["staff"].before, found["phone"].before) == ("10", "未填报")  # type: ignore[attr-defined]


def test_an_answer_that_cannot_be_read_stands_as_typed_unless_it_is_personal() -> None:
    found = lines(replace(KNOWN, answers={"staff": "约12", "phone": "不详"}))
    assert (found["staff"].this, found["phone"].this) == ("约12", "已脱敏")  # type: ignore[attr-defined]


def test_sections_count_and_the_party_section_comes_first_for_the_committee() -> None:
    party, basic = compare(replace(KNOWN, as_last_year=["party"]), Show.ALL, party_first=True)
    assert (party.code, party.is_party, party.is_as_last_year, party.line_count) == ("party", True, True, 1)
    assert (basic.flag_count, basic.change_count, basic.shown_count, basic.line_count) == (1, 3, 4, 4)


def test_figures_and_flags_without_a_field() -> None:
    assert meeting_count(KNOWN, "staff_count") == 12
    assert meeting_count(KNOWN, "income_total") is None
    prior = {**FLAG, "field": "", "code": "prior_year", "text": "2024 年度未参加年检。"}
    known = {**FLAG, "field": "", "code": ISSUE, "text": "逾期未换届。"}
    assert flags_of_none([FLAG, prior, known], FORM) == ("2024 年度未参加年检。",)
