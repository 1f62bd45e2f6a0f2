"""The stages of admitting a member."""

from django.db import models


class Stage(models.TextChoices):
    """发展党员 in the order of the rule book; each is recorded with its day and its paper (R-091)."""

    APPLIED = "applied", "递交入党申请书"
    TALKED = "talked", "派人谈话"
    ACTIVIST = "activist", "确定为入党积极分子"
    TARGET = "target", "确定为发展对象"
    REVIEWED = "reviewed", "政治审查"
    TRAINED = "trained", "短期集中培训"
    PREREVIEWED = "prereviewed", "上级党委预审"
    ADMITTED = "admitted", "支部大会接收为预备党员"
    APPROVED = "approved", "上级党委审批"


# What has to stand before a stage; the talk may stand between the application and whatever comes next.
NEEDS: dict[Stage, tuple[Stage, ...]] = {
    Stage.APPLIED: (),
    Stage.TALKED: (Stage.APPLIED,),
    Stage.ACTIVIST: (Stage.APPLIED,),
    Stage.TARGET: (Stage.ACTIVIST,),
    Stage.REVIEWED: (Stage.TARGET,),
    Stage.TRAINED: (Stage.TARGET,),
    Stage.PREREVIEWED: (Stage.REVIEWED, Stage.TRAINED),
    Stage.ADMITTED: (Stage.PREREVIEWED,),
    Stage.APPROVED: (Stage.ADMITTED,),
}
ORDER = tuple(Stage)
# What the superior committee decides; the branch records the others.
SUPERIOR = frozenset({Stage.PREREVIEWED, Stage.APPROVED})


class Standing(models.TextChoices):
    """What somebody who applied is called on the way."""

    APPLICANT = "applicant", "入党申请人"
    ACTIVIST = "activist", "入党积极分子"
    TARGET = "target", "发展对象"
    ADMITTED = "admitted", "已接收、待审批"
    MEMBER = "member", "已成为预备党员"
    CLOSED = "closed", "已终止"


STANDING_TONES = {
    Standing.APPLICANT: "grey",
    Standing.ACTIVIST: "blue",
    Standing.TARGET: "blue",
    Standing.ADMITTED: "amber",
    Standing.MEMBER: "green",
    Standing.CLOSED: "grey",
}
