"""The chain: the committee leads a branch, the branch its members, a member a member unit."""

from django.db import models


class LinkLevel(models.TextChoices):
    COMMITTEE_BRANCH = "committee_branch", "党委带支部"
    BRANCH_MEMBER = "branch_member", "支部带党员"
    MEMBER_UNIT = "member_unit", "党员带会员"
