"""What is said once about a sheet or a column, beside the rows: hidden, not kept, left unread. No database."""

from collections.abc import Iterator, Mapping

from portal.importing.enums import Severity
from portal.importing.layout import Layout, Part
from portal.importing.mapping import Match
from portal.importing.places import place
from portal.importing.resources import Column, Issue
from portal.importing.rowkinds import LABELS, RowKind

MOST_NAMED = 12
MOST_MERGES = 500


def remarks(layout: Layout, columns: Mapping[str, Column], own_label: str, own_mark: str = "") -> Iterator[Issue]:
    """One issue for everything a person should know of the file as a whole."""
    at = layout.header.rows[-1]
    if layout.template and own_mark:
        yield _of_template(layout.template, own_mark, own_label, at)
    yield from _of_columns(layout, columns, at)
    for index, part in enumerate(layout.parts):
        yield from _of_part(part, place(index, 0))
        yield from _of_merges(part, place(index, 0), {match.number: match for match in layout.matches if match.code})
    if layout.rival:
        message = f"这份表更像「{layout.rival}」的表，本批按「{own_label}」读取。请核对导入内容是否选对，再写入。"
        yield Issue(at, "", "", "", "template.other_kind", message, Severity.WARNING)
    if len(layout.parts) > 1:
        names = "、".join(f"「{name}」" for name in layout.sheet_names[:MOST_NAMED])
        more = "等" if len(layout.parts) > MOST_NAMED else ""
        message = (
            f"{len(layout.parts)} 张工作表列名相同，合并读取：{names}{more}。"
            "只要其中一张的，请在「工作表与表头」中改选；工作表名可在「列对应」中作为一列使用。"
        )
        yield Issue(at, "", "", "", "sheet.several", message, Severity.WARNING)
    read = "、".join(f"「{name}」" for name in layout.sheet_names[:MOST_NAMED])
    for name in layout.other_sheets:
        message = f"工作表「{name}」也像是数据表，本批只读取了{read}。需要的请另建一批导入。"
        yield Issue(at, "", "", "", "sheet.not_read", message, Severity.WARNING)


def _of_template(mark: str, own: str, own_label: str, at: int) -> Issue:
    """What the mark of a template of ours says: the right one, an older one, or one of another kind."""
    if mark == own:
        message = f"按本系统的「{own_label}」模板填写，列已全部识别。"
        return Issue(at, "", "", "", "template.own", message, Severity.NOTE)
    if mark.partition(":")[0] == own.partition(":")[0]:
        message = f"这是旧版的「{own_label}」模板，列有增减，按列名读取。下次请下载新模板。"
        return Issue(at, "", "", "", "template.older", message, Severity.NOTE)
    message = f"这是另一类表格的模板，本批按「{own_label}」读取。请核对导入内容是否选对，再写入。"
    return Issue(at, "", "", "", "template.other_kind", message, Severity.WARNING)


def _of_columns(layout: Layout, columns: Mapping[str, Column], at: int) -> Iterator[Issue]:
    hidden = {number for part in layout.parts for number in part.sheet.hidden_columns}
    for match in layout.matches:
        column = columns.get(match.code or "")
        if column is not None and not column.is_kept:
            message = f"「{match.path}」已识别为{column.label}，本系统没有这一项的登记栏，该列没有写入。"
            yield Issue(at, match.letter, column.code, "", "column.not_kept", message, Severity.WARNING)
        if match.number in hidden and match.code and not match.is_sheet_name:
            message = (
                f"「{match.path}」所在的 {match.letter} 列在表格中被隐藏，仍按数据读取。"
                "不需要的请在「列对应」中改为不导入。"
            )
            yield Issue(at, match.letter, match.code, "", "column.hidden", message, Severity.WARNING)
        if match.is_open:
            why = "与另一列对应到同一项" if match.basis == "duplicate" else "没有可对应的项"
            message = f"「{match.path}」{why}，该列没有导入。需要的请在「列对应」中指定。"
            yield Issue(at, match.letter, "", "", "column.unmapped", message, Severity.NOTE)
    if beside := layout.header.beside:
        first, last = beside[0].letter, beside[-1].letter
        message = (
            f"{first} 至 {last} 列是并排的另一张表，列名与左边相同，没有读取。"
            "请把它移到左边那张表的下面，或移到另一张工作表，再重新上传。"
        )
        yield Issue(at, first, "", "", "table.beside", message, Severity.WARNING)


def _of_part(part: Part, start: int) -> Iterator[Issue]:
    sheet, header = part.sheet, part.header
    if sheet.hidden:
        message = f"工作表「{sheet.name}」在文件中被隐藏，仍按数据读取。请核对是否就是要导入的表。"
        yield Issue(start + header.rows[-1], "", "", "", "sheet.hidden", message, Severity.WARNING)
    for first, last in sheet.hidden_rows:
        if last >= header.first_data_row:
            rows = f"第 {first} 行" if first == last else f"第 {first} 至 {last} 行"
            message = f"{rows}在表格中被隐藏或筛选掉，仍按数据读取。不需要的请在原文件中删除后重新上传。"
            yield Issue(start + first, "", "", "", "row.hidden", message, Severity.WARNING)


def _of_merges(part: Part, start: int, mapped: Mapping[int, Match]) -> Iterator[Issue]:
    """Every merged cell whose value was taken for the rows below it, so that a person can look at them."""
    found = [
        (top, bottom, mapped[left])
        for top, left, bottom, _right in sorted(part.sheet.merges)
        if left in mapped and bottom > top >= part.header.first_data_row
    ]
    for top, bottom, match in found[:MOST_MERGES]:
        rows = f"第 {bottom} 行" if bottom == top + 1 else f"第 {top + 1} 至 {bottom} 行"
        message = f"「{match.path}」{rows}与第 {top} 行是同一个合并单元格，按第 {top} 行的值读取。请核对是否适用。"
        yield Issue(start + top, match.letter, match.code or "", "", "cell.filled_down", message, Severity.NOTE)
    if len(found) > MOST_MERGES:
        message = f"另有 {len(found) - MOST_MERGES:,} 处合并单元格也按首行的值读取，没有逐处列出。"
        yield Issue(start + found[MOST_MERGES][0], "", "", "", "cell.filled_down", message, Severity.NOTE)


def set_aside(number: int, words: str, kind: RowKind) -> Issue:
    """A row that is no data; ``words`` say where it stands."""
    if kind is RowKind.OTHER_TABLE:
        message = (
            f"{words}起是另一张表（列名不同），本批没有读取。"
            "需要的请另建一批导入，并在「工作表与表头」中指定这一行为表头。"
        )
        return Issue(number, "", "", "", "table.below", message, Severity.WARNING)
    what = "合计行" if kind is RowKind.TOTAL else LABELS[kind]
    return Issue(number, "", "", "", "row.skipped", f"{words}是{what}，没有作为数据读取。", Severity.NOTE)
