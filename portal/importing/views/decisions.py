"""What a person decides about a checked file: records the full list lacks, and what a higher source keeps."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from portal.access.decisions import Decision
from portal.importing import absences, jobs, resource_for, selectors, services, transitions
from portal.importing.command import rows_of
from portal.importing.enums import AbsenceDecision, BatchState
from portal.importing.mapping import UnknownHeading
from portal.importing.models import ImportAbsence, ImportBatch
from portal.importing.views.wizard import WRITE
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, table
from portal.screens.fields import ScreenForm
from portal.screens.lists import Page, page_numbers
from portal.screens.screen import Crumb
from portal.screens.values import datetime_text
from portal.workflow.services import explain

PAGE_SIZE = 50


class AbsenceForm(ScreenForm):
    """Which of the open absences on this page, and what is decided about them."""

    chosen = forms.MultipleChoiceField(label="名单外的记录", widget=forms.CheckboxSelectMultiple)
    action = forms.ChoiceField(label="处理方式", widget=forms.RadioSelect)
    remark = forms.CharField(
        label="说明或依据",
        required=False,
        max_length=200,
        help_text="保留不变的可以不填；其他处理须填依据，例如批准文件的文号 湘民社〔2026〕12号",
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], actions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = choices  # type: ignore[attr-defined]
        self.fields["action"].choices = list(actions.items())  # type: ignore[attr-defined]


class _OnBatch(ActionScreen):
    """A decision on a batch, beside the steps of the wizard."""

    model = ImportBatch
    pk_kwarg = "batch_pk"

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def back(self) -> str:
        step = "preview" if self.object.state == BatchState.PREVIEWED else "result"
        return reverse(f"importing:{step}", args=[self.object.pk])

    def crumbs(self) -> list[Crumb]:
        return [Crumb("表格导入", reverse("importing:list")), Crumb(str(self.object), self.back())]

    def cancel_url(self) -> str:
        return self.back()


class Absences(_OnBatch):
    """Everything in the register that the full list lacks; each stays as it is until a person decides."""

    policy = WRITE
    title = "名单外的记录"
    form_class = AbsenceForm
    submit_label = "处理所选记录"
    template_name = "importing/absences.html"

    def page(self) -> Page:
        total = self.object.absent_count
        count = max(1, -(-total // PAGE_SIZE))
        text = self.request.GET.get("page", "1")
        number = min(max(int(text), 1), count) if text.isdecimal() and len(text) < 9 else 1
        return Page(number, count, PAGE_SIZE, total)

    @cached_property
    def rows(self) -> list[ImportAbsence]:
        page = self.page()
        found = absences.absences(self.object).order_by("decision", "label", "pk")
        return list(found[page.first - 1 if page.total else 0 : page.last])

    def form_kwargs(self) -> dict[str, Any]:
        still = [row for row in self.rows if row.decision == AbsenceDecision.OPEN]
        return {"choices": [(str(row.pk), self.named(row)) for row in still], "actions": absences.actions(self.object)}

    def named(self, row: ImportAbsence) -> str:
        """The record by name, a way to it, and its code where it has one."""
        shown = self.shown.get(row.subject_pk)
        if shown is None:
            return row.label
        url, code = shown
        name = format_html('<a href="{}">{}</a>', url, row.label) if url else row.label
        return format_html("{} {}", name, code) if code else name

    @cached_property
    def shown(self) -> dict[int, tuple[str, str]]:
        return resource_for(self.object.kind).shown_absences([row.subject_pk for row in self.rows], self.actor)

    def decision(self) -> Decision:
        if self.object.state not in absences.DECIDABLE:
            return Decision(False, f"本批次现在是「{self.object.state_label}」，不能处理名单外的记录。")
        return Decision(True)

    def base_context(self) -> dict[str, Any]:
        page, labels = self.page(), absences.actions(self.object)
        decided = [row for row in self.rows if row.decision != AbsenceDecision.OPEN]
        columns = [
            Column("label", "名称", value=self.named, card="title"),
            Column("action", "处理", value=lambda one: labels.get(one.action, one.action)),
            Column("remark", "说明"),
            Column("decided_by", "经办人"),
            Column("decided_at", "处理时间", value=lambda one: datetime_text(one.decided_at)),
        ]
        return {
            **super().base_context(),
            "batch": self.object,
            "page": page,
            "page_links": [(one, one == page.number) for one in page_numbers(page.number, page.page_count)],
            "open_count": absences.absences(self.object, AbsenceDecision.OPEN).count(),
            "decided_table": table("已处理的记录", columns, decided, empty="还没有处理过的记录。"),
            "has_decided": bool(decided),
        }

    def perform(self, form: Any) -> ImportBatch:
        data = form.cleaned_data
        done = absences.decide(
            self.object,
            [int(pk) for pk in data["chosen"]],
            action=data["action"],
            remark=data["remark"],
            actor=self.actor,
            now=timezone.now(),
        )
        self.done = done
        return self.object

    def success_text(self, result: ImportBatch) -> str:
        return f"已处理 {self.done} 条名单外的记录。"

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:absences", args=[result.pk])


class OverwriteForm(ScreenForm):
    """Columns, and rows, in which the file shall win over a higher source. Nothing is chosen beforehand."""

    columns = forms.MultipleChoiceField(label="按列覆盖", required=False, widget=forms.CheckboxSelectMultiple)
    rows = forms.CharField(
        label="按行覆盖", required=False, max_length=400, help_text="文件中的行号，例如 58 或 60-75，多个之间用空格分开"
    )

    def __init__(self, *args: Any, columns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = columns  # type: ignore[attr-defined]

    def clean_rows(self) -> list[int]:
        numbers: set[int] = set()
        for part in self.cleaned_data["rows"].replace("、", " ").replace("，", " ").split():
            try:
                first, last = (rows_of(part)[0], rows_of(part)[-1])
            except UnknownHeading:
                raise ValidationError(f"按行覆盖现在填的「{part}」不是行号。请填写行号，例如 58 或 60-75") from None
            if last - first > 100_000:
                raise ValidationError(f"按行覆盖「{part}」超过 10 万行。请改为按列覆盖")
            numbers.update(range(first, last + 1))
        return sorted(numbers)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("columns") and not cleaned.get("rows"):
            raise ValidationError("选择要覆盖的列，或填写要覆盖的行；不需要覆盖的，请返回预览")
        return cleaned


class Overwrite(_OnBatch):
    """A lower source wins only where a person says so; the file is then checked again."""

    policy = WRITE
    title = "仍要覆盖"
    form_class = OverwriteForm
    submit_label = "覆盖所选并重新校验"
    is_dangerous = True

    def form_kwargs(self) -> dict[str, Any]:
        labels = {column.code: column.label for column in resource_for(self.object.kind).columns()}
        counts = selectors.kept_columns(self.object)
        return {"columns": [(code, f"{labels.get(code, code)}（{count:,} 格）") for code, count in counts]}

    def initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("row", "")
        return {"rows": asked if asked.isdecimal() and len(asked) < 9 else ""}

    def consequences(self) -> list[str]:
        batch = self.object
        return [
            f"本批按「{batch.get_source_display()}」读取，{batch.kept_count:,} 行有内容因登记库中来源更高而保留。",
            "所选的列和行将改按本文件写入；没有选择的仍然保留登记库中的内容。",
            "系统重新校验整个文件，校验后仍需确认才会写入。",
        ]

    def decision(self) -> Decision:
        found = explain(transitions.START, self.object, actor=self.actor)
        if found and not self.object.kept_count:
            return Decision(False, "本批没有因来源而保留的内容，不需要覆盖。请返回预览。")
        if found and not services.is_read(self.object):
            return Decision(False, "上传的文件已过期删除，不能重新校验。请重新上传。")
        return found

    def perform(self, form: Any) -> ImportBatch:
        data, now = form.cleaned_data, timezone.now()
        batch = services.overwrite(
            self.object, columns=data["columns"], rows=data["rows"], actor=self.actor, version=self.version, now=now
        )
        jobs.ask("stage", batch, actor=self.actor, now=now)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:preview", args=[result.pk])
