"""An export with personal numbers: asked for with a purpose, decided by a second person, built, fetched once."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.actor import Actor
from portal.access.roles import BODIES, WORKSPACE, Role
from portal.access.scoping import EVERYTHING, NOTHING
from portal.privacy.enums import RequestState
from portal.workflow.models import WorkflowModel


class ExportRequest(WorkflowModel):
    """Who asks in which membership, for which kind and numbers, and why; the role and unit say who may decide."""

    kind = models.CharField("表格类别", max_length=40)
    kind_label = models.CharField("名单", max_length=80)
    query = models.TextField("筛选条件", blank=True)
    fields = models.JSONField("个人信息列")
    purpose = models.CharField("用途", max_length=200)
    row_count = models.PositiveIntegerField("行数", null=True)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    membership_id = models.BigIntegerField("身份编号")
    membership_label = models.CharField("身份", max_length=200)
    role = models.CharField("角色", max_length=24, choices=Role)
    scope_pk = models.BigIntegerField(null=True, editable=False)
    scope_path = models.CharField(max_length=80, blank=True, editable=False)
    asked_at = models.DateTimeField("申请时间")
    due_on = models.DateField("审批期限")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decided_by_label = models.CharField("审批人身份", max_length=200, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True)
    opinion = models.CharField("审批意见", max_length=300, blank=True)
    expires_at = models.DateTimeField("保留至", null=True)
    fetched_at = models.DateTimeField("领取时间", null=True)
    state = models.CharField(
        "状态", max_length=24, choices=RequestState, default=RequestState.ASKED, editable=False, db_index=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "含个人信息的导出申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.APPROVED, RequestState.READY, RequestState.FETCHED])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("user"))),
                name="export_request_second_person",
                violation_error_message="批准人不能是申请人本人。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.READY, RequestState.FETCHED])
                | Q(file__isnull=False, expires_at__isnull=False),
                name="export_request_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind_label}"

    @property
    def number(self) -> str:
        """The number that stands in the file and on paper."""
        return f"DC-{self.pk:06d}" if self.pk else "DC-"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """What the actor's office asked for and may decide: the same role in the own unit or one below; the provincial
        department stands above all.
        """
        if actor.role == Role.DEPARTMENT_ADMIN:
            return EVERYTHING
        if actor.role not in WORKSPACE:
            return NOTHING
        same = Q(role=actor.role)
        if actor.role == Role.REGIONAL_OFFICE:
            same &= Q(scope_path__startswith=actor.scope.path)
        elif actor.role in BODIES:
            same &= Q(scope_pk__in=actor.scope.department_pks or (actor.scope.pk,))
        return same

    def is_kept(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at
