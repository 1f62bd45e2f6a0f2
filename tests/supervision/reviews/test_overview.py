"""What annual filings add to the page of an association."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from supervision.inspections.enums import Conclusion, InspectionState
from tests.personas import Persona, Personas, Province
from tests.supervision.makers import make_inspection, make_round, make_track

SignIn = Callable[[Persona], Client]
pytestmark = pytest.mark.django_db


def filed(province: Province, year: int, state: str, **fields: object) -> None:
    a_round = make_round(report_year=year, title=f"{year}年度检查")
    track = make_track(a_round, to_supervisor_by=date(year + 1, 3, 31), to_registrar_by=date(year + 1, 5, 31))
    make_inspection(province.tea, track, state, **fields)


def test_page_shows_the_years_and_what_they_mean(
    reference: None, province: Province, personas: Personas, sign_in: SignIn
) -> None:
    filed(province, 2023, InspectionState.NOT_STARTED)
    filed(
        province,
        2024,
        InspectionState.CONCLUDED,
        conclusion=Conclusion.FAILED,
        conclusion_on=date(2025, 7, 1),
        conclusion_number="民管〔2025〕7号",
    )
    client = sign_in(personas.department_staff)
    page = client.get(f"/associations/{province.tea.pk}/?tab=inspections").content.decode()
    for words in ("2023年度检查", "2024年度检查", "不合格", "民管〔2025〕7号"):
        assert words in page, words
    # not inspected, then not 合格: two years in a row, and a report of rectification is due.
    assert "连续 2 年" in page
    assert "2024 年度结论为不合格，本年度应当提交整改报告" in page
    assert "应于 2024-03-31 前报送，逾期" in page


def test_timeline_tells_hand_ins_returns_and_conclusions(
    reference: None, province: Province, personas: Personas, sign_in: SignIn
) -> None:
    filed(province, 2025, InspectionState.RETURNED)
    filed(province, 2024, InspectionState.CONCLUDED, conclusion_on=date(2026, 3, 2))
    client = sign_in(personas.association_filer)
    page = client.get(f"/associations/{province.tea.pk}/?tab=timeline").content.decode()
    for words in ("报送2025年度检查", "2025年度检查退回补正", "2024年度检查结论：合格"):
        assert words in page, words
