"""Recording a check: what the gate said on the day is kept with it (R-084)."""

from datetime import date, datetime

from django.db import transaction

from associations.registry.models import Association
from associations.registry.services import checked, refuse_future, require_role, touch, within_scope
from partybuilding.embedding import rules as embedding
from partybuilding.embedding.enums import Looked, Result, Stage
from partybuilding.embedding.models import HookCheck
from partybuilding.embedding.selectors import findings_at
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import WORKSPACE
from portal.audit.services import record

CHECKERS = frozenset(WORKSPACE)


def keep_check(
    association: Association, stage: Stage, *, on: date, actor: Actor, now: datetime, note: str
) -> HookCheck:
    """Keep what the gate says where another desk has just asked it, inside that desk's transaction (R-084)."""
    found = findings_at(stage, association, on)
    check = HookCheck(
        association=association,
        stage=stage,
        result=embedding.result_of(found, stage=stage),
        findings="\n".join(f"{one.text}（{one.rule}）" for one in found),
        note=note,
        checked_on=on,
        checked_by_id=actor.user_id,
        membership_label=actor.label,
        recorded_at=now,
    )
    check.save()
    return check


def record_check(
    association: Association,
    *,
    stage: str,
    checked_on: date,
    actor: Actor,
    now: datetime,
    level: str = "",
    role_effect: str = "",
    member_education: str = "",
    note: str = "",
) -> HookCheck:
    """Record that Party building was looked at; the result follows from the gate and from what was found.

    Raises `Refused` where the election lacks what was looked at (A-42), for a warning at the evaluation of 5A without
    an explanation (R-023), and for a day to come.
    """
    require_role(actor, CHECKERS, "登记五嵌入核查")
    within_scope(association, actor, "社会组织")
    refuse_future(checked_on, now, "核查日期")
    looked = (role_effect, member_education)
    if stage == Stage.ELECTION and "" in looked:
        raise Refused("check.looked", "换届时须同时检查党组织作用发挥、党员教育管理。请分别选择检查情况。")
    found = findings_at(stage, association, checked_on)
    result = embedding.result_of(found, stage=stage, level=level, looked=looked)
    if stage == Stage.EVALUATION and level == embedding.HIGHEST and result != Result.OK and not note.strip():
        raise Refused("check.note", "申报 5A 级而党建核对有提示或否决。请在说明中写明原因或处理意见。")
    check = HookCheck(
        association=association,
        stage=stage,
        level=level if stage == Stage.EVALUATION else "",
        result=result,
        findings="\n".join(f"{one.text}（{one.rule}）" for one in found),
        role_effect=role_effect if stage == Stage.ELECTION else "",
        member_education=member_education if stage == Stage.ELECTION else "",
        note=note.strip(),
        checked_on=checked_on,
        checked_by_id=actor.user_id,
        membership_label=actor.label,
        recorded_at=now,
    )
    with transaction.atomic():
        touch(association, version=None, now=now)
        checked(check).save()
        after = {
            "stage": str(Stage(stage).label),
            "level": check.level,
            "result": str(Result(result).label),
            **{name: str(Looked(value).label) for name, value in zip(("作用", "教育"), looked, strict=True) if value},
        }
        record("embedding.check", actor=actor, subject=association, after=after, reason=check.note, now=now)
    return check
