"""Reading Party organisations."""

from datetime import date

from partybuilding.organizations.rules import OrganizationRules
from portal.regulations.selectors import values

PARAMETERS = {
    "coverage.should_establish_member_count": "should_establish_member_count",
    "party_organization.general_branch_member_count": "general_branch_member_count",
    "party_organization.committee_member_count": "committee_member_count",
    "party_organization.branch_committee_member_count": "branch_committee_member_count",
    "party_organization.joint_association_limit": "joint_association_limit",
}


def organization_rules(day: date) -> OrganizationRules:
    """The parameters of setting up organisations in force on a day; ConfigurationError when one is missing (R-000)."""
    found = values(PARAMETERS, on=day)
    return OrganizationRules(**{field: int(found[code]) for code, field in PARAMETERS.items()})
