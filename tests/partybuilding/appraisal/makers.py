"""Yearly reviews and reports for tests, past the services."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from partybuilding.appraisal.models import MemberGrade, MemberReview, ReportSection, YearlyReport
from partybuilding.organizations.models import PartyOrganization
from tests.people.makers import make_party_member


def make_review(organization: PartyOrganization, **fields: Any) -> MemberReview:
    """Ten graded, three of them 优秀."""
    given = {
        "year": 2025,
        "held_on": date(2025, 12, 20),
        "member_count": 11,
        "probationary_count": 1,
        "participant_count": 11,
        "excellent_count": 3,
        "competent_count": 7,
        "recorded_by": "党组织书记",
        "updated_at": timezone.now(),
    }
    return MemberReview.objects.create(organization=organization, **given | fields)


def make_grade(organization: PartyOrganization) -> MemberGrade:
    review = make_review(organization, year=2024, held_on=date(2024, 12, 20))
    return MemberGrade.objects.create(review=review, member=make_party_member(organization), grade="competent")


def make_report(organization: PartyOrganization | None = None, **fields: Any) -> YearlyReport:
    given = {
        "paper": "duty",
        "level": "organization" if organization else "committee",
        "year": 2025,
        "reported_on": date(2025, 12, 25),
        "submitted_by": "党组织书记",
        "submitted_at": timezone.now(),
    }
    return YearlyReport.objects.create(organization=organization, **given | fields)


def make_section(organization: PartyOrganization) -> ReportSection:
    report = make_report(organization, year=2024, reported_on=date(2024, 12, 25))
    return ReportSection.objects.create(report=report, code="1_work", label="履行党建工作责任情况", text="按要求开展。")


MADE: dict[str, Callable[[PartyOrganization], Model]] = {
    "partybuilding.MemberReview": make_review,
    "partybuilding.MemberGrade": make_grade,
    "partybuilding.ReportSection": make_section,
}
