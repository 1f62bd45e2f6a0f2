"""Scoped querysets, and the guard that refuses every other kind while somebody acts.

A model that holds business data inherits `GuardedModel` and says in `scope_q` which of its rows an actor reaches. A
queryset made by `scoped()` carries a flag through every clone; while an actor is active, evaluating one without the
flag raises `Unscoped`. Django's own work through `_base_manager` stays plain.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from portal.access.actor import Actor, current_actor

M = TypeVar("M", bound="GuardedModel")

_suspended: ContextVar[bool] = ContextVar("portal_guard_suspended", default=False)


class Unscoped(Exception):
    """A queryset over guarded rows was evaluated on behalf of an actor without passing through `scoped()`."""


@contextmanager
def everything(reason: str) -> Iterator[None]:
    """Look at all rows inside the block. For truths that hold over the whole register, such as uniqueness."""
    if not reason:
        raise ValueError("everything() needs a reason.")
    token = _suspended.set(True)
    try:
        yield
    finally:
        _suspended.reset(token)


class GuardedQuerySet(models.QuerySet[M]):
    """A queryset that knows whether its rows were limited to what the actor reaches."""

    _is_scoped = False

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone._is_scoped = self._is_scoped
        return clone

    def _flagged(self) -> Self:
        clone = self._chain()  # type: ignore[attr-defined]
        clone._is_scoped = True
        return clone

    def unscoped(self, reason: str) -> Self:
        """All rows, for services and jobs that need them; `reason` says why, and a test lists every use."""
        if not reason:
            raise ValueError("unscoped() needs a reason.")
        return self._flagged()

    def for_actor(self, actor: Actor) -> Self:
        """The rows `actor` reaches; `scoped()` is the usual way in."""
        return self.filter(self.model.scope_q(actor))._flagged()

    def _guard(self) -> None:
        if self._is_scoped or _suspended.get() or current_actor() is None or self.query.is_empty():
            return
        raise Unscoped(f"{self.model.__name__}: use scoped({self.model.__name__}, actor) or a selector.")

    def _fetch_all(self) -> None:
        if self._result_cache is None:  # type: ignore[attr-defined]
            self._guard()
        super()._fetch_all()  # type: ignore[misc]

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[M]:
        self._guard()
        return super().iterator(*args, **kwargs)

    def aiterator(self, *args: Any, **kwargs: Any) -> Any:
        self._guard()
        return super().aiterator(*args, **kwargs)

    def count(self) -> int:
        if self._result_cache is None:  # type: ignore[attr-defined]
            self._guard()
        return super().count()

    def exists(self) -> bool:
        if self._result_cache is None:  # type: ignore[attr-defined]
            self._guard()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._guard()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._guard()
        return super().update(**kwargs)

    def _update(self, values: Any) -> int:
        self._guard()
        return super()._update(values)  # type: ignore[misc]

    def delete(self) -> tuple[int, dict[str, int]]:
        self._guard()
        return super().delete()

    def _raw_delete(self, using: str | None) -> int:
        self._guard()
        return super()._raw_delete(using)  # type: ignore[misc]

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        self._guard()
        return super().raw(*args, **kwargs)

    def explain(self, **kwargs: Any) -> str:  # type: ignore[override]
        self._guard()
        return super().explain(**kwargs)

    def _combined(self, other: Any, result: Any) -> Any:
        result._is_scoped = self._is_scoped and getattr(other, "_is_scoped", False)
        return result

    def __or__(self, other: Any) -> Any:
        return self._combined(other, super().__or__(other))

    def __and__(self, other: Any) -> Any:
        return self._combined(other, super().__and__(other))

    def __xor__(self, other: Any) -> Any:
        return self._combined(other, super().__xor__(other))

    def _combinator_query(self, combinator: str, *others: Any, all: bool = False) -> Any:
        result = super()._combinator_query(combinator, *others, all=all)  # type: ignore[misc]
        result._is_scoped = self._is_scoped and all_scoped(others)
        return result


def all_scoped(querysets: tuple[Any, ...]) -> bool:
    """Whether each of the querysets carries the flag."""
    return all(getattr(queryset, "_is_scoped", False) for queryset in querysets)


class GuardedManager(models.Manager.from_queryset(GuardedQuerySet)):  # type: ignore[misc]
    """The default manager of guarded models. No model sets `base_manager_name`."""


class GuardedModel(models.Model):
    """Business data: lists, reverse relations and prefetches of it are guarded."""

    objects = GuardedManager()

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Which rows `actor` reaches, as `Exists` or `pk__in`, never a join that multiplies."""
        raise TypeError(f"{cls.__name__} does not say what its scope is.")

    def validate_unique(self, exclude: Any = None) -> None:
        with everything("uniqueness holds over the whole register"):
            super().validate_unique(exclude=exclude)

    def validate_constraints(self, exclude: Any = None) -> None:
        with everything("uniqueness holds over the whole register"):
            super().validate_constraints(exclude=exclude)


def scoped(model: type[M], actor: Actor) -> GuardedQuerySet[M]:
    """The rows of `model` that `actor` reaches today; the one door to guarded rows above the model floor."""
    return model.objects.for_actor(actor)


NOTHING = Q(pk__in=[])
EVERYTHING = Q()
