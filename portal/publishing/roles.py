"""Who writes for the public: the bodies that run something; each for itself."""

from portal.access.roles import DEPARTMENT, Role

PUBLISHERS = DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE, Role.SUPERVISING_UNIT}
