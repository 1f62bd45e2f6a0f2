"""The import as the command line asks for it: the same services in the same order, one answer at the end."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.importing import services
from portal.importing.enums import BatchState, Origin
from portal.importing.mapping import UnknownHeading
from portal.importing.models import ImportBatch
from portal.importing.refusals import FileRefused
from portal.importing.selectors import answer
from portal.importing.staging import Progress
from portal.importing.transitions import IMPORTERS

# A register that moves between check and commit is checked again; more often than this somebody should look.
COMMIT_TRIES = 3


@dataclass(frozen=True)
class Order:
    """What the command line says."""

    kind: str
    path: Path
    sheet: str = ""
    header: tuple[int, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    effective_on: dt.date | None = None
    full_list: str = ""
    source: str = ""
    commit: bool = False


def carry_out(order: Order, *, actor: Actor, now: dt.datetime, progress: Progress | None = None) -> dict[str, Any]:
    """The JSON object of the import contract; ``state`` says previewed, committed or refused."""
    try:
        batch = _carry_out(order, actor=actor, now=now, progress=progress)
    except (Refused, FileRefused) as refused:
        reason = refused.reason if isinstance(refused, Refused) else refused.message
        return refusal(refused.code, reason)
    except Conflict as conflict:
        return refusal("conflict", conflict.reason)
    return answer(batch)


def refusal(code: str, message: str) -> dict[str, Any]:
    """The answer when there is no batch to speak of."""
    return {"batch": None, "state": "refused", "refusal": {"code": code, "message": message}}


def _carry_out(order: Order, *, actor: Actor, now: dt.datetime, progress: Progress | None) -> ImportBatch:
    if actor.role not in IMPORTERS:
        raise Refused("policy.role", f"身份「{actor.label}」不能导入表格。请用社会工作部的身份。")
    if not order.path.is_file():
        raise Refused("file.unreadable", f"找不到文件「{order.path}」。请核对路径。")
    with order.path.open("rb") as content:
        batch = services.upload(
            content,
            kind=order.kind,
            name=order.path.name,
            actor=actor,
            now=now,
            origin=Origin.COMMAND,
            effective_on=order.effective_on,
            full_list_scope=order.full_list,
            source=order.source,
        )
    given = {"sheet": order.sheet, "header": list(order.header), "columns": order.columns}
    batch = services.read(batch, actor=actor, now=now, given=given)
    if batch.state == BatchState.REFUSED:
        return batch
    batch = services.start(batch, actor=actor, version=batch.version, now=now)
    batch = services.stage(batch, actor=actor, now=now, progress=progress)
    for _ in range(COMMIT_TRIES):
        if not order.commit or batch.state != BatchState.PREVIEWED or not services.has_changes(batch):
            break
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
        if batch.state == BatchState.STAGING:
            batch = services.stage(batch, actor=actor, now=now, progress=progress)
    if order.commit and batch.state == BatchState.PREVIEWED and services.has_changes(batch):
        raise Refused("commit.moved", f"批次 {batch.number} 没有写入：{batch.notice}")
    return batch


def columns_of(assignments: list[str]) -> dict[str, str]:
    """``['主管部门=industry_regulator', '备注2=']`` → a mapping; raises ``UnknownHeading`` for anything else."""
    columns = {}
    for assignment in assignments:
        heading, separator, code = assignment.rpartition("=")
        if not separator or not heading.strip():
            raise UnknownHeading(
                f"「{assignment}」应写成 列名=字段，例如 主管部门=industry_regulator；列名= 表示不导入。"
            )
        columns[heading.strip()] = code.strip()
    return columns


def rows_of(text: str) -> tuple[int, ...]:
    """``3`` → (3,); ``3-4`` or ``3,4`` → (3, 4)."""
    first, _, last = text.replace(",", "-").partition("-")
    try:
        numbers = (int(first),) if not last else (int(first), int(last))
    except ValueError:
        raise UnknownHeading(f"表头行「{text}」应为行号，例如 3 或 3-4。") from None
    if min(numbers) < 1 or numbers[-1] < numbers[0]:
        raise UnknownHeading(f"表头行「{text}」应从 1 起，且由小到大。")
    return numbers
