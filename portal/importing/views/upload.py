"""The first step: what to import, and the file."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from portal import importing
from portal.access.decisions import Refused
from portal.importing import jobs, limits, selectors, services
from portal.importing.enums import BatchState
from portal.importing.forms import UploadForm
from portal.importing.models import ImportBatch
from portal.importing.views.wizard import WRITE, shown_steps_of, url_of
from portal.screens.screen import Crumb
from portal.screens.wizards import Step, WizardScreen


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
        wanted = (self.request.GET.get("kind", ""), "associations", *self.kinds)
        return {"kind": next(kind for kind in wanted if kind in self.kinds)}

    def context(self) -> dict[str, Any]:
        urls = {code: reverse("importing:template", args=[code]) for code in self.kinds}
        return {"templates": [(urls[code], resource.label) for code, resource in self.kinds.items()]}

    @property
    def kinds(self) -> dict[str, Any]:
        return importing.kinds_of(self.actor.role)

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
            source=form.cleaned_data["source"],
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
