"""The import wizard, one file a step: upload, sheet and header, mapping, preview, result. Each step can be left."""

from portal.importing.views.columns import MappingStep
from portal.importing.views.decisions import Absences, Overwrite
from portal.importing.views.downloads import ErrorDownload, TemplateDownload
from portal.importing.views.listing import BatchList
from portal.importing.views.names import NamesStep
from portal.importing.views.preview import Commit, Preview
from portal.importing.views.result import Result, UndoBatch
from portal.importing.views.sheet import SheetStep
from portal.importing.views.upload import Upload

__all__ = [
    "Absences",
    "BatchList",
    "Commit",
    "ErrorDownload",
    "MappingStep",
    "NamesStep",
    "Overwrite",
    "Preview",
    "Result",
    "SheetStep",
    "TemplateDownload",
    "UndoBatch",
    "Upload",
]
