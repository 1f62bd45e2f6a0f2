"""The one door of the monthly close to all rows."""

from typing import TypeVar

from portal.access.scoping import GuardedModel, GuardedQuerySet

M = TypeVar("M", bound=GuardedModel)


def whole(model: type[M]) -> GuardedQuerySet[M]:
    """All rows of a model: a close counts every association once, whoever asks; its ledger explains every one."""
    rows: GuardedQuerySet[M] = model.objects.unscoped("a close counts every association once, whoever reads it")
    return rows
