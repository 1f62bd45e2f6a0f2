"""Every write of a monthly close but the keeping of an edition: open, confirm, reopen, correct, issue."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from associations.registry.models import Association
from associations.registry.services import checked, require_role
from partybuilding.closing import rules
from partybuilding.closing.answering import AnsweringUnit
from partybuilding.closing.enums import CONFIRM_TASK, CloseState, How, UnitState
from partybuilding.closing.keeping import keep_rows
from partybuilding.closing.models import Close, CloseEdition, CloseRow, CloseUnit, Correction, CorrectionItem
from partybuilding.closing.rules import ConfirmFacts
from partybuilding.closing.selectors import (
    answers_for,
    kept_rows,
    labels_of,
    last_issued,
    live_rows,
    opening_edition,
    standings,
    unit_list,
    window_of,
)
from partybuilding.closing.transitions import CONFIRM, ISSUE, REOPEN
from partybuilding.closing.whole import whole
from partybuilding.coverage.selectors import coverage_rules
from portal.access.actor import Actor, Scope
from portal.access.decisions import Conflict, Refused
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import scoped
from portal.audit.services import record
from portal.files.models import StoredFile
from portal.jobs.runner import JobContext
from portal.jobs.services import request
from portal.notices.selectors import people_at
from portal.notices.services import NewTask, close_for_subject, notify, open_many
from portal.regulations.calendar import work_calendar
from portal.regulations.rules import ConfigurationError
from portal.regulations.selectors import values
from portal.workflow.services import apply

ADMIN = frozenset({Role.DEPARTMENT_ADMIN})
U = TypeVar("U", bound=AnsweringUnit)
PARAMETERS = ("close.open_working_days", "close.due_working_days")


def body_label(actor: Actor) -> str:
    """Who acts, as a body: the department is named by its role."""
    return actor.label if actor.scope.kind == "province" else actor.scope.label


# Opening


def schedule_of(as_of: date) -> tuple[date, date]:
    """The day from which lists are confirmed and the last day for it, counted back from the month's end (R-005)."""
    found = values(PARAMETERS, on=as_of)
    calendar = work_calendar()
    opens, due = (rules.working_day_before_end(calendar, as_of, int(found[code])) for code in PARAMETERS)
    return opens, due


def open_close(month: str, *, actor: Actor | None, now: datetime) -> Close:
    """Open the close of a month; a background job then makes the lists. `actor` is none for the schedule.

    Raises `Refused` for a month that is not one, lies ahead, is open or issued already, comes before the last issued
    one, has nothing to count, or follows one that is not issued.
    """
    if actor is not None:
        require_role(actor, ADMIN, "建立月报")
    try:
        as_of = rules.month_end(month)
    except ValueError:
        raise Refused("close.month", f"月份现在填的是「{month[:20]}」。请按 年-月 填写，例如 2026-11。") from None
    today = timezone.localdate(now)
    if as_of.replace(day=1) > today:
        raise Refused("close.future", f"{month} 还没有到。月报最早在当月建立，请选择本月或以前的月份。")
    _refuse_order(month)
    if not live_count(as_of):
        raise Refused(
            "close.nothing",
            f"截至 {as_of.isoformat()} 没有一家纳入统计的社会组织，{month} 的月报没有可以统计的对象。请核对月份。",
        )
    planned_on, due_on = schedule_of(as_of)
    opens_on = min(planned_on, today)  # Opened by hand ahead of its day, it is confirmed from today.
    try:
        with transaction.atomic():
            close = Close.objects.create(
                month=month,
                as_of=as_of,
                opens_on=opens_on,
                due_on=due_on,
                previous=last_issued(month),
                opened_at=now,
                opened_by_id=actor.user_id if actor else None,
            )
            record("partybuilding.open_close", actor=actor, subject=close, after={"month": month}, now=now)
            request(
                "partybuilding.prepare_close",
                kind="close",
                subject=close,
                label=f"{close}：生成确认名单",
                parameters={"close": close.pk},
                actor=actor,
                now=now,
                unique_key=f"prepare-close-{close.pk}",
            )
    except IntegrityError:
        raise _known(month) from None
    return close


def _refuse_order(month: str) -> None:
    rows = whole(Close)
    if rows.filter(month=month).exists():
        raise _known(month)
    if waiting := rows.filter(state=CloseState.OPEN).order_by("month").first():
        raise Refused(
            "close.waiting",
            f"{waiting.month} 的月报还没有签发，本月的上月数还不确定。请先签发 {waiting.month} 的月报。",
        )
    if later := rows.filter(month__gt=month).order_by("month").first():
        raise Refused(
            "close.order", f"{later.month} 的月报已经签发，不能再补建 {month} 的月报。差错请在下一期以「更正」列明。"
        )


def _known(month: str) -> Refused:
    return Refused("close.known", f"{month} 的月报已经建立，一个月只有一期。请打开已有的月报。")


def live_count(as_of: date) -> int:
    from associations.registry.selectors import active_on

    found = coverage_rules(as_of)
    rows = whole(Association).filter(active_on(as_of, exclude_new_months=found.exclude_new_months))
    return int(rows.count())


def open_due(now: datetime) -> Close | None:
    """The tick: open this month's close from its day on. What still hinders it is shown on the page of closes."""
    today = timezone.localdate(now)
    month = rules.month_of(today)
    rows = whole(Close)
    if rows.filter(month=month).exists() or rows.filter(state=CloseState.OPEN).exists():
        return None
    try:
        opens_on, _due_on = schedule_of(rules.month_end(month))
        return open_close(month, actor=None, now=now) if today >= opens_on else None
    except (Refused, ConfigurationError):
        return None


def prepare_close(context: JobContext) -> dict[str, Any]:
    """The job: last month's rows for the first close, a unit for every body that answers, its task. Harmless twice."""
    close = whole(Close).get(pk=context.job.parameters["close"])
    if close.prepared_at is not None:
        return {"units": whole(CloseUnit).filter(close=close).count()}
    window = window_of(close)
    context.progress(0, 0, "正在读取名录")
    if close.previous_id is None:
        _keep_first(close, context)
    opening = kept_rows(opening_edition(close))
    live = live_rows(context.actor, close.as_of, window.closing_rules)
    with transaction.atomic():
        units = add_units(close, opening, live)
        lay_tasks(units, actor=context.actor, now=context.now())
        whole(Close).filter(pk=close.pk, prepared_at=None).update(prepared_at=context.now())
        tell(units, f"请确认{close}的名单，{close.due_on.isoformat()} 截止。", now=context.now())
        context.complete({"units": len(units)})
    return {"units": len(units)}


def _keep_first(close: Close, context: JobContext) -> None:
    """The very first close opens with the facts of the day before its month."""
    before = rules.month_before(close.as_of)
    found = coverage_rules(before)
    rows = live_rows(context.actor, before, found)
    totals = rules.sums({pk: row.kept for pk, row in rows.items()}, found)[""]
    edition, _ = whole(CloseEdition).update_or_create(
        close=close,
        number=0,
        defaults={"made_at": context.now(), **{name: totals[name] for name in rules.NAMES}},
    )
    keep_rows(edition, rows.values(), context)


def add_units(close: Close, opening: Any, live: Any) -> list[CloseUnit]:
    """A unit for every body that answers at either end; returns those that are new."""
    numbers: dict[str, set[int]] = {}
    for rows in (opening, live):
        for pk, row in rows.items():
            numbers.setdefault(row.kept.unit, set()).add(pk)
    there = whole(CloseUnit).filter(close=close)
    missing = numbers.keys() - set(there.values_list("key", flat=True))
    labels = labels_of(missing)
    before = whole(CloseUnit).filter(close=close.previous_id, key__in=missing)
    contacts = {key: (post, phone) for key, post, phone in before.values_list("key", "contact_post", "contact_phone")}
    fresh = [
        CloseUnit(
            close=close,
            key=key,
            label=labels[key][0],
            department_id=labels[key][1],
            region_id=labels[key][2],
            association_count=len(numbers[key]),
            contact_post=contacts.get(key, ("", ""))[0],
            contact_phone=contacts.get(key, ("", ""))[1],
        )
        for key in sorted(missing)
    ]
    CloseUnit.objects.bulk_create(fresh, ignore_conflicts=True)
    return list(there.filter(key__in=missing).select_related("close", "department__region", "region"))


# Tasks and messages


def body_of(unit: AnsweringUnit) -> tuple[str, Scope]:
    """The role and the node on whose desk a unit's task lies; the province's own rows lie with the department."""
    if unit.department is not None:
        return Role.PARTY_COMMITTEE, Scope("department", unit.department.pk, unit.department.name)
    region: Any = unit.region
    if len(region.path_codes) == 1:
        return Role.DEPARTMENT_STAFF, Scope("province", None, "全省")
    return Role.REGIONAL_OFFICE, Scope("region", region.pk, region.name, path=region.path)


def lay_tasks(units: Iterable[AnsweringUnit], *, actor: Actor | None, now: datetime, kind: str = CONFIRM_TASK) -> int:
    """One open task a unit; a task that is there keeps its words."""
    by_role: dict[str, list[NewTask]] = {}
    for unit in units:
        role, body = body_of(unit)
        by_role.setdefault(role, []).append(NewTask(unit, unit.task_title, unit.url, body, unit.asking.due_on))
    return sum(open_many(tasks, kind=kind, for_role=role, actor=actor, now=now) for role, tasks in by_role.items())


def people_of(units: Iterable[U], on: date) -> dict[int, list[U]]:
    """User → the units whose body that user acts for."""
    found: dict[int, list[U]] = {}
    by_node: dict[tuple[str, str], dict[int, U]] = {}
    for unit in units:
        role, body = body_of(unit)
        if body.pk is None:
            for user in people_at("province", (), roles={role}, on=on):
                found.setdefault(user, []).append(unit)
        else:
            by_node.setdefault((body.kind, role), {})[body.pk] = unit
    for (kind, role), wanted in by_node.items():
        for user, pks in people_at(kind, wanted.keys(), roles={role}, on=on).items():
            found.setdefault(user, []).extend(wanted[pk] for pk in dict.fromkeys(pks))
    return found


def tell(units: Iterable[AnsweringUnit], text: str, *, now: datetime) -> int:
    """One message a person, however many units the person acts for."""
    people = people_of(units, timezone.localdate(now))
    for user, own in people.items():
        notify([user], text, own[0].url if len(own) == 1 else own[0].asking_url, now)
    return len(people)


# Confirming


def confirm_unit(unit: CloseUnit, *, how: str, seen: str, actor: Actor, version: int, now: datetime) -> CloseUnit:
    """Confirm the list of a unit. `seen` is the number of the list that the person had on the page.

    Raises `Refused` without it, for somebody else's list, for 「本月无变化」 over a list that changed, and for a close
    that is issued; `Conflict` when list or unit moved meanwhile.
    """
    if not seen:
        raise Refused("close.unseen", "还没有打开名单就要确认。请先打开名单，核对后再确认。")
    close = unit.close
    with transaction.atomic():
        # Confirming and issuing come one after the other on any database.
        whole(Close).filter(pk=close.pk).update(month=close.month)
        close.refresh_from_db()
        found = unit_list(unit, actor)
        if seen != found.fingerprint:
            raise Conflict(f"「{unit}」的名单在您打开之后有变化，没有确认。请重新打开名单，核对后再确认。")
        facts = ConfirmFacts(
            answers=answers_for(actor, unit),
            unit_label=unit.label,
            is_issued=close.is_issued,
            change_count=found.changed_count,
            says_unchanged=how == How.UNCHANGED,
        )
        confirmed = apply(
            CONFIRM,
            unit,
            actor=actor,
            version=version,
            now=now,
            facts=facts,
            changes={
                "how": how,
                "fingerprint": found.fingerprint,
                "change_count": found.changed_count,
                "association_count": sum(line.is_here for line in found.lines),
                "confirmed_label": body_label(actor)[:200],
                "reopened_at": None,
            },
            comment=str(How(how).label),
        )
        close_for_subject(confirmed, kinds=(CONFIRM_TASK,), evidence=f"{How(how).label}。", actor=actor, now=now)
    return confirmed


def reopen_changed(close: Close, opening: Any, live: Any, *, now: datetime) -> list[CloseUnit]:
    """Reopen every confirmed unit whose list is no longer what it confirmed; each gets its task back."""
    rows = whole(CloseUnit).filter(close=close, state=UnitState.CONFIRMED)
    now_standing = standings(opening, live)
    reopened = []
    for unit in rows.select_related("close", "department__region", "region"):
        standing = now_standing.get(unit.key)
        if standing is None or standing.fingerprint != unit.fingerprint:
            comment = "确认以后名单又有变化，请再次确认。"
            reopened.append(apply(REOPEN, unit, actor=None, version=unit.version, now=now, comment=comment))
    if reopened:
        lay_tasks(reopened, actor=None, now=now)
        tell(reopened, f"{close}：您确认以后名单又有变化，请再次核对确认。", now=now)
    return reopened


# Correcting and issuing


def correct(
    close: Close,
    associations: Iterable[Association],
    *,
    number: str,
    text: str,
    file: StoredFile | None,
    actor: Actor,
    now: datetime,
) -> Correction:
    """Record a correction with its document. Raises `Refused` without number, words, file or association."""
    require_role(actor, DEPARTMENT, "登记月报更正")
    about = list(dict.fromkeys(associations))
    if close.is_issued:
        raise Refused("close.issued", f"{close}已经签发，不再更正。请在下一期月报登记更正。")
    if not number.strip() or not text.strip() or file is None:
        raise Refused("correction.document", "更正须有文件：请填写文号和更正内容，并上传文件。")
    if not about:
        raise Refused("correction.none", "还没有选择更正的社会组织。请至少选择一家。")
    reach = scoped(Association, actor).filter(pk__in=[one.pk for one in about]).count()
    if reach != len(about):
        raise Refused("scope.outside", "所选社会组织中有不在您管理范围内的。请重新选择。")
    with transaction.atomic():
        made = checked(
            Correction(
                close=close,
                number=number.strip(),
                text=text.strip(),
                file=file,
                recorded_by_id=actor.user_id,
                recorded_label=body_label(actor),
                recorded_at=now,
            )
        )
        made.save()
        CorrectionItem.objects.bulk_create(
            CorrectionItem(correction=made, association=one, name=one.name) for one in about
        )
        record(
            "partybuilding.correct_close",
            actor=actor,
            subject=close,
            after={"number": made.number, "text": made.text, "associations": [str(one) for one in about]},
            now=now,
        )
    return made  # type: ignore[no-any-return]


def accept_lists(close: Close, keys: Iterable[str], actor: Actor) -> None:
    """A correction changes confirmed lists openly, with its document: they stay confirmed as they are now."""
    rows = whole(CloseUnit).filter(close=close, key__in=list(keys), state=UnitState.CONFIRMED)
    for unit in rows.select_related("close", "region"):
        found = unit_list(unit, actor)
        whole(CloseUnit).filter(pk=unit.pk).update(fingerprint=found.fingerprint, change_count=found.changed_count)


def issue(close: Close, edition: CloseEdition, *, actor: Actor, now: datetime) -> Close:
    """Issue a close with one of its editions; the others are no longer kept. Called by the report's signing."""
    with transaction.atomic():
        issued = apply(ISSUE, close, actor=actor, version=close.version, now=now, changes={"final": edition})
        others = whole(CloseEdition).filter(close=close, number__gt=0).exclude(pk=edition.pk)
        old = whole(CloseRow).filter(edition__in=others)
        old._raw_delete(old.db)
        for unit in whole(CloseUnit).filter(close=close).exclude(state=UnitState.CONFIRMED):
            evidence = f"{close}已签发，名单沿用上月。" if unit.state == UnitState.AWAITING else f"{close}已签发。"
            close_for_subject(unit, kinds=(CONFIRM_TASK,), evidence=evidence, actor=None, now=now)
    return issued
