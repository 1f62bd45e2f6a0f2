"""Who acts in the portal (`roles.md`)."""

from django.db import models


class Role(models.TextChoices):
    """The role codes; a membership gives a user one role on one scope node."""

    DEPARTMENT_ADMIN = "department_admin", "社会工作部管理员"
    DEPARTMENT_STAFF = "department_staff", "社会工作部工作人员"
    REGIONAL_OFFICE = "regional_office", "市县社会工作部"
    REGISTRAR = "registrar", "登记管理机关"
    SUPERVISING_UNIT = "supervising_unit", "业务主管单位"
    INDUSTRY_REGULATOR = "industry_regulator", "行业管理部门"
    PARTY_COMMITTEE = "party_committee", "综合（行业）党委"
    ASSOCIATION_FILER = "association_filer", "社会组织填报人"
    ASSOCIATION_SIGNER = "association_signer", "社会组织法定代表人"
    BRANCH_SECRETARY = "branch_secretary", "党组织书记"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全保密管理员"
    AUDITOR = "auditor", "安全审计员"


DEPARTMENT = frozenset({Role.DEPARTMENT_ADMIN, Role.DEPARTMENT_STAFF})
# Bodies whose scope node is a row of the directory of departments.
BODIES = frozenset({Role.REGISTRAR, Role.SUPERVISING_UNIT, Role.INDUSTRY_REGULATOR, Role.PARTY_COMMITTEE})
WORKSPACE = DEPARTMENT | BODIES | {Role.REGIONAL_OFFICE}
ASSOCIATION = frozenset({Role.ASSOCIATION_FILER, Role.ASSOCIATION_SIGNER})
FILING = ASSOCIATION | {Role.BRANCH_SECRETARY}
# 三员: mutually exclusive, and without business data.
TRIO = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
BUSINESS = WORKSPACE | FILING
EVERYONE = BUSINESS | TRIO
