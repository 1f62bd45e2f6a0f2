"""Forms of the import wizard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal import importing
from portal.importing.command import rows_of
from portal.importing.delimited import LABELS
from portal.importing.enums import DataSource
from portal.importing.layout import Layout
from portal.importing.mapping import BASIS_LABELS, Match, UnknownHeading
from portal.importing.reader import Reading
from portal.importing.references import ReferenceDomain, Suggestion
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
    source = forms.ChoiceField(
        label="数据来源",
        required=False,
        choices=[("", "按我的身份"), *DataSource.choices],
        help_text="登记库中来源更高的内容不会被来源较低的文件悄悄改掉，预览时逐项列出",
    )
    full_list = forms.CharField(
        label="全量名单范围",
        required=False,
        max_length=120,
        help_text="如果这是某个市州或某个党委的全量名单，填写其名称；名单里没有的单位会列出来，不会删除",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, resource.label) for code, resource in importing.kinds_of(self.actor.role).items()]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class SheetForm(ScreenForm):
    """Which sheets, which header rows; for a text also how it is written."""

    sheet = forms.ChoiceField(label="工作表", required=False)
    header = forms.CharField(
        label="表头所在的行", required=False, max_length=11, help_text="例如 3；两行表头写 3-4。不填由系统识别"
    )

    def __init__(self, *args: Any, reading: Reading, together: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (sheet.name, f"{sheet.name}（{sheet.filled_rows:,} 行{'，隐藏' if sheet.hidden else ''}）")
            for sheet in reading.sheets
            if sheet.filled_rows
        ]
        if len(together) > 1:
            choices.insert(0, ("", f"合并读取 {len(together)} 张列名相同的工作表"))
        self.fields["sheet"].choices = choices  # type: ignore[attr-defined]
        if len(reading.encodings) > 1:
            self.fields["encoding"] = forms.ChoiceField(
                label="文字编码",
                choices=[(code, LABELS[code]) for code in reading.encodings],
                required=False,
                help_text="下面的预览如果是乱码，请改选后继续",
            )

    def clean_header(self) -> tuple[int, ...]:
        text = self.cleaned_data["header"].strip()
        if not text:
            return ()
        try:
            return rows_of(text)
        except UnknownHeading as unknown:
            raise ValidationError(str(unknown)) from None


class MappingForm(ScreenForm):
    """One choice per column of the file; a column nobody knows must be mapped or left out by hand. ``guess`` is what
    the portal proposes by itself: only what differs from it is a person's decision.
    """

    def __init__(
        self, *args: Any, layout: Layout, guess: Sequence[Match], columns: Sequence[Column], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.layout = layout
        self.guess = {match.number: match for match in guess}
        self.labels = {column.code: column.label for column in columns}
        choices = [(column.code, f"{column.label}{'' if column.is_kept else '（不保存）'}") for column in columns]
        for match in layout.matches:
            self.fields[name_of(match)] = forms.ChoiceField(
                label=match.place,
                choices=[("", "请选择"), (IGNORED, "不导入"), *choices],
                initial=_chosen(match),
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
        decided = {}
        for match in self.layout.matches:
            chosen = self.cleaned_data[name_of(match)]
            if chosen != _chosen(self.guess[match.number]):
                decided[match.path] = "" if chosen == IGNORED else chosen
        return decided


@dataclass(frozen=True)
class OpenName:
    """A name of the file that nobody knows, in how many rows it stands, and what it may mean."""

    number: int
    domain: ReferenceDomain
    text: str
    count: int
    suggestions: Sequence[Suggestion]


class NamesForm(ScreenForm):
    """One choice per unknown name: a suggestion, another existing name, or nothing for now."""

    def __init__(self, *args: Any, names: Sequence[OpenName], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        self._meant: dict[tuple[str, str], int] = {}
        for name in names:
            choices = [(str(one.pk), one.label) for one in name.suggestions]
            self.fields[f"name_{name.number}"] = forms.ChoiceField(
                label=f"「{name.text}」对应的{name.domain.label}",
                choices=[("", f"请选择（{len(choices)} 个相近）" if choices else "没有相近的"), *choices],
                required=False,
            )
            self.fields[f"typed_{name.number}"] = forms.CharField(
                label=f"「{name.text}」对应的其他{name.domain.label}", required=False, max_length=120
            )

    def rows(self) -> list[tuple[OpenName, forms.BoundField, forms.BoundField]]:
        return [(name, self[f"name_{name.number}"], self[f"typed_{name.number}"]) for name in self.names]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.names:
            place = name.domain.code, name.text
            picked, typed = cleaned.get(f"name_{name.number}"), (cleaned.get(f"typed_{name.number}") or "").strip()
            if typed:
                self._look_up(name, typed)
            elif picked:
                self._meant[place] = int(picked)
        if not self._meant and not self.errors:
            raise ValidationError("还没有选择任何对应。请至少为一个名称选择对应的单位，或返回预览")
        return cleaned

    def _look_up(self, name: OpenName, typed: str) -> None:
        found = name.domain.find(typed, self.actor)
        if len(found) == 1:
            self._meant[name.domain.code, name.text] = found[0].pk
            return
        near = found or name.domain.suggest(typed, self.actor, 3)
        hint = f"可能是：{'、'.join(one.label for one in near)}。" if near else ""
        what = f"「{typed}」有 {len(found)} 个" if found else f"{name.domain.label}中没有「{typed}」"
        self.add_error(f"typed_{name.number}", f"{what}。{hint}请填写全称或代码")

    def chosen(self) -> dict[tuple[str, str], int]:
        """``{(domain, text of the file): row}``."""
        return self._meant


def _chosen(match: Match) -> str:
    """What the control of a column shows."""
    return match.code or ("" if match.is_open else IGNORED)


def name_of(match: Match) -> str:
    return f"column_{match.number}"
