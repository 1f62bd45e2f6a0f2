"""Tasks on somebody's desk with a due date, and the messages of a user's inbox."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from portal.access.actor import Actor, Scope
from portal.access.roles import BUSINESS, DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.notices.enums import TASK_TONES, BodyKind, TaskState
from portal.workflow.models import WorkflowModel


def laid_on(scope: Scope) -> Q:
    """The tasks whose body is the node of `scope` or stands below it."""
    if scope.kind == "region":
        return Q(body_kind=BodyKind.REGION, body_path__startswith=scope.path)
    if scope.kind == "department":
        return Q(body_kind=BodyKind.DEPARTMENT, body_pk__in=scope.department_pks or (scope.pk,))
    if scope.kind == "province":
        return Q(body_kind=BodyKind.PROVINCE)
    return Q(body_kind=scope.kind, body_pk=scope.pk)


def addressed_to(actor: Actor) -> Q:
    """The tasks that wait on `actor`'s own desk: by name, or by role and body."""
    if actor.role not in BUSINESS:
        return NOTHING
    return Q(user=actor.user_id) | (Q(for_role=actor.role) & laid_on(actor.scope))


class Task(WorkflowModel):
    """Something that a body or a person is to do about a subject by a day; it ends with evidence.

    The subject is named as `app.Model` and key, so that this room knows no wing; `url` is the subject's page.
    """

    kind = models.CharField("事项", max_length=40)
    title = models.CharField("任务", max_length=200)
    subject_model = models.CharField(max_length=80, editable=False)
    subject_pk = models.CharField(max_length=64, editable=False)
    subject_label = models.CharField("对象", max_length=200)
    url = models.CharField("页面", max_length=300)
    for_role = models.CharField("承办角色", max_length=24, choices=Role, blank=True)
    body_kind = models.CharField(max_length=16, choices=BodyKind, blank=True, editable=False)
    body_pk = models.BigIntegerField(null=True, editable=False)
    body_path = models.CharField(max_length=80, blank=True, editable=False)
    body_label = models.CharField("承办单位", max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="承办人",
    )
    due_on = models.DateField("期限", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="交办人"
    )
    membership_id = models.BigIntegerField("交办身份编号", null=True)
    membership_label = models.CharField("交办身份", max_length=200, blank=True)
    opened_at = models.DateTimeField("交办时间")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="办结人"
    )
    closed_at = models.DateTimeField("办结时间", null=True)
    evidence = models.CharField("办结依据", max_length=500, blank=True)
    state = models.CharField("状态", max_length=24, choices=TaskState, default=TaskState.OPEN, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN, closed_at=None) | (~Q(state=TaskState.OPEN) & ~Q(closed_at=None)),
                name="task_closed_stamp",
            ),
            models.CheckConstraint(
                condition=~Q(user=None) | (~Q(for_role="") & ~Q(body_kind="")), name="task_has_addressee"
            ),
            models.UniqueConstraint(
                "kind",
                "subject_model",
                "subject_pk",
                "for_role",
                "body_kind",
                # SQLite has no "nulls not distinct".
                Coalesce("body_pk", 0),
                Coalesce("user", 0),
                condition=Q(state=TaskState.OPEN),
                name="task_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "for_role", "body_kind", "body_pk", "due_on"], name="task_desk"),
            models.Index(fields=["subject_model", "subject_pk"], name="task_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Whoever it is laid on, whoever opened it in the membership now in use, and always the department."""
        if actor.role in DEPARTMENT:
            return EVERYTHING
        if actor.role not in BUSINESS:
            return NOTHING
        return addressed_to(actor) | Q(membership_id=actor.membership_id)

    @property
    def addressee(self) -> str:
        """Who is to do it, in words."""
        body = " · ".join(part for part in (self.body_label, str(self.get_for_role_display() or "")) if part)
        return str(self.user) if self.user_id else body

    @property
    def tone(self) -> str:
        return TASK_TONES[TaskState(self.state)]

    def is_overdue(self, today: date) -> bool:
        """Still open after the last second of the due date."""
        return self.state == TaskState.OPEN and self.due_on is not None and self.due_on < today


class Notice(GuardedModel):
    """A message in one user's inbox; it asks for nothing, so it only becomes read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="收件人"
    )
    text = models.CharField("内容", max_length=300)
    url = models.CharField("页面", max_length=300, blank=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["user", "read_at", "-created_at"], name="notice_inbox")]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(user=actor.user_id)
