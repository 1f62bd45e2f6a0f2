"""Every write of a census: deploy it, make its lists, check an association, confirm, take back, end."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from associations.registry.services import checked, require_role
from partybuilding.census import rules
from partybuilding.census.enums import CHECK_TASK, CensusState, RowState
from partybuilding.census.models import Census, CensusDifference, CensusProblem, CensusRow, CensusUnit, ProblemKind
from partybuilding.census.rules import Standing
from partybuilding.census.selectors import unchecked_count, unit_facts, waiting_labels
from partybuilding.census.transitions import CLOSE, CONFIRM, REOPEN
from partybuilding.closing.enums import UnitState
from partybuilding.closing.keeping import in_chunks, kept_fields
from partybuilding.closing.models import CloseUnit
from partybuilding.closing.selectors import Row, labels_of, live_rows
from partybuilding.closing.services import body_label, lay_tasks, live_count, tell
from partybuilding.closing.whole import whole
from partybuilding.coverage.selectors import coverage_rules
from portal.access.actor import Actor
from portal.access.decisions import Conflict, Decision, Refused
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.audit.services import record
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.notices.services import close_for_subject
from portal.workflow.services import apply, explain, update_versioned

ADMIN = frozenset({Role.DEPARTMENT_ADMIN})


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of problem of the reference data."""

    code: str
    number: int
    label: str
    hint: str
    remedy: str
    source: str
    confidence: str


@transaction.atomic
def load_kinds(rows: Iterable[KindRow]) -> int:
    """Make the kinds those of the file; one that left it is no longer offered. Returns how many were written."""
    wanted = {row.code: row for row in rows}
    known = {kind.code: kind for kind in ProblemKind.objects.all()}
    written = 0
    for code, row in wanted.items():
        kind = known.get(code) or ProblemKind(code=code)
        fields = asdict(row) | {"is_active": True}
        if kind.pk and all(getattr(kind, name) == value for name, value in fields.items()):
            continue
        for name, value in fields.items():
            setattr(kind, name, value)
        kind.full_clean()
        kind.save()
        written += 1
    gone = ProblemKind.objects.filter(is_active=True).exclude(code__in=wanted)
    return written + gone.update(is_active=False)


# Deploying


def open_census(
    *, title: str, number: str, as_of: date, due_on: date, actor: Actor, now: datetime, request_text: str = ""
) -> Census:
    """Deploy a census; a background job then makes the lists of all units.

    Raises `Refused` while another one is open, for figures of a day to come, a last day that is past, or a day on which
    nothing counted.
    """
    require_role(actor, ADMIN, "部署摸底调查")
    today = timezone.localdate(now)
    if as_of > today:
        raise Refused("census.future", f"登记数截至日期{as_of.isoformat()}还没有到。请填写今天或以前的日期。")
    if due_on < today:
        raise Refused("census.due", f"报送截止日期{due_on.isoformat()}已经过去。请填写今天或以后的日期。")
    if waiting := whole(Census).filter(state=CensusState.OPEN).first():
        raise Refused("census.waiting", f"「{waiting}」还没有办结，同时只进行一次摸底调查。请先办结。")
    if not live_count(as_of):
        raise Refused("census.nothing", f"截至{as_of.isoformat()}没有一家纳入统计的社会组织。请核对日期。")
    census = Census(
        title=title.strip(),
        number=number.strip(),
        request=request_text.strip(),
        as_of=as_of,
        opens_on=today,
        due_on=due_on,
        opened_by_id=actor.user_id,
    )
    try:
        with transaction.atomic():
            checked(census).save()
            after = {"number": census.number, "as_of": as_of, "due_on": due_on}
            record("partybuilding.open_census", actor=actor, subject=census, after=after, now=now)
            request(
                "partybuilding.prepare_census",
                kind="census",
                subject=census,
                label=f"{census}：生成名单",
                parameters={"census": census.pk},
                actor=actor,
                now=now,
                unique_key=f"prepare-census-{census.pk}",
            )
    except IntegrityError:
        raise Refused("census.waiting", "另一次摸底调查刚刚部署，同时只进行一次。请打开它。") from None
    return census


def prepare_census(context: JobContext) -> dict[str, Any]:
    """The job: a unit for every body that answers, a row for every association that counts, the tasks. Harmless twice.

    Rows are written in short transactions; units are asked only when all rows stand.
    """
    census = whole(Census).get(pk=context.job.parameters["census"])
    if census.prepared_at is not None:
        return {"units": whole(CensusUnit).filter(census=census).count()}
    context.progress(0, 0, "正在读取名录")
    live = live_rows(context.actor, census.as_of, coverage_rules(census.as_of))
    units = _units_for(census, live)
    written = set(whole(CensusRow).filter(unit__census=census).values_list("association", flat=True))
    missing = [row for pk, row in live.items() if pk not in written]
    rows = (CensusRow(unit=units[row.kept.unit], **kept_fields(row)) for row in missing)
    in_chunks(CensusRow, rows, len(missing), context, "正在生成名单")
    with transaction.atomic():
        lay_tasks(units.values(), actor=context.actor, now=context.now(), kind=CHECK_TASK)
        whole(Census).filter(pk=census.pk, prepared_at=None).update(prepared_at=context.now())
        tell(units.values(), f"{census}：请核对名单并报送，{census.due_on.isoformat()} 截止。", now=context.now())
        context.complete({"units": len(units)})
    return {"units": len(units)}


def _units_for(census: Census, live: Mapping[int, Row]) -> dict[str, CensusUnit]:
    """A unit for every body that answers, with the telephone of the newest monthly close."""
    counts: dict[str, int] = {}
    for row in live.values():
        counts[row.kept.unit] = counts.get(row.kept.unit, 0) + 1
    labels = labels_of(counts)
    called = whole(CloseUnit).filter(key__in=counts).exclude(contact_phone="").order_by("close__as_of")
    contacts = {key: (post, phone) for key, post, phone in called.values_list("key", "contact_post", "contact_phone")}
    CensusUnit.objects.bulk_create(
        (
            CensusUnit(
                census=census,
                key=key,
                label=labels[key][0],
                department_id=labels[key][1],
                region_id=labels[key][2],
                association_count=counts[key],
                contact_post=contacts.get(key, ("", ""))[0],
                contact_phone=contacts.get(key, ("", ""))[1],
            )
            for key in sorted(counts)
        ),
        ignore_conflicts=True,
    )
    rows = whole(CensusUnit).filter(census=census).select_related("census", "department__region", "region")
    return {unit.key: unit for unit in rows}


# Checking


def check_row(
    row: CensusRow,
    *,
    found: Standing,
    kinds: Collection[ProblemKind],
    note: str,
    actor: Actor,
    version: int,
    now: datetime,
) -> CensusRow:
    """Keep what was found of one association: its differences by aspect and its problems replace what stood before.

    Raises `Refused` for somebody else's list, one that is confirmed, and a difference without its ground; `Conflict` on
    a stale version.
    """
    _require_check(row.unit, actor)
    differing = rules.differences(row.registered, found)
    if differing and not note.strip():
        names = "、".join(str(one.aspect.label) for one in differing)
        raise Refused("census.note", f"{names}与登记有出入。请在「依据和说明」中写明怎样核实的。")
    state = rules.state_of(differing)
    before = {"state": RowState(row.state).label}
    with transaction.atomic():
        _hold(row.unit)
        changes = {"state": state, "note": note.strip(), "checked_at": now, "checked_label": body_label(actor)[:200]}
        update_versioned(row, version=version, changes=changes)
        whole(CensusDifference).filter(row=row).delete()
        CensusDifference.objects.bulk_create(
            CensusDifference(row=row, aspect=one.aspect, registered=one.registered, found=one.found)
            for one in differing
        )
        whole(CensusProblem).filter(row=row).delete()
        CensusProblem.objects.bulk_create(CensusProblem(row=row, kind=kind) for kind in kinds)
        after = {
            "state": state.label,
            **{str(one.aspect.label): rules.words(one.aspect, one.found) for one in differing},
            "problems": "、".join(kind.label for kind in kinds),
        }
        record("census.check", actor=actor, subject=row, before=before, after=after, reason=note.strip(), now=now)
    return row


def check_many(unit: CensusUnit, pks: Collection[int], *, actor: Actor, now: datetime) -> int:
    """Say of several associations that the register is right; what was checked already stays. Returns how many."""
    _require_check(unit, actor)
    waiting = scoped(CensusRow, actor).filter(unit=unit, pk__in=pks, state=RowState.UNCHECKED)
    with transaction.atomic():
        _hold(unit)
        done = waiting.update(
            state=RowState.AGREES, checked_at=now, checked_label=body_label(actor)[:200], version=F("version") + 1
        )
        if done:
            record("census.check_many", actor=actor, subject=unit, after={"associations": done}, now=now)
    return int(done)


def _hold(unit: CensusUnit) -> None:
    """Checking and confirming come one after the other on any database. Raises `Conflict` when it was confirmed."""
    if not whole(CensusUnit).filter(pk=unit.pk).exclude(state=UnitState.CONFIRMED).update(label=F("label")):
        raise Conflict(f"「{unit}」的名单刚刚确认报送，没有保存。需要修改的，请先撤回确认。")


def _require_check(unit: CensusUnit, actor: Actor) -> None:
    decision = rules.may_check(unit_facts(unit, actor))
    if not decision:
        raise Refused("census.check", decision.reason)


# Confirming, taking back, ending


def confirm_unit(unit: CensusUnit, *, summary: str, actor: Actor, version: int, now: datetime) -> CensusUnit:
    """Confirm the list of a unit with its main problems in words; refused while an association is unchecked."""
    if not summary.strip():
        raise Refused("census.summary", "请写明主要症结和对策；没有突出问题的，也请写明。")
    with transaction.atomic():
        facts = unit_facts(unit, actor, unchecked=unchecked_count(unit))
        changes = {"summary": summary.strip(), "confirmed_label": body_label(actor)[:200], "reopened_at": None}
        done = apply(CONFIRM, unit, actor=actor, version=version, now=now, facts=facts, changes=changes)
        close_for_subject(done, kinds=(CHECK_TASK,), evidence="已确认报送。", actor=actor, now=now)
    return done


def return_unit(unit: CensusUnit, *, reason: str, actor: Actor, version: int, now: datetime) -> CensusUnit:
    """Take a confirmed list back (the body itself) or return it (the department); its task lies there again."""
    if not reason.strip():
        raise Refused("census.reason", "请写明退回重新核对的原因。")
    with transaction.atomic():
        _hold_census(unit.census)
        facts = unit_facts(unit, actor)
        done = apply(REOPEN, unit, actor=actor, version=version, now=now, facts=facts, comment=reason.strip())
        lay_tasks([done], actor=actor, now=now, kind=CHECK_TASK)
        if not facts.answers:
            tell([done], f"{done.census}：名单已退回，请重新核对报送。原因：{reason.strip()}", now=now)
    return done


def close_census(census: Census, *, actor: Actor, version: int, now: datetime) -> Census:
    """End a census: nothing of it changes any more. Raises `Refused` while a unit has not confirmed."""
    with transaction.atomic():
        _hold_census(census)
        return apply(CLOSE, census, actor=actor, version=version, now=now, facts=_close_facts(census))


def _hold_census(census: Census) -> None:
    """Returning a list and ending the census come one after the other on any database."""
    whole(Census).filter(pk=census.pk).update(title=F("title"))
    census.refresh_from_db()


def explain_return(unit: CensusUnit, actor: Actor) -> Decision:
    return explain(REOPEN, unit, actor=actor, facts=unit_facts(unit, actor))


def explain_close(census: Census, actor: Actor) -> Decision:
    return explain(CLOSE, census, actor=actor, facts=_close_facts(census))


def _close_facts(census: Census) -> rules.CloseFacts:
    return rules.CloseFacts(whole(CensusUnit).filter(census=census).count(), tuple(waiting_labels(census)))
