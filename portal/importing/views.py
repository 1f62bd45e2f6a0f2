"""The import wizard: upload, sheet and header, mapping, preview, result. Each step has its URL and can be left."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from portal import importing
from portal.access.decisions import Decision, Refused
from portal.access.policy import Policy
from portal.importing import jobs, limits, masks, reader, selectors, services, transitions
from portal.importing.enums import OPEN_STATES, STATE_TONES, BatchState, Severity
from portal.importing.filters import BatchFilter
from portal.importing.forms import MappingForm, SheetForm, UploadForm
from portal.importing.layout import SHOWN_SAMPLES, samples_of
from portal.importing.mapping import UnknownHeading
from portal.importing.models import ImportBatch
from portal.importing.parsers import shown
from portal.importing.presentation import rows_context
from portal.importing.refusals import FileRefused
from portal.importing.sheetxml import column_letter
from portal.importing.transitions import IMPORTERS
from portal.importing.workbooks import error_workbook, template
from portal.jobs.selectors import jobs_of
from portal.jobs.services import all_jobs
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction
from portal.screens.lists import EXPORTS, ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.wizards import Step, WizardScreen
from portal.workflow.services import explain

READ = Policy(IMPORTERS, {"GET"})
WRITE = Policy(IMPORTERS, {"GET", "POST"})
PREVIEW_ROWS = 14
PREVIEW_COLUMNS = 40
PAGE_SIZE = 50
XLSX = EXPORTS["xlsx"][0]


def kind_label(batch: ImportBatch) -> str:
    resource = importing.kinds().get(batch.kind)
    return resource.label if resource else batch.kind


def url_of(batch: ImportBatch) -> str:
    """The step at which a batch stands."""
    step = {
        BatchState.UPLOADED: "sheet",
        BatchState.STAGING: "preview",
        BatchState.PREVIEWED: "preview",
    }.get(BatchState(batch.state), "result")
    return reverse(f"importing:{step}", args=[batch.pk])


class BatchList(ListScreen):
    policy = READ
    title = "表格导入"
    unit = "批"
    model = ImportBatch
    filterset_class = BatchFilter
    default_order = ("-created_at", "-pk")
    empty = Empty(
        "还没有导入过表格。可以先下载模板，也可以直接上传现有的表格。", "上传表格", "importing:new", IMPORTERS
    )
    actions = (PageAction("上传表格", "importing:new"),)
    columns = (
        Column("number", "批次号", link=url_of, sort="number", card="title"),
        Column("kind", "导入内容", value=kind_label),
        Column("file_name", "文件"),
        Column(
            "state",
            "状态",
            value=lambda batch: batch.state_label,
            kind="state",
            tone=lambda batch: STATE_TONES[BatchState(batch.state)],
            card="tag",
        ),
        Column("read_count", "读取（行）", kind="number"),
        Column("new_count", "新增", kind="number"),
        Column("changed_count", "更新", kind="number"),
        Column("rejected_count", "错误", kind="number"),
        Column("user", "经办人", value="user.display_name"),
        Column("created_at", "上传时间", kind="datetime", sort="created_at"),
    )

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)


class BatchStep(WizardScreen):
    """A step of one batch."""

    policy = WRITE
    model = ImportBatch
    pk_kwarg = "batch_pk"
    states: ClassVar[frozenset[str]] = frozenset()

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    @property
    def batch(self) -> ImportBatch:
        found: ImportBatch = self.object
        return found

    def reference(self) -> str:
        return f"{self.batch.number} · {kind_label(self.batch)} · {self.batch.file_name}"

    def steps(self) -> list[Step]:
        opened = [] if self.batch.state not in OPEN_STATES else ["sheet", "mapping"]
        opened += ["preview"] if self.batch.state == BatchState.PREVIEWED else []
        urls = {code: reverse(f"importing:{code}", args=[self.batch.pk]) for code in opened}
        return shown_steps_of(urls)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("表格导入", reverse("importing:list"))]

    def waiting(self) -> HttpResponse:
        """How far the background work is; asked for by htmx, only the part that changes."""
        name = "progress" if self.request.htmx else "waiting"  # type: ignore[attr-defined]
        context = {**self.base_context(), **progress_context(self.batch)}
        return render(self.request, f"importing/{name}.html", context)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state not in self.states:
            return moved_on(request, self.batch)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state not in self.states:
            return HttpResponseRedirect(url_of(self.batch))
        return super().post(request, *args, **kwargs)


def shown_steps_of(urls: dict[str, str]) -> list[Step]:
    labels = {
        "upload": "上传",
        "sheet": "工作表与表头",
        "mapping": "列对应",
        "preview": "预览与纠错",
        "result": "写入与结果",
    }
    return [Step(code, label, urls.get(code, "")) for code, label in labels.items()]


def moved_on(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """The batch stands at another step: go there, from inside a partial too."""
    if request.htmx:  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url_of(batch)
        return response
    return HttpResponseRedirect(url_of(batch))


def progress_context(batch: ImportBatch) -> dict[str, Any]:
    """The newest job of the batch, for the progress partial."""
    return {"job": jobs_of(batch, all_jobs()).first(), "batch": batch}


class Upload(WizardScreen):
    policy = WRITE
    title = "上传表格"
    step = "upload"
    form_class = UploadForm
    submit_label = "上传表格"
    template_name = "importing/upload.html"

    def steps(self) -> list[Step]:
        return shown_steps_of({})

    def crumbs(self) -> list[Crumb]:
        return [Crumb("表格导入", reverse("importing:list"))]

    def initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        return {"kind": asked if asked in importing.kinds() else "associations"}

    def context(self) -> dict[str, Any]:
        urls = {code: reverse("importing:template", args=[code]) for code in importing.kinds()}
        return {"templates": [(urls[code], resource.label) for code, resource in importing.kinds().items()]}

    def save(self, form: Any) -> ImportBatch:
        file, now = form.cleaned_data["file"], timezone.now()
        if file.size > limits.BROWSER_BYTES:
            size = f"{file.size / limits.MEGABYTE:.1f}"
            text = f"文件 {size} MB，超过 50 MB 上限。请删除图片和不需要的工作表，或按市州分成几个文件上传。"
            raise Refused("file.too_large", text)
        batch = services.upload(
            file,
            kind=form.cleaned_data["kind"],
            name=file.name,
            actor=self.actor,
            now=now,
            effective_on=form.cleaned_data["effective_on"],
            full_list_scope=form.cleaned_data["full_list"],
        )
        if batch.file_size <= limits.READ_AT_ONCE_BYTES:
            batch = services.read(batch, actor=self.actor, now=now)
            if batch.state == BatchState.REFUSED:
                raise Refused(batch.refusal_code, f"{batch.refusal_message}(批次 {batch.number})")
        else:
            jobs.ask("read", batch, actor=self.actor, now=now)
        return batch

    def success_text(self, result: ImportBatch) -> str:
        twin = selectors.same_file_before(result, self.actor)
        return f"这个文件在批次 {twin.number} 中已经写入过，请确认是否需要再次导入。" if twin else ""

    def success_url(self, result: ImportBatch) -> str:
        return url_of(result)


class SheetStep(BatchStep):
    title = "工作表与表头"
    step = "sheet"
    form_class = SheetForm
    submit_label = "下一步：列对应"
    template_name = "importing/sheet.html"
    states = frozenset({BatchState.UPLOADED, BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.state == BatchState.UPLOADED and not services.is_read(self.batch):
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        return super().get(request, *args, **kwargs)

    @cached_property
    def reading(self) -> reader.Reading:
        return reader.load(services.folder_of(self.batch))

    def form_kwargs(self) -> dict[str, Any]:
        return {"reading": self.reading}

    def initial(self) -> dict[str, Any]:
        query = self.request.GET
        names = {sheet.name for sheet in self.reading.sheets}
        sheet = query.get("sheet", "")
        rows = self.batch.header_rows if sheet in ("", self.batch.sheet_name) else []
        text = f"{rows[0]}-{rows[-1]}" if len(rows) > 1 else "".join(map(str, rows))
        asked = query.get("header", "")
        return {
            "sheet": sheet if sheet in names else self.batch.sheet_name,
            "header": asked if asked.isdecimal() and len(asked) < 6 else text,
        }

    def context(self) -> dict[str, Any]:
        chosen = self.initial()
        sheet = self.reading.sheet(chosen["sheet"])
        if sheet is None:
            raise Http404
        head = [(number, cells[:PREVIEW_COLUMNS]) for number, cells in sheet.head(PREVIEW_ROWS)]
        width = max((len(cells) for _, cells in head), default=0)
        try:
            first, _, last = str(chosen["header"]).partition("-")
            header = range(int(first), int(last or first) + 1)
        except ValueError:
            header = range(0)
        return {
            "letters": [column_letter(number) for number in range(1, width + 1)],
            "preview": [
                (number, self._words(number, cells, width, max(header, default=0)), number in header)
                for number, cells in head
            ],
            "sheet": sheet,
            "batch": self.batch,
        }

    def _words(self, number: int, cells: Sequence[Any], width: int, last_header: int) -> list[str]:
        """Cells in words; below the header nothing of a personal column is shown."""
        resource = importing.resource_for(self.batch.kind)
        personal = {column.code for column in resource.columns() if column.personal}
        hidden = {match["number"] for match in self.batch.mapping if match["code"] in personal}
        words = [
            "***" if index in hidden and number > last_header and cell is not None else masks.mask(shown(cell))
            for index, cell in enumerate(cells, start=1)
        ]
        return words + [""] * (width - len(words))

    def save(self, form: Any) -> ImportBatch:
        sheet, header = form.cleaned_data["sheet"], form.cleaned_data["header"]
        given = services.decide(self.batch.given, sheet=sheet, header=header)
        try:
            return services.propose(self.batch, given=given, actor=self.actor, version=self.version)
        except FileRefused as refusal:
            raise Refused(refusal.code, refusal.message) from refusal
        except UnknownHeading as unknown:
            raise Refused("mapping.unknown", str(unknown)) from unknown

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:mapping", args=[result.pk])


def refreshed() -> HttpResponse:
    """Tell htmx that what was waited for has come: load the page anew."""
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


class MappingStep(BatchStep):
    title = "列对应"
    step = "mapping"
    form_class = MappingForm
    submit_label = "校验全部行"
    template_name = "importing/mapping.html"
    states = frozenset({BatchState.UPLOADED, BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not services.is_read(self.batch):
            return HttpResponseRedirect(reverse("importing:sheet", args=[self.batch.pk]))
        return super().get(request, *args, **kwargs)

    @cached_property
    def layout(self) -> Any:
        return services.current_layout(self.batch)

    @cached_property
    def declared(self) -> Any:
        return importing.resource_for(self.batch.kind).columns()

    def form_kwargs(self) -> dict[str, Any]:
        return {"layout": self.layout, "columns": self.declared}

    def context(self) -> dict[str, Any]:
        personal = {column.code for column in self.declared if column.personal}
        labels = {column.code: column.label for column in self.declared}
        head = samples_of(self.layout.sheet, self.layout.header)
        samples: dict[int, str] = {}
        for match in self.layout.matches:
            found = [cells[match.number - 1] for cells in head if len(cells) >= match.number]
            texts = list(dict.fromkeys(masks.mask(shown(cell)) for cell in found if cell is not None))[:SHOWN_SAMPLES]
            samples[match.number] = "(个人信息，不显示)" if match.code in personal else "、".join(texts)
        return {
            "samples": samples,
            "batch": self.batch,
            "missing": [labels[code] for code in self.batch.missing_required],
            "notice": self.batch.notice,
            "rival": self.layout.rival,
        }

    def render_form(self, form: Any, *, status: int = 200) -> HttpResponse:
        samples = self.context()["samples"]
        rows = [(match, basis, bound, samples[match.number]) for match, basis, bound in form.rows()]
        return self.render(
            status=status,
            form=form,
            has_errors=bool(form.errors),
            version=self.version if form.is_bound else self.current_version(),
            mapping_rows=rows,
        )

    def save(self, form: Any) -> ImportBatch:
        given = services.decide(
            self.batch.given,
            sheet=self.batch.given.get("sheet", ""),
            header=self.batch.given.get("header", []),
            columns=form.decisions(),
        )
        now = timezone.now()
        with transaction.atomic():
            was_open = self.batch.state == BatchState.UPLOADED
            batch = services.propose(self.batch, given=given, actor=self.actor, version=self.version)
            version = self.version if was_open else batch.version
            batch = services.start(batch, actor=self.actor, version=version, now=now)
            jobs.ask("stage", batch, actor=self.actor, now=now)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:preview", args=[result.pk])


class Preview(BatchStep):
    """Counts and one page of rows or problems; never the file."""

    policy = READ
    title = "预览与纠错"
    step = "preview"
    template_name = "importing/preview.html"
    states = frozenset({BatchState.STAGING, BatchState.PREVIEWED})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch
        if batch.state not in self.states:
            return moved_on(request, batch)
        if batch.state == BatchState.STAGING:
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        return self.render(**rows_context(request, batch, previewing=True))

    def base_context(self) -> dict[str, Any]:
        batch = self.batch
        warnings = selectors.issue_counts(batch)[Severity.WARNING] if batch.state == BatchState.PREVIEWED else 0
        writable = batch.new_count + batch.changed_count
        return {**super().base_context(), "batch": batch, "writable": writable, "warnings": warnings}


class Result(BatchStep):
    """What was written, the undo, or why nothing was."""

    policy = READ
    title = "写入与结果"
    step = "result"
    template_name = "importing/result.html"
    states = frozenset(
        {BatchState.COMMITTING, BatchState.COMMITTED, BatchState.UNDONE, BatchState.REFUSED, BatchState.EXPIRED}
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.batch
        if batch.state not in self.states:
            return moved_on(request, batch)
        progress = progress_context(batch)
        job = progress["job"]
        is_undoing = (
            batch.state == BatchState.COMMITTED and job and job.task == "importing.undo" and not job.is_finished
        )
        if batch.state == BatchState.COMMITTING or is_undoing:
            return self.waiting()
        if request.htmx and request.headers.get("HX-Target") == "job":  # type: ignore[attr-defined]
            return refreshed()
        failed = job if job and job.task == "importing.undo" and job.error_message else None
        rows = rows_context(request, batch, previewing=False) if batch.committed_at else {}
        return self.render(
            **rows,
            left=list(selectors.left_rows(batch)[:PAGE_SIZE]),
            deadline=selectors.undo_deadline(batch),
            failed=failed,
            may_undo=bool(undo_decision(batch, self.actor)),
        )

    def base_context(self) -> dict[str, Any]:
        return {**super().base_context(), "batch": self.batch, "reference": self.reference()}


class Commit(ActionScreen):
    policy = WRITE
    model = ImportBatch
    pk_kwarg = "batch_pk"
    title = "写入登记库"

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def crumbs(self) -> list[Crumb]:
        preview = reverse("importing:preview", args=[self.object.pk])
        return [Crumb("表格导入", reverse("importing:list")), Crumb("预览与纠错", preview)]

    def consequences(self) -> list[str]:
        batch = self.object
        return [
            f"新增 {batch.new_count:,} 行，更新 {batch.changed_count:,} 行（共 {batch.changed_cell_count:,} 格）。",
            f"跳过有错误的 {batch.rejected_count:,} 行；无变化的 {batch.same_count:,} 行不动。",
            f"整批一次写入，写入后 {selectors.UNDO_DAYS} 天内可以撤销。上传的文件在写入后删除。",
        ]

    def decision(self) -> Decision:
        found = explain(transitions.CONFIRM, self.object, actor=self.actor)
        if found and not services.has_changes(self.object):
            return Decision(False, "这一批没有可写入的行：没有新增，也没有变化。请改正错误后重新上传。")
        return found

    def perform(self, form: Any) -> ImportBatch:
        now = timezone.now()
        with transaction.atomic():
            batch = services.confirm(self.object, actor=self.actor, version=self.version, now=now)
            jobs.ask("commit", batch, actor=self.actor, now=now)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:result", args=[result.pk])


def undo_decision(batch: ImportBatch, actor: Any) -> Decision:
    found = explain(transitions.UNDO, batch, actor=actor)
    deadline = selectors.undo_deadline(batch)
    if found and deadline is not None and timezone.now() > deadline:
        return Decision(False, f"撤销期限是写入后 {selectors.UNDO_DAYS} 天，已经过了。请改用新的导入更正数据。")
    return found


class UndoBatch(ActionScreen):
    policy = WRITE
    model = ImportBatch
    pk_kwarg = "batch_pk"
    title = "撤销本次导入"
    is_dangerous = True

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def crumbs(self) -> list[Crumb]:
        result = reverse("importing:result", args=[self.object.pk])
        return [Crumb("表格导入", reverse("importing:list")), Crumb("写入与结果", result)]

    def consequences(self) -> list[str]:
        batch = self.object
        return [
            f"本批新增的 {batch.new_count:,} 行将从登记库移除，更新的 {batch.changed_count:,} 行恢复原值。",
            "写入之后又有人改过、或已被其他业务引用的行保留不动，并列出清单。",
        ]

    def decision(self) -> Decision:
        return undo_decision(self.object, self.actor)

    def perform(self, form: Any) -> ImportBatch:
        batch = self.object
        found = self.decision()
        if not found:
            raise Refused("import.undo", found.reason)
        jobs.ask("undo", batch, actor=self.actor, now=timezone.now(), version=self.version)
        return batch

    def success_url(self, result: ImportBatch) -> str:
        return reverse("importing:result", args=[result.pk])


class Download(Screen):
    """A workbook of ours as an attachment."""

    policy = READ

    def answer(self, content: bytes, name: str) -> HttpResponse:
        response = HttpResponse(content, content_type=XLSX)
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class TemplateDownload(Download):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        resource = importing.kinds().get(kwargs["key"])
        if resource is None:
            raise Http404
        return self.answer(template(resource), f"{resource.label}导入模板.xlsx")


class ErrorDownload(Download):
    model = ImportBatch
    pk_kwarg = "batch_pk"

    def get_queryset(self, actor: Any) -> Any:
        return selectors.batches(actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch = self.object
        found = (
            services.current_layout(batch) if batch.state == BatchState.PREVIEWED and services.is_read(batch) else None
        )
        return self.answer(error_workbook(batch, found), f"{batch.number}错误行.xlsx")
