"""What prefill knows, by the name a form file uses (`supervision.inspections.prefill` fills them in)."""

_ASSOCIATION = (
    "name uscc kind registration_level region registration_mode industry_category established_on domicile "
    "registered_fund unit_member_count individual_member_count staff_count full_time_staff_count term_started_on "
    "term_years charter_has_party_clause charter_party_clause_on"
)
_PARTY = (
    "has_organization organization_name establishment_mode established_on secretary_name superior_name "
    "instructor_name member_count probationary_count"
)
_OFFICERS = "legal_representative president secretary_general count over_seventy_count"


def _under(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names.split())


SOURCES = frozenset(
    (
        *_under("association", _ASSOCIATION),
        *_under("bodies", "supervising_unit industry_regulator party_committee registrar"),
        *_under("officers", _OFFICERS),
        *_under("contacts", "name post phone"),
        *_under("party", _PARTY),
        *_under("evaluation", "grade valid_until"),
        "last.conclusion",
    )
)
