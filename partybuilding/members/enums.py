"""What a Party member is in an organisation."""

from django.db import models


class MembershipState(models.TextChoices):
    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


class PartyPost(models.TextChoices):
    """党内职务."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANIZATION = "organization", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    YOUTH = "youth", "青年委员"
    COMMISSIONER = "commissioner", "委员"


class Education(models.TextChoices):
    """学历, in six steps as the yearly statistics count it."""

    POSTGRADUATE = "postgraduate", "研究生"
    BACHELOR = "bachelor", "大学本科"
    COLLEGE = "college", "大学专科"
    SECONDARY = "secondary", "中专"
    HIGH_SCHOOL = "high_school", "高中、技校"
    JUNIOR = "junior", "初中及以下"


class SecretarySource(models.TextChoices):
    """Where a secretary comes from."""

    OFFICER = "officer", "社会组织负责人兼任"
    STAFF = "staff", "社会组织工作人员"
    SECONDED = "seconded", "上级选派"
    RETIRED = "retired", "离退休干部"
    UNIT = "unit", "会员单位党员"
    OTHER = "other", "其他"
