"""Every write of an import: upload, check, commit, undo, expire. One function a verb; no request, no clock."""

import datetime as dt
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files import services as files
from portal.files.models import StoredFile
from portal.importing import (
    basis,
    delimited,
    kinds,
    kinds_of,
    layout,
    learning,
    limits,
    reader,
    resource_for,
    transitions,
)
from portal.importing.bulk import Bulk, Stale
from portal.importing.enums import BatchState, Origin
from portal.importing.errorbook import error_workbook
from portal.importing.layout import Layout
from portal.importing.mapping import UnknownHeading, missing
from portal.importing.models import ImportAbsence, ImportBatch
from portal.importing.refusals import FileRefused, encoding_in_doubt, missing_required
from portal.importing.resources import RunContext
from portal.importing.selectors import UNDO_DAYS, undo_deadline
from portal.importing.sources import default_source
from portal.importing.staging import Progress, Stager
from portal.workflow.services import apply

NUMBER_TRIES = 20


def folder_of(batch: ImportBatch) -> Path:
    """Where the rows read from the upload wait; deleted with the upload."""
    return Path(settings.PORTAL_DATA) / "importing" / str(batch.pk)


# Upload -----------------------------------------------------------------------------------------------------------


def upload(
    content: bytes | IO[bytes],
    *,
    kind: str,
    name: str,
    actor: Actor,
    now: dt.datetime,
    origin: str = Origin.BROWSER,
    effective_on: dt.date | None = None,
    full_list_scope: str = "",
    source: str = "",
) -> ImportBatch:
    """Keep the upload and open a batch for it. Raises ``Refused`` for a kind that does not exist or a full disk."""
    own = kinds_of(actor.role)
    if kind not in own:
        known = "、".join(f"{code}（{resource.label}）" for code, resource in own.items())
        why = (
            f"没有「{kind}」这类导入"
            if kind not in kinds()
            else f"「{actor.label}」不能导入「{resource_for(kind).label}」"
        )
        raise Refused("import.kind", f"{why}。请改为以下之一：{known}。")
    stored = files.store(content, name=name, kind="import", actor=actor, now=now, is_sealed=True)
    with transaction.atomic():
        batch = _create_batch(
            kind=kind,
            origin=origin,
            file=stored,
            file_name=stored.name,
            file_size=stored.size,
            file_sha256=stored.sha256,
            effective_on=effective_on,
            full_list_scope=full_list_scope,
            source=source or default_source(actor),
            state=BatchState.UPLOADED,
            user_id=actor.user_id,
            membership_id=actor.membership_id,
            membership_label=actor.label[:200],
            created_at=now,
        )
        kept = {"kind": kind, "file": stored.name, "size": stored.size, "sha256": stored.sha256}
        record("importing.upload", actor=actor, subject=batch, after=kept, now=now)
    return batch


def _create_batch(**values: Any) -> ImportBatch:
    """The next free number of the day; two uploads at once try again."""
    day = timezone.localtime(values["created_at"]).strftime("%Y%m%d")
    prefix = f"DR-{day}-"
    for _ in range(NUMBER_TRIES):
        with everything("batch numbers run over all offices"):
            numbers = ImportBatch.objects.filter(number__startswith=prefix).values_list("number", flat=True)
            last = max((int(number.removeprefix(prefix)) for number in numbers), default=0)
        try:
            with transaction.atomic():
                return ImportBatch.objects.create(number=f"{prefix}{last + 1:02d}", **values)
        except IntegrityError:
            continue
    raise Refused("import.busy", "同时上传的人太多，没有取得批次号。请过一分钟再上传。")


def read(batch: ImportBatch, *, actor: Actor, now: dt.datetime, given: Mapping[str, Any] | None = None) -> ImportBatch:
    """Read the upload in a child process and propose sheet, header and mapping. A file that cannot be read moves the
    batch to ``refused``; the caller looks at its state.
    """
    by_command = batch.origin == Origin.COMMAND
    try:
        if batch.file is None:
            raise Refused("file.gone", "上传的文件已删除。请重新上传。")
        given = given or {}
        with files.open_file(batch.file) as upload:
            reading = reader.read(
                upload,
                batch.file_name,
                folder_of(batch),
                max_bytes=limits.COMMAND_BYTES if by_command else limits.BROWSER_BYTES,
                memory_bytes=limits.CHILD_MEMORY_BYTES_COMMAND if by_command else limits.CHILD_MEMORY_BYTES,
                encoding=given.get("encoding", ""),
            )
        if reading.is_doubtful and by_command:
            raise encoding_in_doubt(batch.file_name, [delimited.LABELS[found] for found in reading.encodings])
        return propose(batch, given=given, actor=actor)
    except FileRefused as refusal:
        if refusal.code in POINTED_OUT and not by_command:
            return _wait_for_a_person(batch, refusal, given or {})
        return refuse(batch, refusal, actor=actor, now=now)
    except UnknownHeading as unknown:
        return refuse(batch, FileRefused("mapping.unknown", str(unknown)), actor=actor, now=now)
    except OSError as error:
        why = f"服务器存储空间不足或不可写（{error.strerror}），文件没有读取。请联系系统管理员清理后重新上传。"
        return refuse(batch, FileRefused("file.disk_full", why), actor=actor, now=now)


def read_again(batch: ImportBatch, *, encoding: str, actor: Actor, version: int, now: dt.datetime) -> ImportBatch:
    """Read a text anew in the encoding that a person chose; everything decided about it falls."""
    if batch.state == BatchState.PREVIEWED:
        batch = apply(transitions.REOPEN, batch, actor=actor, version=version, now=now)
    return read(batch, actor=actor, now=now, given={"encoding": encoding})


# What a person at the screen can mend without sending another file.
POINTED_OUT = {
    "file.no_header": "没有认出表头：前 30 行里没有一行含有可识别的列名。请在下面的表格里点表头所在的行号；"
    "列名都对不上的，请核对导入内容是否选对。",
    "file.no_rows": "表头下面没有数据行。请改选另一张工作表，或在下面的表格里点表头所在的行号。",
}


def _wait_for_a_person(batch: ImportBatch, refusal: FileRefused, given: Mapping[str, Any]) -> ImportBatch:
    """The file was read but shows no table: the sheet and its header are asked for."""
    sheets = reader.load(folder_of(batch)).sheets
    batch.sheet_name = max(sheets, key=lambda sheet: (not sheet.hidden, sheet.filled_rows)).name[:120]
    batch.given, batch.notice = dict(given), POINTED_OUT[refusal.code]
    with everything("one row by primary key"):
        batch.save(update_fields=["given", "notice", "sheet_name"])
    return batch


def is_read(batch: ImportBatch) -> bool:
    """Whether the upload has been read and its rows are still there."""
    return reader.is_there(folder_of(batch))


def current_layout(batch: ImportBatch, *, is_decided: bool = True) -> Layout:
    """The layout that follows from the reading and from what a person decided; without what was decided about columns
    when not ``is_decided``. Raises ``FileRefused``.
    """
    given = batch.given
    found = layout.find(
        reader.load(folder_of(batch)),
        resource_for(batch.kind).columns(),
        sheet_name=given.get("sheet", ""),
        header_rows=given.get("header", ()),
        given=given.get("columns", {}) if is_decided else {},
        remembered=given.get("remembered", {}),
    )
    return replace(found, rival=layout.rival_kind(found, batch.kind, kinds())) if is_decided else found


def propose(batch: ImportBatch, *, given: Mapping[str, Any], actor: Actor, version: int | None = None) -> ImportBatch:
    """Record what a person decided (``sheet``, ``header``, ``columns``) and the mapping that follows.

    Raises ``FileRefused`` (no header, no rows), ``UnknownHeading``, ``Refused`` when the batch is past changing.
    """
    if batch.state == BatchState.PREVIEWED:
        batch = apply(transitions.REOPEN, batch, actor=actor, version=version or batch.version, now=timezone.now())
    if batch.state != BatchState.UPLOADED:
        raise Refused("import.state", f"本批次现在是「{batch.state_label}」，不能再改列对应。请新建一批导入。")
    batch.given = dict(given)
    found = current_layout(batch)
    if batch.origin == Origin.BROWSER and "remembered" not in given:
        batch.given |= learning.recall(batch.kind, found.matches, actor)
        found = current_layout(batch) if batch.given["remembered"] else found
    _keep_layout(batch, found)
    batch.notice = ""
    with transaction.atomic(), everything("one row by primary key"):
        batch.save(update_fields=["given", "notice", *LAYOUT_FIELDS])
        if any(given.get(part) for part in ("sheet", "header", "columns", "encoding")):
            kept = {"sheet": batch.sheet_name, "header_rows": batch.header_rows, "columns": given.get("columns", {})}
            record("importing.layout", actor=actor, subject=batch, after=kept, now=timezone.now())
    return batch


LAYOUT_FIELDS = ("sheet_name", "sheet_names", "header_rows", "first_data_row", "mapping", "missing_required")


def _keep_layout(batch: ImportBatch, found: Layout) -> None:
    columns = resource_for(batch.kind).columns()
    batch.sheet_name = found.sheet.name[:120]
    batch.sheet_names = found.sheet_names
    batch.header_rows = list(found.header.rows)
    batch.first_data_row = found.header.first_data_row
    batch.mapping = [
        {"number": match.number, "letter": match.letter, "path": match.path, "code": match.code, "basis": match.basis}
        for match in found.matches
    ]
    batch.missing_required = missing(found.matches, [column.code for column in columns if column.required])


def refuse(batch: ImportBatch, refusal: FileRefused, *, actor: Actor, now: dt.datetime) -> ImportBatch:
    """The file as a whole cannot be used: say why, delete it."""
    changes = {"refusal_code": refusal.code, "refusal_message": refusal.message[:500]}
    batch = apply(
        transitions.REFUSE,
        batch,
        actor=actor,
        version=batch.version,
        now=now,
        changes=changes,
        comment=f"{refusal.code}: {refusal.message}",
    )
    delete_upload(batch, now=now)
    return batch


# Check ------------------------------------------------------------------------------------------------------------


def start(batch: ImportBatch, *, actor: Actor, version: int, now: dt.datetime) -> ImportBatch:
    """Begin the check; a second click finds the state moved on (``Conflict``)."""
    return apply(transitions.START, batch, actor=actor, version=version, now=now)


def stage(batch: ImportBatch, *, actor: Actor, now: dt.datetime, progress: Progress | None = None) -> ImportBatch:
    """Check every row into staging, from the beginning if an earlier run was cut off; ends in ``previewed``, or in
    ``refused`` when the file lacks what it must have.
    """
    if batch.state != BatchState.STAGING:
        return batch
    resource_class = resource_for(batch.kind)
    try:
        found = current_layout(batch)
        _keep_layout(batch, found)
        keys = [column for column in resource_class.columns() if column.key]
        labels = {column.code: column.label for column in resource_class.columns()}
        carried = frozenset(found.letters())
        if not carried & {column.code for column in keys}:
            raise missing_required([labels[code] for code in batch.missing_required] or [keys[0].label])
        today = timezone.localdate(now)
        run = RunContext(
            batch_pk=batch.pk,
            actor=actor,
            today=today,
            effective_on=batch.effective_on or today,
            is_dated=batch.effective_on is not None,
            carried=carried,
            remembered=learning.known_references(actor),
            source=batch.source,
            overwritten_columns=frozenset(batch.given.get("overwrite", {}).get("columns", ())),
            overwritten_rows=frozenset(batch.given.get("overwrite", {}).get("rows", ())),
        )
        stager = Stager(batch, resource_class, found, run, progress)
        counts = stager.stage()
        if counts["read"] == 0:
            raise FileRefused("file.no_rows", f"工作表「{found.sheet.name}」表头下面没有数据行。请填写数据后重新上传。")
        if batch.missing_required and not stager.seen:
            raise missing_required([labels[code] for code in batch.missing_required])
        absent = _absent(batch, stager)
    except FileRefused as refusal:
        return refuse(batch, refusal, actor=actor, now=now)
    except UnknownHeading as unknown:
        return refuse(batch, FileRefused("mapping.unknown", str(unknown)), actor=actor, now=now)
    changes: dict[str, Any] = {"error_file": _error_file(batch, stager, actor=actor, now=now)}
    changes |= {f"{name}_count": count for name, count in counts.items()} | {
        name: getattr(batch, name) for name in LAYOUT_FIELDS
    }
    changes["touched"] = {table: sorted(names) for table, names in stager.touched.items()}
    changes |= {"absent_count": absent, "checked_by": basis.of(batch, now)}
    return apply(transitions.PREVIEW, batch, actor=actor, version=batch.version, now=now, changes=changes)


def _error_file(batch: ImportBatch, stager: Stager, *, actor: Actor, now: dt.datetime) -> StoredFile | None:
    """The refused rows as a workbook to be corrected, kept sealed for as long as the batch may be undone."""
    if batch.error_file is not None:
        files.remove(batch.error_file, now=now)
    batch.rejected_count = stager.counts["rejected"]
    if not batch.rejected_count:
        return None
    content = error_workbook(batch, stager.layout)
    name = f"{batch.number}错误行.xlsx"
    return files.store(content, name=name, kind="import-errors", actor=actor, now=now, is_sealed=True)


def _absent(batch: ImportBatch, stager: Stager) -> int:
    """Records inside a full list's scope that the file lacks: listed, never deleted."""
    if not batch.full_list_scope:
        return 0
    try:
        names = stager.resource.absent(batch.full_list_scope, stager.present)
    except LookupError as unknown:
        raise FileRefused(
            "import.full_list", f"全量名单范围「{batch.full_list_scope}」：{unknown}。请改正后重试。"
        ) from unknown
    rows = ImportAbsence.objects.unscoped("staging of this batch")
    rows.filter(batch=batch).delete()
    rows.bulk_create([ImportAbsence(batch=batch, subject_pk=pk, label=label[:200]) for pk, label in names], 500)
    return len(names)


def overwrite(
    batch: ImportBatch, *, columns: Sequence[str], rows: Sequence[int], actor: Actor, version: int, now: dt.datetime
) -> ImportBatch:
    """A person decides that these columns, and these rows, are written although a higher source said otherwise: the
    file is checked again with that decision. Raises ``Conflict`` when the batch moved on.
    """
    known = {column.code for column in resource_for(batch.kind).columns()}
    decided = {"columns": sorted(known & {*columns}), "rows": sorted({*rows})}
    with transaction.atomic():
        given = batch.given | {"overwrite": decided}
        batch = apply(
            transitions.START,
            batch,
            actor=actor,
            version=version,
            now=now,
            changes={"given": given},
            comment="仍要覆盖",
        )
        record("importing.overwrite", actor=actor, subject=batch, after=decided, now=now)
    return batch


# Commit -----------------------------------------------------------------------------------------------------------


def has_changes(batch: ImportBatch) -> bool:
    """Whether there is anything to write."""
    return batch.new_count + batch.changed_count > 0


def confirm(batch: ImportBatch, *, actor: Actor, version: int, now: dt.datetime) -> ImportBatch:
    """A person says: write it. Only the first of two clicks gets through."""
    if not has_changes(batch):
        raise Refused("import.nothing", "这一批没有可写入的行：没有新增，也没有变化。请改正错误后重新上传。")
    return apply(transitions.CONFIRM, batch, actor=actor, version=version, now=now)


def commit(
    batch: ImportBatch,
    *,
    actor: Actor,
    now: dt.datetime,
    complete: Callable[[dict[str, Any]], None] | None = None,
) -> ImportBatch:
    """Write exactly what was previewed, in one transaction with its audit event.

    If the register moved meanwhile nothing is written and the batch goes back to be checked again (state ``staging``).
    A batch that is committed already is returned as it is, so a killed job may run twice.
    """
    if batch.state != BatchState.COMMITTING:
        return batch
    comment = f"新增 {batch.new_count} 行、更新 {batch.changed_count} 行、跳过 {batch.rejected_count} 行"
    resource_class = resource_for(batch.kind)
    if basis.of(batch, now) != batch.checked_by:
        return _check_again(batch, "预览之后校验规则或标准有变动", actor=actor, now=now)
    bulk = Bulk(batch, resource_class.tables(), resource_class.main, now)
    try:
        with bulk.prepared(), transaction.atomic():
            committed = apply(transitions.COMMIT, batch, actor=actor, version=batch.version, now=now, comment=comment)
            with everything("an import writes what was checked against its actor's scope, row by row"):
                bulk.commit()
                resource_class.written(committed, actor=actor, now=now)
            if complete:
                complete({"batch": committed.number})
    except (Stale, IntegrityError):
        batch.refresh_from_db()
        return _check_again(batch, "预览之后登记库有变动", actor=actor, now=now)
    delete_upload(committed, now=now)
    return committed


def _check_again(batch: ImportBatch, why: str, *, actor: Actor, now: dt.datetime) -> ImportBatch:
    """What was previewed no longer holds: nothing is written, the file is checked anew."""
    notice = f"{why}，已按最新情况重新校验，尚未写入。请再次核对后写入。"
    return apply(transitions.RECHECK, batch, actor=actor, version=batch.version, now=now, changes={"notice": notice})


# Undo -------------------------------------------------------------------------------------------------------------


def undo(
    batch: ImportBatch,
    *,
    actor: Actor,
    version: int,
    now: dt.datetime,
    complete: Callable[[dict[str, Any]], None] | None = None,
) -> ImportBatch:
    """Take the batch back within 30 days. Rows whose records changed since are left and listed.

    Raises ``Refused`` after the deadline or when another change gets in the way, ``Conflict`` on a second click.
    """
    deadline = undo_deadline(batch)
    if batch.state == BatchState.COMMITTED and deadline is not None and now > deadline:
        day = timezone.localtime(deadline).date()
        raise Refused(
            "import.undo_late", f"撤销期限是写入后 {UNDO_DAYS} 天，本批已于 {day} 到期。请改用新的导入更正数据。"
        )
    resource_class = resource_for(batch.kind)
    bulk = Bulk(batch, resource_class.tables(), resource_class.main, now)
    try:
        with bulk.taken_apart() if batch.state == BatchState.COMMITTED else nullcontext(), transaction.atomic():
            undone = apply(transitions.UNDO, batch, actor=actor, version=version, now=now)
            with everything("an undo restores what the import recorded, row by row"):
                left = bulk.undo()
                resource_class.taken_back(undone, actor=actor, now=now)
                ImportBatch.objects.filter(pk=undone.pk).update(left_count=left)
            if complete:
                complete({"batch": undone.number, "left": left})
    except (Stale, IntegrityError) as error:
        message = "撤销时有人正在修改同一批数据，本次没有撤销。请稍后再试。"
        raise Refused("import.undo_busy", message) from error
    undone.refresh_from_db()
    return undone


# Housekeeping -----------------------------------------------------------------------------------------------------


def delete_errors(batch: ImportBatch, *, now: dt.datetime) -> None:
    """Delete the error workbook of a batch that is long over; doing it twice is harmless."""
    if batch.error_file is not None:
        files.remove(batch.error_file, now=now)


def delete_upload(batch: ImportBatch, *, now: dt.datetime) -> None:
    """Delete the workbook and the rows read from it; doing it twice is harmless."""
    if batch.file is not None:
        files.remove(batch.file, now=now)
    shutil.rmtree(folder_of(batch), ignore_errors=True)


def expire(batch: ImportBatch, *, now: dt.datetime) -> ImportBatch:
    """Close a batch nobody finished; its upload is deleted."""
    expired = apply(transitions.EXPIRE, batch, actor=None, version=batch.version, now=now)
    delete_upload(expired, now=now)
    delete_errors(expired, now=now)
    return expired


def decide(
    given: Mapping[str, Any], *, sheet: str = "", header: Sequence[int] = (), columns: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What a person decided, for ``propose``: earlier decisions about columns fall with another sheet or header."""
    decided: dict[str, Any] = {"sheet": sheet, "header": list(header), "encoding": given.get("encoding", "")}
    same_place = given.get("sheet", "") == sheet and list(given.get("header", [])) == list(header)
    decided["columns"] = dict(columns if columns is not None else given.get("columns", {}) if same_place else {})
    if same_place:
        decided |= {name: value for name, value in given.items() if name.startswith("remembered")}
    return decided
