"""Issues of an association that speak against 合格, by the dated lists of R-032. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MINOR, MAJOR = "minor", "major"
ISSUE = "issue"  # the code of such a flag among those that a hand-in keeps
# The rule that a finding names → the issue of R-032 that it amounts to; findings of other rules only inform.
ISSUE_OF_RULE = {
    "R-051": "overdue_election",
    "R-053": "over_age_officer",
    "R-077": "party_work_uncovered",
    "R-078": "party_not_established",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of the lists of R-032 as it was found: its code, whether minor or major, what was found."""

    code: str
    severity: str
    text: str


def issues_of(findings: Iterable[tuple[str, str]], severities: Mapping[str, str]) -> tuple[Issue, ...]:
    """Findings as (rule, text) that are issues of R-032 by today's lists; an issue that no list names is left out."""
    found = ((ISSUE_OF_RULE.get(rule, ""), text) for rule, text in findings)
    return tuple(Issue(code, severities[code], text) for code, text in found if code in severities)
