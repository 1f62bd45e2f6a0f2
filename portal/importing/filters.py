"""Filters of the list of batches."""

import django_filters

from portal import importing
from portal.importing.enums import BatchState
from portal.importing.models import ImportBatch
from portal.screens.filters import ScreenFilterSet, SearchFilter


def kind_choices() -> list[tuple[str, str]]:
    return [(code, resource.label) for code, resource in importing.kinds().items()]


class BatchFilter(ScreenFilterSet):
    q = SearchFilter(fields=["number", "file_name"], label="批次号或文件名")
    kind = django_filters.ChoiceFilter(label="导入内容", choices=kind_choices, empty_label="不限")
    state = django_filters.ChoiceFilter(label="状态", choices=BatchState.choices, empty_label="不限")
    primary = ("q", "kind", "state")

    class Meta:
        model = ImportBatch
        fields: list[str] = []
