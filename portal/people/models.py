"""People and phones: found only through the role rows that name them."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.scoping import NOTHING, GuardedModel
from portal.importing.normalise import name_key
from portal.importing.precisions import Precise
from portal.people.enums import IdType, Sex
from portal.privacy.fields import SealedField


class Person(GuardedModel, Precise):
    """A human being. A number makes the row unique; without one each role row has a person of its own.

    It holds what a number and a name imply, nothing that one office tells and another should not read: phones,
    political status, education and the like stand on the role rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("姓名", max_length=64)
    name_key = models.CharField(max_length=64, editable=False, db_index=True)
    sex = models.CharField("性别", max_length=8, choices=Sex, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    id_type = models.CharField("证件类型", max_length=20, choices=IdType, default=IdType.RESIDENT)
    id_number = SealedField("公民身份号码")
    id_number_index = models.CharField(max_length=64, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    created_at = models.DateTimeField("入库时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["id_number_index"], condition=~Q(id_number_index=""), name="person_id_number"
            ),
            models.CheckConstraint(
                condition=Q(id_number="", id_number_index="") | (~Q(id_number="") & ~Q(id_number_index="")),
                name="person_index_with_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING


class Phone(GuardedModel):
    """A phone number as one role row or one body gave it; never shared, so nobody reads another office's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = SealedField("联系电话")
    number_index = models.CharField(max_length=64, editable=False, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "电话"

    def __str__(self) -> str:
        return "号码不显示"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING


class PersonMerge(GuardedModel):
    """Two rows that were one human being, joined; `moved` says which role rows pointed where, to take it back."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    dropped = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    is_number_moved = models.BooleanField(default=False)
    reason = models.CharField("依据", max_length=200)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "人员合并记录"
        ordering = ["-merged_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.dropped} → {self.kept}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return NOTHING
