"""Long exports: asking for one, the own ones, and the file."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.roles import EVERYONE
from portal.exporting import orders
from portal.exporting.models import Export, Format, Source
from portal.exporting.sources import Rows, of_list, open_list
from portal.files.responses import download
from portal.jobs.models import Job
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, Fact, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.errors import render_error
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.values import datetime_text, size_text


def state_of(export: Export) -> tuple[str, str]:
    """In words, and the tone."""
    if export.file_id is None:
        return "生成中", "blue"
    return ("可下载", "green") if export.is_kept(timezone.now()) else ("已过期", "grey")


class ExportList(ListScreen):
    """The long exports asked for in the membership now in use."""

    policy = Policy(EVERYONE)
    title = "我的导出"
    unit = "份"
    model = Export
    default_order = ("-created_at", "-pk")
    exports = ()
    empty = Empty("还没有在后台生成过导出文件。超过 5,000 行的名单会在后台生成，完成后在这里下载。")
    columns = (
        Column(
            "title", "名单", link=lambda row: reverse("exporting:export", args=[row.pk]), sort="title", card="title"
        ),
        Column("format", "格式", value=lambda row: row.get_format_display()),
        Column("row_count", "行数", kind="number"),
        Column("created_at", "申请时间", kind="datetime", sort="created_at"),
        Column("expires_at", "保留至", kind="datetime"),
        Column(
            "state",
            "状态",
            value=lambda row: state_of(row)[0],
            kind="state",
            tone=lambda row: state_of(row)[1],
            card="tag",
        ),
    )

    def get_queryset(self, actor: Any) -> QuerySet[Export]:
        return super().get_queryset(actor).select_related("file")


class NewExport(ActionScreen):
    """A list that is too long for one answer: what will be built, and the button."""

    policy = Policy(EVERYONE, {"GET", "POST"})
    title = "在后台生成导出文件"
    submit_label = "开始生成"

    @cached_property
    def found(self) -> Rows:
        asked, now = self.request.GET, self.received_at
        path, query, format_ = (asked.get(name, "") for name in ("path", "query", "format"))
        screen = open_list(path, query, format_, actor=self.actor, user=self.request.user, now=now)
        return of_list(screen, format_, now)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            if refused.code not in ("export.place", "export.filter"):
                raise
            return render_error(
                request,
                400,
                title="不能这样导出",
                cause=self.remember(refused),
                remedy="请回到名单页，从“导出”菜单重新选择。",
            )

    def cancel_url(self) -> str:
        path, query = self.request.GET.get("path", "/"), self.request.GET.get("query", "")
        return f"{path}?{query}" if query else path

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self.found.title, self.cancel_url())]

    def consequences(self) -> Sequence[str]:
        found = self.found
        shown = Format(self.request.GET["format"]).label
        return [
            f"按现在的筛选条件，把「{found.title}」共 {found.count:,} {found.unit}导出为 {shown}。",
            "文件在后台生成，可以离开本页；生成时以您当时的管辖范围为准。",
            "文件保留 24 小时，只有您本人能下载，到期自动删除。",
        ]

    def perform(self, form: Any) -> Job:
        title, asked = self.found.title, self.request.GET
        return orders.request_export(
            source=Source.LIST,
            place=asked["path"],
            query=asked.get("query", ""),
            format_=asked["format"],
            title=title,
            actor=self.actor,
            now=timezone.now(),
        )

    def success_url(self, result: Job) -> str:
        return reverse("jobs:job", args=[result.pk])


class ExportPage(DetailScreen):
    """One export: how it was made, and the file while it is kept."""

    policy = Policy(EVERYONE)
    model = Export
    template_name = "exporting/export.html"

    def get_queryset(self, actor: Any) -> QuerySet[Export]:
        return super().get_queryset(actor).select_related("file")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("我的导出", reverse("exporting:list"))]

    def header(self, obj: Export) -> Header:
        return Header(title=f"导出：{obj.title}")

    def context(self) -> dict[str, Any]:
        export: Export = self.object
        return {
            "state": state_of(export),
            "facts": self.facts(export),
            "is_building": export.file_id is None,
            "file_url": reverse("exporting:file", args=[export.pk]) if export.is_kept(timezone.now()) else "",
            "list_url": f"{export.place}?{export.query}" if export.source == Source.LIST else "",
        }

    def facts(self, export: Export) -> list[Fact]:
        return [
            fact("格式", export.get_format_display()),
            fact("行数", export.row_count, "number"),
            fact("文件大小", size_text(export.file.size) if export.file else None),
            fact("申请时间", export.created_at, "datetime"),
            fact("生成时间", export.ready_at, "datetime"),
            fact("保留至", export.expires_at, "datetime"),
        ]


class ExportFile(DetailScreen):
    """The file itself."""

    policy = Policy(EVERYONE)
    model = Export

    def get_queryset(self, actor: Any) -> QuerySet[Export]:
        return super().get_queryset(actor).select_related("file")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return download(orders.file_of(self.object, timezone.now()))  # type: ignore[return-value]
        except Refused as refused:
            if refused.code == "export.building":
                return HttpResponseRedirect(reverse("exporting:export", args=[self.object.pk]))
            kept = datetime_text(self.object.expires_at)
            return render_error(
                request,
                410,
                title="文件已删除",
                cause=f"这份导出文件保留到 {kept}，现已删除。",
                remedy="请回到名单页重新导出。",
            )
