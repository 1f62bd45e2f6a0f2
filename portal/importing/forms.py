"""Forms of the import wizard."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal import importing
from portal.importing.command import rows_of
from portal.importing.layout import Layout
from portal.importing.mapping import BASIS_LABELS, Match, UnknownHeading
from portal.importing.reader import Reading
from portal.importing.resources import Column
from portal.screens.fields import DateField, ScreenForm

IGNORED = "-"


class UploadForm(ScreenForm):
    """What to import and the file."""

    kind = forms.ChoiceField(label="导入内容", widget=forms.RadioSelect)
    file = forms.FileField(
        label="表格文件",
        help_text="Excel 或 WPS 工作簿（.xlsx、.xlsm、.xls、.ods）或文本表格（.csv、.tsv），不超过 50 MB。"
        "标题行、合并表头、合计行都可以保留",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv"}),
    )
    effective_on = DateField(
        label="生效日期",
        required=False,
        help_text="责任单位变更从哪一天起算。不填按今天；首次登记的责任关系不填则视为一直如此",
    )
    full_list = forms.CharField(
        label="全量名单范围",
        required=False,
        max_length=120,
        help_text="如果这是某个市州或某个党委的全量名单，填写其名称；名单里没有的单位会列出来，不会删除",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, resource.label) for code, resource in importing.kinds().items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class SheetForm(ScreenForm):
    """Which sheet, which header rows."""

    sheet = forms.ChoiceField(label="工作表")
    header = forms.CharField(
        label="表头所在的行", required=False, max_length=9, help_text="例如 3；两行表头写 3-4。不填由系统识别"
    )

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]
            (sheet.name, f"{sheet.name}（{sheet.filled_rows:,} 行{'，隐藏' if sheet.hidden else ''}）")
            for sheet in reading.sheets
            if sheet.filled_rows
        ]

    def clean_header(self) -> tuple[int, ...]:
        text = self.cleaned_data["header"].strip()
        if not text:
            return ()
        try:
            return rows_of(text)
        except UnknownHeading as unknown:
            raise ValidationError(str(unknown)) from None


class MappingForm(ScreenForm):
    """One choice per column of the file; a column nobody knows must be mapped or left out by hand."""

    def __init__(self, *args: Any, layout: Layout, columns: Sequence[Column], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout = layout
        self.labels = {column.code: column.label for column in columns}
        choices = [(column.code, f"{column.label}{'（不保存）' if column.personal else ''}") for column in columns]
        for match in layout.matches:
            initial = match.code or ("" if match.is_open else IGNORED)
            self.fields[name_of(match)] = forms.ChoiceField(
                label=f"{match.letter}列「{match.path}」",
                choices=[("", "请选择"), (IGNORED, "不导入"), *choices],
                initial=initial,
                error_messages={"required": f"选择「{match.path}」对应的项，或选“不导入”"},
            )

    def rows(self) -> list[tuple[Match, str, forms.BoundField]]:
        """Match, why it was proposed, and the control."""
        return [(match, BASIS_LABELS[match.basis], self[name_of(match)]) for match in self.layout.matches]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for match in self.layout.matches:
            code = cleaned.get(name_of(match))
            if not code or code == IGNORED:
                continue
            if code in seen:
                text = (
                    f"{self.labels[code]}已对应「{seen[code]}」，不能再对应「{match.path}」。请把其中一列改为“不导入”"
                )
                self.add_error(name_of(match), text)
            seen.setdefault(code, match.path)
        return cleaned

    def decisions(self) -> dict[str, str]:
        """``{heading path: field code or ""}`` for ``services.propose``."""
        chosen = {match.path: self.cleaned_data[name_of(match)] for match in self.layout.matches}
        return {path: "" if code == IGNORED else code for path, code in chosen.items()}


def name_of(match: Match) -> str:
    return f"column_{match.number}"
