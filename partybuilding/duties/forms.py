"""Forms of yearly checks: one result and one note an item."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from partybuilding.duties.enums import Result
from partybuilding.duties.rules import Item
from portal.screens.fields import ScreenForm


class ItemsForm(ScreenForm):
    """`said`: what the records say to an item, by its number. `given()` is what was chosen, item by item."""

    is_final = forms.BooleanField(label="各项已填完，同时提交上级确认", required=False)

    def __init__(self, *args: Any, items: Sequence[Item], said: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        final = self.fields.pop("is_final")
        for one in items:
            hint = f"系统记录：{said[one.number]}" if one.number in said else ""
            self.fields[f"result_{one.number}"] = forms.ChoiceField(
                label="落实情况",
                choices=[("", "请选择"), *Result.choices],
                required=False,
                initial=one.result,
                help_text=hint,
            )
            self.fields[f"note_{one.number}"] = forms.CharField(
                label="依据或整改措施", max_length=500, required=False, initial=one.note
            )
        self.fields["is_final"] = final

    def sections(self) -> list[tuple[str, tuple[str, ...]]]:
        shown = [(f"{one.number}. {one.text}", (f"result_{one.number}", f"note_{one.number}")) for one in self.items]
        return [*shown, ("提交", ("is_final",))]

    def given(self) -> list[tuple[int, str, str]]:
        values = self.cleaned_data
        return [(one.number, values[f"result_{one.number}"], values[f"note_{one.number}"]) for one in self.items]


class OpinionForm(ScreenForm):
    """What the one above says when it agrees."""

    opinion = forms.CharField(
        label="确认意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnForm(ScreenForm):
    """What is to be mended."""

    reason = forms.CharField(
        label="退回原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明第几项、哪里不清楚、怎样补充。",
    )
