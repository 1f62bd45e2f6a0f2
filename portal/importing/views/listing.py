"""The list of batches."""

from typing import Any

from portal.importing import selectors
from portal.importing.enums import STATE_TONES, BatchState
from portal.importing.filters import BatchFilter
from portal.importing.models import ImportBatch
from portal.importing.transitions import IMPORTERS
from portal.importing.views.wizard import READ, kind_label, url_of
from portal.screens.columns import Column, Empty, PageAction
from portal.screens.lists import ListScreen


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
