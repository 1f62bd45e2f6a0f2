"""Every write of a round of evaluation: open it, its indicators, who applies, what was announced, each result."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from associations.evaluation.enums import GradeLevel
from associations.evaluation.models import EvaluationApplication, EvaluationBatch, Grade, Indicator
from associations.evaluation.rules import read_indicators
from associations.evaluation.selectors import named_in
from associations.evaluation.services import RECORDERS, record_grade
from associations.registry.models import Association, Department
from associations.registry.selectors import home_region
from associations.registry.services import checked, refuse_future, require_role, within_scope
from portal import gates
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT
from portal.access.scoping import everything, scoped
from portal.audit.services import record
from portal.regions.models import Region
from portal.workflow.services import update_versioned

GATE, VETO = "evaluation", "R-023"
WHY = "the rows of a batch that was reached"


def place_of(actor: Actor) -> Region | None:
    """Where an actor records evaluations: a registrar at its own place, the department for the province."""
    if actor.role in DEPARTMENT or actor.scope.pk is None:
        return home_region(actor)
    own = scoped(Department, actor).filter(pk=actor.scope.pk).select_related("region").first()
    return own.region if own is not None else None


def open_batch(
    *, title: str, number: str, opens_on: date, due_on: date, actor: Actor, now: datetime
) -> EvaluationBatch:
    """Record the notice of a round. Raises `Refused` for the same notice twice or dates the wrong way round."""
    require_role(actor, RECORDERS, "登记评估批次")
    region = place_of(actor)
    if region is None:
        raise Refused("evaluation.region", "没有确定您所在的地区，不能登记评估批次。请联系系统管理员核对单位的地区。")
    batch = EvaluationBatch(title=title.strip(), number=number.strip(), region=region, opens_on=opens_on, due_on=due_on)
    with transaction.atomic():
        checked(batch).save()
        after = {"number": batch.number, "opens_on": opens_on, "due_on": due_on}
        record("evaluations.open", actor=actor, subject=batch, after=after, now=now)
    return batch


def _hold(batch: EvaluationBatch, actor: Actor, what: str) -> None:
    """Who records elsewhere does not record here. Writes of a batch come one after the other on any database."""
    require_role(actor, RECORDERS, what)
    place = place_of(actor)
    if actor.role not in DEPARTMENT and (place is None or place.pk != batch.region_id):
        raise Refused("scope.outside", f"「{batch}」由{batch.region}的登记管理机关办理，您不能{what}。")
    with everything(WHY):
        EvaluationBatch.objects.filter(pk=batch.pk).update(version=F("version") + 1)


def set_indicators(batch: EvaluationBatch, *, text: str, actor: Actor, version: int, now: datetime) -> int:
    """Replace the indicators by pasted lines; returns how many. Raises `Refused` naming every line that is wrong."""
    items, wrong = read_indicators(text)
    if wrong:
        more = f" 另有 {len(wrong) - 5} 行有误。" if len(wrong) > 5 else ""
        raise Refused("evaluation.indicators", "".join(wrong[:5]) + more)
    if not items:
        raise Refused("evaluation.indicators", "没有读到指标。请每行填写一项：一级指标、指标、分值、是否党建。")
    if batch.announced_on is not None:
        raise Refused("evaluation.announced", f"「{batch}」的等级已经公告，指标不能再改。")
    with transaction.atomic():
        update_versioned(batch, version=version, changes={})
        _hold(batch, actor, "登记评估指标")
        with everything(WHY):
            before = Indicator.objects.filter(batch=batch).count()
            Indicator.objects.filter(batch=batch).delete()
        Indicator.objects.bulk_create(
            Indicator(
                batch=batch,
                number=number,
                section=one.section,
                title=one.title,
                points=one.points,
                is_party=one.is_party,
            )
            for number, one in enumerate(items, start=1)
        )
        after = {"indicators": len(items), "party": sum(one.is_party for one in items)}
        record(
            "evaluations.indicators",
            actor=actor,
            subject=batch,
            before={"indicators": before},
            after=after,
            now=now,
        )
    return len(items)


def record_applications(
    batch: EvaluationBatch,
    *,
    names: str,
    level: str,
    applied_on: date,
    explanation: str = "",
    actor: Actor,
    now: datetime,
) -> list[EvaluationApplication]:
    """Record who applies for a level, by pasted codes or names; the Party check of the day is kept with each (R-023).

    Raises `Refused` for a name that is not found, one that applied already, a day outside the window, a veto, and a
    warning at 5A without an explanation; nothing is recorded then.
    """
    refuse_future(applied_on, now, "申报日期")
    if not batch.opens_on <= applied_on <= batch.due_on:
        raise Refused(
            "evaluation.window",
            f"申报日期{applied_on.isoformat()}不在申报期内（{batch.opens_on.isoformat()}至{batch.due_on.isoformat()}）。"
            "请核对日期。",
        )
    found, wrong = named_in(names, actor)
    if wrong or not found:
        raise Refused("evaluation.names", "".join(wrong[:5]) or "还没有填写社会组织。请每行填写一家。")
    with transaction.atomic():
        _hold(batch, actor, "登记评估申报")
        with everything(WHY):
            known = set(batch.applications.values_list("association", flat=True))
        made = []
        for association in found:
            if association.pk in known:
                raise Refused("evaluation.twice", f"「{association}」在本批次已经登记申报。请从名单中删去这一行。")
            made.append(_application(batch, association, level, applied_on, explanation.strip()))
        EvaluationApplication.objects.bulk_create(made)
        after = {"level": level, "associations": [str(one.association) for one in made]}
        record("evaluations.apply", actor=actor, subject=batch, after=after, reason=explanation.strip(), now=now)
    return made


def _application(
    batch: EvaluationBatch, association: Association, level: str, applied_on: date, explanation: str
) -> EvaluationApplication:
    # R-023 speaks of an application for the highest level only; below it its words would mislead.
    said = gates.check(GATE, association, on=applied_on)
    found = [one for one in said if level == GradeLevel.AAAAA or one.rule != VETO]
    vetoes = [one for one in found if one.level is gates.Level.BLOCK]
    warned = [one for one in found if one.level is not gates.Level.OK]
    if level == GradeLevel.AAAAA and vetoes:
        raise Refused("evaluation.veto", f"「{association}」：{vetoes[0].text}")
    if level == GradeLevel.AAAAA and warned and not explanation:
        raise Refused("evaluation.explain", f"「{association}」：{warned[0].text}请在说明中写明原因或处理意见。")
    return EvaluationApplication(
        batch=batch,
        association=association,
        level=level,
        applied_on=applied_on,
        findings="\n".join(f"{one.text}（{one.rule}）" for one in found),
        has_warning=bool(warned),
        explanation=explanation,
    )


def announce(
    batch: EvaluationBatch,
    *,
    announced_on: date,
    announcement: str,
    counts: Mapping[str, int],
    actor: Actor,
    version: int,
    now: datetime,
) -> EvaluationBatch:
    """Record what civil affairs announced: day, number, and how many of each level it states (R-171).

    The grades themselves are recorded or imported beside it. May be corrected as long as no grade hangs on it.
    """
    refuse_future(announced_on, now, "等级公告日期")
    if announced_on < batch.opens_on:
        raise Refused(
            "evaluation.before",
            f"等级公告日期{announced_on.isoformat()}早于开始申报的{batch.opens_on.isoformat()}。请核对日期。",
        )
    if not announcement.strip() or not sum(counts.values()):
        raise Refused("evaluation.announcement", "请填写公告文号和公告中各等级的家数，至少一家。")
    with transaction.atomic():
        _refuse_recorded(batch)
        before = {"announced_on": batch.announced_on, "announcement": batch.announcement, **batch.announced}
        changes = {
            "announced_on": announced_on,
            "announcement": announcement.strip(),
            **{f"count_{level.lower()}": counts.get(level, 0) for level in GradeLevel.values},
        }
        update_versioned(batch, version=version, changes=changes)
        _hold(batch, actor, "登记等级公告")
        after = {"announced_on": announced_on, "announcement": announcement.strip(), **counts}
        record("evaluations.announce", actor=actor, subject=batch, before=before, after=after, now=now)
    return batch


def _refuse_recorded(batch: EvaluationBatch) -> None:
    if batch.announced_on is None:
        return
    with everything(WHY):
        rows = Grade.objects.filter(announced_on=batch.announced_on, document_number=batch.announcement)
        number = rows.count()
    if number:
        raise Refused("evaluation.recorded", f"已按这份公告登记 {number} 家的等级，公告不能再改。请先更正各家的等级。")


def record_result(application: EvaluationApplication, *, level: str, actor: Actor, now: datetime) -> Grade:
    """Record the grade that the announcement names for one that applied. Raises `Refused` before the announcement."""
    batch = application.batch
    if batch.announced_on is None:
        raise Refused("evaluation.early", f"「{batch}」还没有登记等级公告。请先登记公告，再登记各家的等级。")
    within_scope(application, actor, "申报")
    association = scoped(Association, actor).select_related("region").get(pk=application.association_id)
    with transaction.atomic():
        _hold(batch, actor, "登记评估等级")
        return record_grade(
            association,
            level=level,
            announced_on=batch.announced_on,
            document_number=batch.announcement,
            actor=actor,
            now=now,
            version=association.version,
        )


def record_results(
    applications: Iterable[EvaluationApplication], *, level: str, actor: Actor, now: datetime
) -> list[Grade]:
    """Record one level for several that applied."""
    with transaction.atomic():
        return [record_result(one, level=level, actor=actor, now=now) for one in applications]
