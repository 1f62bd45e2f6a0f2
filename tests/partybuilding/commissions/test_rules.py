"""Which body holds which meeting; what three-together means."""

import pytest

from partybuilding.commissions.enums import Together
from partybuilding.commissions.rules import category_problem, meeting_problem, together

ALL, SOME, NONE = Together.ALL, Together.SOME, Together.NONE


@pytest.mark.parametrize(
    ("kind", "body", "has_counterpart", "done", "words"),
    [
        ("committee", "working_committee", False, NONE, ""),
        ("conference", "party_committee", False, NONE, ""),
        ("exchange", "registrar", True, NONE, ""),
        ("leadership", "government", False, SOME, ""),
        (
            "leadership",
            "party_committee",
            False,
            ALL,
            "综合（行业）党委登记的会议为党（工）委会议、党建工作会议、互通互联会商",
        ),
        ("committee", "government", False, NONE, "政府部门登记的会议为单位领导班子会议、互通互联会商"),
        ("exchange", "party_committee", False, NONE, "互通互联会商须填写对方单位"),
        ("committee", "party_committee", True, NONE, "只有互通互联会商填写对方单位"),
        ("leadership", "government", False, NONE, "单位领导班子会议没有勾选"),
    ],
)
def test_a_body_holds_its_own_kinds_of_meetings(
    kind: str, body: str, has_counterpart: bool, done: Together, words: str
) -> None:
    found = meeting_problem(kind, body, has_counterpart, done)
    assert found.startswith(words) if words else found == ""


def test_three_together_is_all_three() -> None:
    assert together(is_studied=True, is_planned=True, is_deployed=True) == ALL
    assert together(is_studied=True, is_planned=False, is_deployed=True) == SOME
    assert together(is_studied=False, is_planned=False, is_deployed=False) == NONE


def test_a_category_fits_the_body() -> None:
    assert category_problem("working", "working_committee", is_hosted=False) == ""
    assert category_problem("industry", "party_committee", is_hosted=True) == ""
    assert category_problem("comprehensive", "party_committee", is_hosted=False) == ""
    assert category_problem("industry", "party_committee", is_hosted=False).startswith("行业党委依托行业管理部门设立")
    assert "不能登记为两新工委" in category_problem("working", "party_committee", is_hosted=True)
    assert "不能登记为行业党委" in category_problem("industry", "working_committee", is_hosted=True)
