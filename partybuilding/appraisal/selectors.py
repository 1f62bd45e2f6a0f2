"""Reading what is assessed once a year: parameters, who owes it, how each stands."""

from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from associations.registry.enums import DepartmentKind, RegistrationLevel
from associations.registry.models import Department, current_on
from partybuilding.appraisal.enums import Level, Paper, PaperState, Progress, ReviewState
from partybuilding.appraisal.models import MemberReview, YearlyReport
from partybuilding.appraisal.rules import RaterFacts, ReviewRules, day_after_year
from partybuilding.life.selectors import SUBJECT
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from partybuilding.organizations.selectors import existing_on
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import value, values, values_under

EXCELLENT, PARTICIPATION, REVIEW_BY = (
    "member_review.excellent_share",
    "member_review.participation",
    "member_review.due_by",
)
REPORTING = "appraisal.subject_kinds"
SECTIONS = "appraisal.section"
# From this month on the running year is looked at first.
FIRST_MONTH = 10


def review_rules(day: date) -> ReviewRules:
    """The parameters of 民主评议 in force on a day."""
    found = values([EXCELLENT, PARTICIPATION, REVIEW_BY], on=day)
    try:
        share = Fraction(str(found[EXCELLENT]))
    except (ValueError, ZeroDivisionError):
        raise ConfigurationError(
            f"参数 {EXCELLENT} 的取值「{found[EXCELLENT]}」不是分数。", "请由系统管理员改正，例如 1/3。"
        ) from None
    return ReviewRules(share, Fraction(str(found[PARTICIPATION])), month_day(REVIEW_BY, found[REVIEW_BY]))


def month_day(code: str, text: object) -> str:
    """「01-31」; ConfigurationError for anything that is no day."""
    try:
        day_after_year(2026, str(text))
    except ValueError:
        raise ConfigurationError(f"参数 {code} 的取值「{text}」不是月-日。", "请由系统管理员改正。") from None
    return str(text)


def due_by(paper: str, day: date) -> str:
    """By which day of the next year a report is handed in and rated."""
    code = f"appraisal.due_by.{paper}"
    return month_day(code, value(code, on=day))


def kinds(code: str, day: date) -> list[str]:
    """The kinds of organisations a parameter names."""
    found = str(value(code, on=day)).split("/")
    if not set(found) <= set(OrganizationKind.values):
        raise ConfigurationError(f"参数 {code} 的取值有不认识的类别。", "请由系统管理员改正。")
    return found


def owing(rows: QuerySet[PartyOrganization], year: int, on: date, code: str) -> QuerySet[PartyOrganization]:
    """Those that existed the whole of a year up to its end or to today, of the kinds a parameter names."""
    day = min(on, date(year, 12, 31))
    began = Q(established_on=None) | Q(established_on__lte=date(year, 1, 1))
    return rows.filter(existing_on(day), began, kind__in=kinds(code, day))


def owing_reviews(rows: QuerySet[PartyOrganization], year: int, on: date) -> QuerySet[PartyOrganization]:
    return owing(rows, year, on, SUBJECT)


def last_effect(on: date, organization: str) -> Subquery:
    """How the role effect of an organisation in the outer query was last rated up to a day (A-43, A-44)."""
    rows = YearlyReport.objects.filter(
        paper=Paper.ROLE_EFFECT, state=PaperState.RATED, organization=OuterRef(organization), rated_on__lte=on
    )
    return Subquery(rows.order_by("-year", "-pk").values("rating")[:1])


def owing_reports(rows: QuerySet[PartyOrganization], year: int, on: date) -> QuerySet[PartyOrganization]:
    """The organisations whose secretaries report to a committee: those without an organisation above."""
    return owing(rows, year, on, REPORTING).filter(parent=None)


def reporting_committees(actor: Actor, on: date) -> QuerySet[Department]:
    """The committees with Party organisations that the actor reaches, and whose reports it may read."""
    rows = scoped(Department, actor).filter(current_on(on), kind=DepartmentKind.PARTY_COMMITTEE)
    if actor.role == Role.PARTY_COMMITTEE:
        rows = rows.filter(pk__in=actor.scope.department_pks)
    elif actor.role == Role.REGIONAL_OFFICE:
        rows = rows.filter(region__path__startswith=actor.scope.path)
    return rows.filter(Exists(PartyOrganization.objects.filter(existing_on(on), committee=OuterRef("pk"))))


# Reviews


def with_review(rows: QuerySet[PartyOrganization], year: int) -> QuerySet[PartyOrganization]:
    """Annotates `review_pk` of a year, or null."""
    found = MemberReview.objects.filter(organization=OuterRef("pk"), year=year)
    return rows.annotate(review_pk=Subquery(found.values("pk")[:1]))


def review_is(state: str, year: int, on: date, rules: ReviewRules) -> Q:
    """`rules.review_state` as a filter of rows with a review."""
    if state == ReviewState.DONE:
        return Q(review_pk__isnull=False)
    is_late = on > day_after_year(year, rules.due_by)
    return Q(review_pk=None) if is_late == (state == ReviewState.OVERDUE) else Q(pk__in=[])


# Reports


def with_report(rows: QuerySet[Any], paper: str, year: int, owner: str) -> QuerySet[Any]:
    """Annotates `report_pk`, `report_state`, `report_rating`, `rated_day` of a year; `owner`: the report's field."""
    found = YearlyReport.objects.filter(**{owner: OuterRef("pk")}, paper=paper, year=year)
    return rows.annotate(
        report_pk=Subquery(found.values("pk")[:1]),
        report_state=Subquery(found.values("state")[:1]),
        report_rating=Subquery(found.values("rating")[:1]),
        rated_day=Subquery(found.values("rated_on")[:1]),
    )


def progress_is(progress: str) -> Q:
    """How a year stands as a filter of rows with a report."""
    return Q(report_state=None) if progress == Progress.MISSING else Q(report_state=progress)


def sections_for(paper: str, year: int, today: date, organization: PartyOrganization | None) -> list[tuple[str, str]]:
    """Code and label of the sections of a report, in their order; some are asked only of some kinds of associations."""
    day = min(today, date(year, 12, 31))
    prefix = f"{SECTIONS}.{paper}."
    found = values_under(f"{SECTIONS}.{paper}", on=day)
    covered: set[str] = set()
    if organization is not None and any("." in code.removeprefix(prefix) for code in found):
        associations = CoveredAssociation.objects.unscoped("the kinds of what one organisation covers").filter(
            current_on(today), organization=organization
        )
        covered = set(associations.values_list("association__kind", flat=True))
    chosen = []
    for code, label in found.items():
        kind, _, last = code.removeprefix(prefix).rpartition(".")
        if not kind or kind in covered:
            chosen.append((last, str(label)))
    return sorted(chosen)


def superior_of(report: YearlyReport) -> Department | None:
    """The body that rates: an organisation's committee, a committee's body above."""
    if report.organization is not None:
        return report.organization.committee
    return report.committee.parent if report.committee is not None else None


def rater_facts(report: YearlyReport, actor: Actor) -> RaterFacts:
    """Whether the actor is the body that rates. The department stands for the province's 两新工委, a regional office
    for that of its place."""
    above = superior_of(report)
    is_superior = False
    if above is not None:
        is_superior = actor.role == Role.PARTY_COMMITTEE and actor.scope.pk == above.pk
        if report.level == Level.COMMITTEE and above.kind == DepartmentKind.WORKING_COMMITTEE:
            if actor.role in DEPARTMENT:
                is_superior = above.level == RegistrationLevel.PROVINCE
            elif actor.role == Role.REGIONAL_OFFICE and above.region is not None:
                is_superior = above.region.path == actor.scope.path
    return RaterFacts(report.level, above.name if above else "", is_superior)


def latest_year(today: date) -> int:
    """The year that is looked at first: last year until autumn, then the running one."""
    return today.year - 1 if today.month < FIRST_MONTH else today.year
