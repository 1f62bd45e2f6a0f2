"""Form files taken in: checked against what the portal knows, and kept as their text."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import models, transaction

from portal.access.decisions import Refused
from portal.filing.definition import FieldType, Form
from portal.filing.loading import load
from supervision.inspections.models import InspectionFigures
from supervision.rounds.models import FormVersion, RoundTrack
from supervision.rounds.sources import SOURCES

FOLDER = Path("fixtures") / "forms"


def figure_columns() -> dict[str, str]:
    """The columns that reports count, with the type of field that fits each."""
    types = {
        models.PositiveIntegerField: FieldType.INTEGER,
        models.DecimalField: FieldType.MONEY,
        models.BooleanField: FieldType.YES_NO,
    }
    return {one.name: str(types[type(one)]) for one in InspectionFigures._meta.concrete_fields if type(one) in types}


def check(source: str) -> Form:
    """The form of a file, checked against everything the portal knows; raises FormErrors with all mistakes."""
    return load(source, sources=SOURCES, columns=figure_columns())


@transaction.atomic
def take_in(source: str, *, now: datetime) -> tuple[FormVersion, bool]:
    """Keep an edition; (edition, whether anything was written). Harmless to repeat.

    Raises FormErrors for a file with mistakes, Refused for a changed text of an edition that a round uses.
    """
    form = check(source)
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    kept = FormVersion.objects.filter(code=form.code, version=form.version).first()
    if kept is not None and kept.sha256 == sha256:
        return kept, False
    with_text = {"title": form.title, "source": source, "sha256": sha256, "loaded_at": now}
    if kept is None:
        return FormVersion.objects.create(code=form.code, version=form.version, **with_text), True
    if RoundTrack.objects.unscoped("an edition in use never changes, whoever asks").filter(form=kept).exists():
        raise Refused(
            "form.in_use",
            f"表单「{kept.title}」第 {kept.version} 版已用于填报批次，不能再改。"
            f"请在文件里把 version 改为 {form.version + 1}。",
        )
    for name, value in with_text.items():
        setattr(kept, name, value)
    kept.save()
    return kept, True


def shipped_files() -> list[Path]:
    return sorted((Path(settings.BASE_DIR) / FOLDER).glob("*.yaml"))


def take_in_shipped(*, now: datetime) -> int:
    """Take in the form files that come with the portal; how many were new or changed."""
    return sum(take_in(path.read_text(encoding="utf-8"), now=now)[1] for path in shipped_files())
