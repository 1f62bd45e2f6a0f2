"""Choices of the register: ASCII code, Chinese label; `TONES` says how a state is shown."""

from django.db import models


class AssociationKind(models.TextChoices):
    """R-010; the register also holds kinds that are no industry associations."""

    SOCIAL_GROUP = "social_group", "社会团体"
    SERVICE_INSTITUTION = "service_institution", "社会服务机构（民办非企业单位）"
    FOUNDATION = "foundation", "基金会"
    OTHER = "other", "其他"


class RegistrationLevel(models.TextChoices):
    NATIONAL = "national", "国家级"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"


class RegistrationMode(models.TextChoices):
    """R-012; the mode decides whether there is a supervising unit with a first review."""

    DUAL = "dual", "双重管理"
    DIRECT = "direct", "直接登记"
    DECOUPLED = "decoupled", "脱钩"


class AssociationStatus(models.TextChoices):
    """R-016."""

    PREPARING = "preparing", "筹备"
    ACTIVE = "active", "正常"
    SUSPENDED = "suspended", "限期停止活动"
    DEREGISTERED = "deregistered", "已注销"
    REVOKED = "revoked", "已撤销"


STATUS_TONES = {
    AssociationStatus.PREPARING: "blue",
    AssociationStatus.ACTIVE: "green",
    AssociationStatus.SUSPENDED: "amber",
    AssociationStatus.DEREGISTERED: "grey",
    AssociationStatus.REVOKED: "grey",
}
TERMINAL_STATUSES = frozenset({AssociationStatus.DEREGISTERED, AssociationStatus.REVOKED})


class DepartmentKind(models.TextChoices):
    """Everybody who answers for associations is one table."""

    GOVERNMENT = "government", "政府部门"
    REGISTRAR = "registrar", "登记管理机关"
    PARTY_COMMITTEE = "party_committee", "综合（行业）党委"
    WORKING_COMMITTEE = "working_committee", "两新工委"


class AssignmentRole(models.TextChoices):
    SUPERVISING_UNIT = "supervising_unit", "业务主管单位"
    INDUSTRY_REGULATOR = "industry_regulator", "行业管理部门"
    PARTY_COMMITTEE = "party_committee", "综合（行业）党委"


class Clarity(models.TextChoices):
    """R-014: whether it is clear who answers for an association."""

    CLEAR = "clear", "已明确"
    PARTLY = "partly", "单位已明确，处室或责任人未明确"
    UNCLEAR = "unclear", "单位未明确"


class NameKind(models.TextChoices):
    ALIAS = "alias", "别名"
    SHORT = "short", "简称"
    FORMER = "former", "曾用名"


class Source(models.TextChoices):
    """Where a dated fact came from."""

    HAND = "hand", "手工录入"
    IMPORT = "import", "表格导入"
    DEMONSTRATION = "demonstration", "演示数据"
