"""Who keeps rosters. Pure."""

from portal.access.roles import DEPARTMENT, Role

# The department, the committee an organisation belongs to, its own secretary.
KEEPERS = DEPARTMENT | {Role.PARTY_COMMITTEE, Role.BRANCH_SECRETARY}
