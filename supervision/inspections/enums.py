"""Choices of annual filings."""

from django.db import models


class InspectionState(models.TextChoices):
    """R-031; whether a filing is overdue follows from its dates."""

    NOT_STARTED = "not_started", "未填报"
    DRAFTING = "drafting", "填报中"
    WITH_SUPERVISOR = "with_supervisor", "业务主管单位初审中"
    WITH_COMMITTEE = "with_committee", "党委审核党建内容中"
    WITH_REGISTRAR = "with_registrar", "登记管理机关审查中"
    RETURNED = "returned", "已退回补正"
    FILED_ELSEWHERE = "filed_elsewhere", "已在登记管理机关系统报送"
    CONCLUDED = "concluded", "已有结论"
    EXEMPTED = "exempted", "本次不需填报"


STATE_TONES = {
    InspectionState.NOT_STARTED: "grey",
    InspectionState.DRAFTING: "blue",
    InspectionState.WITH_SUPERVISOR: "blue",
    InspectionState.WITH_COMMITTEE: "blue",
    InspectionState.WITH_REGISTRAR: "blue",
    InspectionState.RETURNED: "amber",
    InspectionState.FILED_ELSEWHERE: "blue",
    InspectionState.CONCLUDED: "green",
    InspectionState.EXEMPTED: "grey",
}


class Stage(models.TextChoices):
    """Who has the filing in hand on its way; each stage belongs to one role (`roles.md`)."""

    SUPERVISOR = "supervisor", "业务主管单位初审"
    COMMITTEE = "committee", "综合（行业）党委审核"
    REGISTRAR = "registrar", "登记管理机关审查"


STAGE_STATES = {
    Stage.SUPERVISOR: InspectionState.WITH_SUPERVISOR,
    Stage.COMMITTEE: InspectionState.WITH_COMMITTEE,
    Stage.REGISTRAR: InspectionState.WITH_REGISTRAR,
}
# What the association can still write.
EDITABLE = frozenset({InspectionState.DRAFTING, InspectionState.RETURNED})
UNDER_REVIEW = frozenset(STAGE_STATES.values())
# Handed in at least once and not waiting for the association.
HANDED_IN = UNDER_REVIEW | {InspectionState.CONCLUDED, InspectionState.FILED_ELSEWHERE}


class Conclusion(models.TextChoices):
    """R-032: decided by the registrar; the portal only suggests."""

    PASSED = "passed", "合格"
    BASIC = "basic", "基本合格"
    FAILED = "failed", "不合格"


CONCLUSION_TONES = {Conclusion.PASSED: "green", Conclusion.BASIC: "amber", Conclusion.FAILED: "red"}


class ConclusionSource(models.TextChoices):
    """How the registrar's conclusion came into the portal."""

    ACCOUNT = "account", "登记管理机关账号办理"
    ENTRY = "entry", "按文书录入"
    IMPORT = "import", "表格导入"


class SectionState(models.TextChoices):
    """What the secretary says about a section; whether it is complete is examined anew each time."""

    EMPTY = "empty", "未开始"
    DRAFT = "draft", "填写中"
    DONE = "done", "已完成"


# Kinds of tasks about a filing: a return to be answered, a reminder of the department to whoever has it in hand.
RETURN_TASK = "inspection_return"
URGE_TASK = "inspection_urge"


class PaperKind(models.TextChoices):
    """What is laid out as a PDF."""

    SIGNATURE = "signature", "签章页"
    REPORT = "report", "全部材料"
    RECEIPT = "receipt", "回执"
