"""Making an edition of a close for a report run, and what can be said against issuing it (X-21, R-171)."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from partybuilding.closing import rules
from partybuilding.closing.enums import Reason, UnitState
from partybuilding.closing.evidence import evidence_of
from partybuilding.closing.keeping import keep_changes, keep_rows
from partybuilding.closing.models import Close, CloseChange, CloseEdition, CloseRow, CloseUnit, Correction
from partybuilding.closing.rules import Balance, Kept, Sums
from partybuilding.closing.selectors import (
    Row,
    answered_keys,
    kept_by,
    kept_rows,
    live_rows,
    opening_edition,
    summed,
    window_of,
)
from partybuilding.closing.services import add_units, issue, lay_tasks, reopen_changed
from partybuilding.closing.whole import whole
from partybuilding.coverage.rules import CoverageRules
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.gates import Finding, Level
from portal.jobs.runner import JobContext
from portal.reporting.models import ReportRun


def close_of(run: ReportRun) -> Close:
    """The close that a run is about. Raises `Refused` when the month has none, or the run is not of its last day."""
    close: Close | None = whole(Close).filter(as_of=run.as_of).first()
    if close is None:
        raise Refused(
            "close.none",
            f"没有截至 {run.as_of.isoformat()} 的月报。请先建立当月的月报，截至日期为当月最后一天。",
        )
    return close


def prepare(run: ReportRun, context: JobContext) -> None:
    """Keep what the run will report as the edition of its number: confirmed lists as they are, the others carried."""
    close = close_of(run)
    if close.is_issued:
        raise Refused("close.issued", f"{close}已经签发。差错请在下一期月报以「更正」列明。")
    if close.prepared_at is None:
        raise Refused("close.unprepared", f"{close}的确认名单正在生成。请稍候再生成报告。")
    _refuse_second_series(close, run)
    window = window_of(close)
    opening = kept_rows(opening_edition(close))
    live = live_rows(context.actor, close.as_of, window.closing_rules)
    now = context.now()
    with transaction.atomic():
        reopen_changed(close, opening, live, now=now)
        lay_tasks(add_units(close, opening, live), actor=None, now=now)
    corrections = whole(Correction).filter(close=close).count()
    before = kept_by(opening)
    closing = rules.settle(before, kept_by(live), answered_keys(close))
    differing = rules.changed(before, closing, window)
    found = rules.changes(before, closing, evidence_of(differing, window, close.pk), window)
    totals = rules.sums(closing, window.closing_rules)[""]
    edition, _ = whole(CloseEdition).update_or_create(
        close=close,
        number=run.edition,
        defaults={
            "run": run,
            "made_at": now,
            "correction_count": corrections,
            **{name: totals[name] for name in rules.NAMES},
        },
    )
    rows = _rows(closing, opening, live)
    keep_rows(edition, rows, context)
    keep_changes(
        edition, found, {pk: (live.get(pk) or opening[pk]).name for pk in {one.association for one in found}}, context
    )


def _refuse_second_series(close: Close, run: ReportRun) -> None:
    others = whole(CloseEdition).filter(close=close, run__isnull=False)
    first = others.exclude(run__month=run.month, run__series=run.series).select_related("run").first()
    if first is not None and first.run is not None:
        raise Refused(
            "close.has_draft", f"{close}已有草稿 {first.run.number}。请打开它，需要重新统计时按「生成新版」。"
        )


def _rows(closing: dict[int, Kept], opening: dict[int, Row], live: dict[int, Row]) -> list[Row]:
    found = []
    for pk, kept in closing.items():
        row = opening[pk] if kept.is_carried else live[pk]
        found.append(replace(row, kept=kept))
    return sorted(found, key=lambda row: (row.name, row.pk))


# The equation, from the stored rows


def stored_sums(edition: CloseEdition | None, parameters: CoverageRules) -> dict[str, Sums]:
    """The four numbers of each unit, counted by the database from the kept rows; "" is the total."""
    return summed(whole(CloseRow).filter(edition=edition), parameters)


def stored_moves(edition: CloseEdition) -> dict[str, Sums]:
    """Σ of the kept changes by unit, added up by the database; "" is the total."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = whole(CloseChange).filter(edition=edition).order_by()
    for unit, measure, total in rows.values_list("unit_key", "measure").annotate(total=Sum("delta")):
        found[unit][measure] += total
        found[""][measure] += total
    return {unit: Sums(**by_measure) for unit, by_measure in found.items()}


def stored_balances(close: Close, edition: CloseEdition) -> list[Balance]:
    """The equation of an edition: both ends counted from their rows, the reasons added up from the ledger (R-171)."""
    window = window_of(close)
    return rules.balances(
        stored_sums(opening_edition(close), window.opening_rules),
        stored_moves(edition),
        stored_sums(edition, window.closing_rules),
    )


# Signing


def findings(run: ReportRun) -> list[Finding]:
    """What stands against issuing the close with a run, and what its reader should know."""
    edition = whole(CloseEdition).filter(run=run).select_related("close").first()
    if edition is None:
        return [Finding(Level.BLOCK, "X-21", "本版没有留存名单。请生成新版。")]
    close = edition.close
    facts = issue_facts(close, edition)
    found = [Finding(Level.BLOCK, one.rule, one.text) for one in rules.blockers(facts)]
    units = whole(CloseUnit).filter(close=close)
    carried = list(units.filter(state=UnitState.AWAITING).order_by("label").values_list("label", flat=True))
    if carried and facts.answered_count:
        text = f"{len(carried)} 个单位没有确认，按上月数列入并标明：{rules.some(carried)}。"
        found.append(Finding(Level.WARN, "X-21", text))
    later = units.filter(Q(confirmed_at__gt=edition.made_at) | Q(reopened_at__gt=edition.made_at)).count()
    if later:
        text = f"本版生成后又有 {later} 个单位确认或变化，没有列入。需要列入的请生成新版。"
        found.append(Finding(Level.WARN, "X-21", text))
    return found


def issue_facts(close: Close, edition: CloseEdition) -> rules.IssueFacts:
    units = whole(CloseUnit).filter(close=close)
    ledger = whole(CloseChange).filter(edition=edition)
    newest = whole(CloseEdition).filter(close=close).order_by("-number").first()
    labels = dict(units.values_list("key", "label"))
    return rules.IssueFacts(
        unit_count=units.count(),
        answered_count=units.exclude(state=UnitState.AWAITING).count(),
        unexplained=_names(ledger.filter(reason="")),
        undocumented=_names(ledger.filter(reason=Reason.CORRECTED, document="")),
        uneven=tuple(labels.get(one.unit, "合计") for one in stored_balances(close, edition) if not one.is_even),
        is_newest=newest == edition,
        corrected_since=whole(Correction).filter(close=close).count() - edition.correction_count,
    )


def _names(rows: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rows.order_by("name", "association").values_list("name", flat=True)))


def signed(run: ReportRun, actor: Actor, now: datetime) -> None:
    """The close is issued together with its report."""
    edition = whole(CloseEdition).select_related("close").get(run=run)
    issue(edition.close, edition, actor=actor, now=now)
