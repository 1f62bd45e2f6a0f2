"""What a record knows of its own dates: `precisions` names those of which only the month or year was told."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Self

from django.db import models

from portal.importing.partial import DAY, FINENESS, PartialDate, precision_of

FIELD = "precisions"


class Precise(models.Model):
    """A record whose dates may be partial; read from the database they are, wherever they are shown."""

    precisions = models.JSONField("日期精度", default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        one = super().from_db(db, field_names, values, **more)
        known = one.__dict__
        for name, precision in (known.get(FIELD) or {}).items():
            if known.get(name) is not None:
                known[name] = PartialDate.of(known[name], precision)
        return one


def partial(day: Any, name: str, precisions: Mapping[str, str] | None) -> Any:
    """A date that was read without its record."""
    return PartialDate.of(day, precisions[name]) if day is not None and precisions and name in precisions else day


def settle(coming: dict[str, Any], current: Mapping[str, Any]) -> None:
    """Bring `precisions` of a record to what `coming` (field → value) makes of it.

    A month or year that agrees with what is known better is no news: it leaves the record as it is.
    """
    before = dict(current.get(FIELD) or {})
    known = dict(before)
    for name, value in list(coming.items()):
        if not isinstance(value, dt.date):
            continue
        precision, present = precision_of(value), current.get(name)
        told = known.get(name, DAY)
        if isinstance(value, PartialDate):
            if present is not None and value.agrees_with(present) and FINENESS[precision] <= FINENESS[told]:
                coming.pop(name)
                continue
            known[name] = precision
        else:
            known.pop(name, None)
    if known != before:
        coming[FIELD] = known


def by_hand(record: Any, changed: Collection[str]) -> dict[str, Any]:
    """What else changes when a person changes dates of `record` on a page: they are whole days now."""
    before = getattr(record, FIELD, None) or {}
    known = {name: precision for name, precision in before.items() if name not in changed}
    return {FIELD: known} if known != before else {}
