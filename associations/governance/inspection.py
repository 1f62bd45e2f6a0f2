"""What the register says of an association at its annual inspection (R-084): term, age of officers, grade."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, DateField, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from associations.evaluation.models import Grade
from associations.governance.enums import Post
from associations.governance.models import Officer
from associations.governance.rules import age_text, born_by, term_text
from associations.registry.models import Association, current_on
from portal.access.statements import Statement
from portal.gates import Finding, Level
from portal.regulations.rules import term_end
from portal.regulations.selectors import values
from portal.screens.values import date_text

WHY = "an association that whoever asks at the gate has already reached"
AGE_LIMIT = "officer.age_limit"


def findings(association: Any, on: date) -> Iterable[Finding]:
    """Never a block: at the inspection these only inform (R-084)."""
    limit = int(values([AGE_LIMIT], on=on)[AGE_LIMIT])
    # Born on this day or before, somebody has passed the limit; R-006 counts 29 February on 1 March.
    level, ends_on, over_count = _KNOWN.first(association=association.pk, on=on, born_by=born_by(on, limit))
    yield _term(association, on)
    if over_count:
        yield Finding(Level.WARN, "R-053", age_text(over_count, limit))
    yield _grade(level, ends_on, on)


def _question(association: Any, on: Any, born_by: Any) -> Any:
    grades = Grade.objects.filter(association=OuterRef("pk"), announced_on__lte=on).order_by("-announced_on", "-pk")
    serving = Officer.objects.filter(current_on(on), association=OuterRef("pk")).exclude(post=Post.HONORARY)
    over = serving.filter(person__born_on__lte=born_by).order_by().values("association")
    counted = over.annotate(number=Count("person", distinct=True)).values("number")
    return (
        Association.objects.unscoped(WHY)
        .filter(pk=association)
        .values_list(
            Subquery(grades.values("level")[:1]),
            Subquery(grades.values("ends_on")[:1]),
            Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        )
    )


_KNOWN = Statement(_question, association=BigIntegerField(), on=DateField(), born_by=DateField())


def _term(association: Any, on: date) -> Finding:
    if association.term_started_on is None or not association.term_years:
        return Finding(
            Level.WARN, "R-050", "登记信息中没有本届起始日期或任期，不能判断是否按期换届。请在登记信息中补充。"
        )
    ends_on = term_end(association.term_started_on, association.term_years)
    return Finding(Level.WARN if ends_on < on else Level.OK, "R-051", term_text(ends_on, on))


def _grade(level: str | None, ends_on: date | None, on: date) -> Finding:
    if level is None:
        return Finding(Level.OK, "R-020", "没有评估等级。")
    if ends_on is not None and ends_on < on:
        return Finding(Level.WARN, "R-020", f"评估等级 {level} 已于 {date_text(ends_on)} 过期。")
    return Finding(Level.OK, "R-020", f"评估等级 {level}。")
