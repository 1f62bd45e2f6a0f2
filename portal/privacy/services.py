"""Showing one personal number, once, for a stated purpose; bringing sealed columns to the present key."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import TRIO
from portal.access.scoping import GuardedModel, everything
from portal.audit.models import AccessEvent, Result
from portal.audit.services import record, record_access
from portal.privacy.fields import SealedField
from portal.privacy.sealing import Sealer, active_prefix, unseal

PURPOSE_LENGTH = 200
SHORTEST_PURPOSE = 4
WITHIN = timedelta(hours=1)


def holder_of(role_row: models.Model, field: str) -> tuple[models.Model | None, str]:
    """(the row that keeps the sealed value, its field): the row itself, the person it names, or its phone."""
    if any(own.name == field and isinstance(own, SealedField) for own in role_row._meta.fields):
        return role_row, field
    if field == "phone":
        return role_row.phone, "number"  # type: ignore[attr-defined]
    return role_row.person, field  # type: ignore[attr-defined]


def opened(row: models.Model, field: str) -> str:
    """The value of a sealed column of a row. For `reveal`, masks and exports with approval; nowhere else."""
    return unseal(getattr(row, field), table=row._meta.db_table, column=column_of(type(row), field), row=row.pk)


def column_of(model: type[models.Model], field: str) -> str:
    """The column of a sealed field, as its associated data names it."""
    found: Any = model._meta.get_field(field)
    return str(found.column)


def reveal(role_row: GuardedModel, field: str, *, purpose: str, actor: Actor, now: datetime) -> str:
    """The full value of one field of one person, after the reading was written down for good.

    Raises `Refused` without a purpose, for a row outside the actor's scope, for the three administrators, when there
    is no value, or when the user has looked at as many as an hour allows. Must not run inside a transaction: the
    access event is committed before the value is returned.
    """
    purpose = " ".join(purpose.split())
    if len(purpose) < SHORTEST_PURPOSE:
        raise Refused(
            "privacy.purpose", f"查看完整号码须写明用途，现在填写的是「{purpose}」。请写清为办理哪件事而查看。"
        )
    is_reached = type(role_row).objects.for_actor(actor).filter(pk=role_row.pk).exists()
    if actor.role in TRIO or not is_reached:
        raise Refused("privacy.right", "当前身份无权查看这个号码。请由主管该组织的业务人员查看。")
    holder, name = holder_of(role_row, field)
    if holder is None or not getattr(holder, name):
        raise Refused("privacy.empty", "没有登记这个号码。")
    _expect_some_left(actor, now)
    with transaction.atomic(durable=True):
        record_access(
            f"{type(role_row)._meta.label}.{field}",
            actor=actor,
            object_ids=[role_row.pk if isinstance(role_row.pk, int) else str(role_row.pk)],
            purpose=purpose[:PURPOSE_LENGTH],
            now=now,
        )
    return opened(holder, name)


def _expect_some_left(actor: Actor, now: datetime) -> None:
    """One by one is for one matter; who needs many asks for an export. Counted by user, whatever the membership."""
    limit = settings.PORTAL_REVEALS_PER_HOUR
    shown = Q(view__endswith=".id_number") | Q(view__endswith=".phone")
    looked = AccessEvent.objects.unscoped("what this user looked at within the hour").filter(
        shown, user_id=actor.user_id, at__gt=now - WITHIN, result=Result.SUCCESS
    )
    times = list(looked.order_by("-at").values_list("at", flat=True)[:limit])
    if len(times) == limit:
        again = localtime(times[-1] + WITHIN).strftime("%H:%M")
        raise Refused(
            "privacy.too_many",
            f"一小时内最多查看 {limit} 个完整号码，您已经查看了 {limit} 个。请在 {again} 以后再查看；"
            "成批需要号码的，请在名单的“导出”菜单里申请。",
        )


# Key rotation -----------------------------------------------------------------------------------------------------
def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every sealed column of every installed model."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, SealedField):
                yield model, field.name


def stale(model: type[models.Model], field: str) -> models.QuerySet[Any]:
    """The rows whose value is under another key or cipher than the present one."""
    fresh = Q(**{f"{field}__startswith": active_prefix()})
    return model._default_manager.exclude(Q(**{field: ""}) | fresh).order_by("pk")


def reseal(*, chunk: int, pause: float, now: datetime) -> dict[str, int]:
    """Bring every sealed value to the active key, in chunks, each a transaction of its own; stop and go on at will.

    A value changed meanwhile is left to the next look. Returns how many values each column had to change.
    """
    counts: dict[str, int] = {}
    with everything("the keys of all sealed values are changed"):
        for model, field in sealed_columns():
            name = f"{model._meta.label}.{field}"
            counts[name] = 0
            while rows := list(stale(model, field).values_list("pk", field)[:chunk]):
                counts[name] += _reseal_rows(model, field, rows)
                time.sleep(pause)
    with transaction.atomic():
        record("privacy.reseal", actor=None, now=now, subject_label="全部加密内容", after=counts)
    return counts


def _reseal_rows(model: type[models.Model], field: str, rows: list[tuple[Any, str]]) -> int:
    table, column = model._meta.db_table, column_of(model, field)
    sealer = Sealer(table, column)
    fresh = [(pk, token, sealer.seal(unseal(token, table=table, column=column, row=pk), pk)) for pk, token in rows]
    with transaction.atomic():
        return sum(
            model._default_manager.filter(**{"pk": pk, field: token}).update(**{field: renewed})
            for pk, token, renewed in fresh
        )
