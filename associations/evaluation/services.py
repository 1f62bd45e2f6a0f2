"""Recording evaluation grades; civil affairs decides and announces them."""

from datetime import date, datetime

from django.db import transaction

from associations.evaluation.models import Grade
from associations.evaluation.rules import validity
from associations.registry.enums import Source
from associations.registry.models import Association
from associations.registry.services import checked, refuse_future, require_role, touch
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import everything
from portal.audit.services import record
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import values

RECORDERS = DEPARTMENT | {Role.REGISTRAR}


def record_grade(
    association: Association,
    *,
    level: str,
    announced_on: date,
    document_number: str,
    actor: Actor,
    now: datetime,
    version: int,
    effective_on: date | None = None,
    source: str = Source.HAND,
) -> Grade:
    """Record an announced grade with its document; the validity follows from the regime of that day (R-020).

    The same announcement again corrects it. `effective_on` is the first day that civil affairs fixed, which only the
    regime of 2010 knows. Raises `Refused` without a document number, `Conflict` on a stale version.
    """
    require_role(actor, RECORDERS, "登记评估等级")
    refuse_future(announced_on, now, "等级公告日期")
    if not document_number.strip() and source == Source.HAND:
        raise Refused("grade.document", "评估等级由民政部门公告。请填写公告文号。")
    held = grade_validity(announced_on, effective_on)
    with transaction.atomic():
        touch(association, version=version, now=now)
        with everything("the grades of one association"):
            grade = association.grades.filter(announced_on=announced_on).first()
        before = _facts(grade) if grade else None
        grade = grade or Grade(association=association, announced_on=announced_on)
        grade.level, grade.document_number, grade.source = level, document_number.strip(), source
        grade.starts_on, grade.ends_on = held
        checked(grade).save()
        record("associations.grade", actor=actor, subject=association, before=before, after=_facts(grade), now=now)
    return grade


def grade_validity(announced_on: date, effective_on: date | None = None) -> tuple[date, date]:
    """First and last day of a grade announced on a day, by the regime in force then; `Refused` when none was."""
    try:
        found = values(["evaluation.regime", "evaluation.validity_years"], on=announced_on)
    except ConfigurationError as problem:
        raise Refused("grade.regime", str(problem)) from None
    held = validity(
        announced_on,
        regime=str(found["evaluation.regime"]),
        years=int(found["evaluation.validity_years"]),
        effective_on=effective_on,
    )
    return held.starts_on, held.ends_on


def _facts(grade: Grade) -> dict[str, object]:
    return {
        "level": grade.level,
        "announced_on": grade.announced_on,
        "document_number": grade.document_number,
        "starts_on": grade.starts_on,
        "ends_on": grade.ends_on,
    }
