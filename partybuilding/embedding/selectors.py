"""What the five checks read, for one association."""

from datetime import date
from typing import Any

from associations.evaluation.models import Grade
from associations.governance.enums import Post
from associations.governance.models import Officer
from associations.registry.models import Association, current_on
from partybuilding.coverage.rules import AssociationFacts
from partybuilding.coverage.selectors import coverage_rules, facts_of
from partybuilding.embedding import rules as embedding
from partybuilding.embedding.enums import Stage
from partybuilding.embedding.models import HookCheck
from partybuilding.embedding.rules import CheckRules, Subject
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from partybuilding.organizations.models import CoveredAssociation
from portal.access.actor import Actor
from portal.access.scoping import everything, scoped
from portal.gates import Finding
from portal.regulations.rules import term_end
from portal.regulations.selectors import values

WHY = "an association that whoever asks at the gate has already reached"
STRICT, CHARTER_DAYS = "evaluation.veto_5a_strict", "charter.moment_days"
TERM_YEARS = {
    OrganizationKind.COMMITTEE: "party_organization.term_years.committee",
    OrganizationKind.GENERAL_BRANCH: "party_organization.term_years.general_branch",
    OrganizationKind.BRANCH: "party_organization.term_years.branch",
}


def check_rules(association: Association, on: date) -> CheckRules:
    """The parameters of the checks where the association is registered (R-023: some places are strict)."""
    found: dict[str, Any] = values([STRICT, CHARTER_DAYS], on=on, region=association.region)
    return CheckRules(coverage_rules(on), bool(found[STRICT]), int(found[CHARTER_DAYS]))


def subject_of(association: Association, on: date, rules: CheckRules, facts: AssociationFacts | None = None) -> Subject:
    """Facts, charter, the ends of the terms and of the valid grade, and the legal representative."""
    with everything(WHY):
        grades = Grade.objects.filter(current_on(on), association=association, announced_on__lte=on)
        grade = grades.order_by("-announced_on", "-pk").first()
        own = CoveredAssociation.objects.filter(
            current_on(on),
            association=association,
            organization__parent=None,
            organization__establishment_mode=EstablishmentMode.INDIVIDUAL,
            organization__kind__in=TERM_YEARS,
            organization__term_started_on__isnull=False,
        )
        row = own.select_related("organization").order_by("pk").first()
        since, until = _representative(association, on)
    known = facts or facts_of(association.pk, as_of=on, rules=rules.coverage)
    return Subject(
        known,
        association.charter_has_party_clause,
        _term(association.term_started_on, association.term_years),
        grade.ends_on if grade else None,
        _organization_term(row, on) if row else None,
        since,
        until,
    )


def _representative(association: Association, on: date) -> tuple[date | None, date | None]:
    """Since when the present legal representative follows another one, and until when; the first one follows nobody."""
    rows = Officer.objects.filter(association=association, post=Post.LEGAL_REPRESENTATIVE)
    held = list(rows.order_by("starts_on", "pk").values_list("starts_on", "ends_on"))
    current = [dates for dates in held if _holds(dates, on)]
    if not current:
        return None, None
    since, until = current[-1]
    followed = since is not None and any(other is not None and other < since for _start, other in held)
    return since if followed else None, until


def _holds(dates: tuple[date | None, date | None], on: date) -> bool:
    starts_on, ends_on = dates
    return (starts_on is None or starts_on <= on) and (ends_on is None or ends_on >= on)


def _term(starts_on: date | None, years: int | None) -> date | None:
    return term_end(starts_on, years) if starts_on and years else None


def _organization_term(row: CoveredAssociation, on: date) -> date | None:
    code = TERM_YEARS[OrganizationKind(row.organization.kind)]
    return _term(row.organization.term_started_on, int(values([code], on=on)[code]))


def findings_at(stage: str, association: Association, on: date) -> list[Finding]:
    """What Party building says at a gate."""
    rules = check_rules(association, on)
    return embedding.findings(stage, subject_of(association, on, rules), rules, on)


def at_evaluation(association: Any, on: date) -> list[Finding]:
    return findings_at(Stage.EVALUATION, association, on)


def at_election(association: Any, on: date) -> list[Finding]:
    return findings_at(Stage.ELECTION, association, on)


def at_purchase(association: Any, on: date) -> list[Finding]:
    return findings_at(Stage.PURCHASE, association, on)


def at_awards(association: Any, on: date) -> list[Finding]:
    return findings_at(Stage.AWARDS, association, on)


GATES = {
    Stage.EVALUATION: at_evaluation,
    Stage.ELECTION: at_election,
    Stage.PURCHASE: at_purchase,
    Stage.AWARDS: at_awards,
}


def checks_of(actor: Actor, association: Association) -> list[HookCheck]:
    """All recorded checks of an association, the latest first."""
    rows = scoped(HookCheck, actor).filter(association=association).select_related("checked_by")
    return list(rows.order_by("-checked_on", "-pk"))
