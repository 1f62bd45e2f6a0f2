"""Academies, trainings and who attended them."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from associations.registry.models import Association, Department, through_association
from partybuilding.members.models import ROSTER, through_organization
from partybuilding.organizations.models import PartyOrganization
from partybuilding.training.enums import Audience
from portal.access.actor import Actor
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.importing.normalise import name_key
from portal.people.models import Person
from portal.workflow.models import Versioned


class Academy(Versioned):
    """A place that trains year after year, for instance a 两新学院."""

    name = models.CharField("名称", max_length=120)
    key = models.CharField(max_length=120, unique=True, editable=False)
    host = models.CharField("主办单位", max_length=120, blank=True)
    opened_on = models.DateField("成立日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "培训学院"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return EVERYTHING if actor.role in ROSTER else NOTHING


class TrainingSession(Versioned):
    """A training that was held: by a committee or the department, or by an organisation for its own members."""

    title = models.CharField("培训名称", max_length=120)
    academy = models.ForeignKey(
        Academy, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name="培训学院"
    )
    organizer = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="举办的党委"
    )
    organization = models.ForeignKey(
        PartyOrganization,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="training_sessions",
        verbose_name="举办的党组织",
    )
    audience = models.CharField("培训对象", max_length=20, choices=Audience)
    is_centralized = models.BooleanField("集中培训", default=False)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)
    place = models.CharField("地点", max_length=120, blank=True)
    participant_count = models.PositiveIntegerField("参训人数", null=True, blank=True)
    remark = models.CharField("内容", max_length=500, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "培训"
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on"), hours__gt=Decimal(0)),
                name="training_session_dates",
                violation_error_message="结束日期早于开始日期，或者学时不大于0。请核对。",
            ),
            models.CheckConstraint(
                condition=Q(organizer=None) | Q(organization=None), name="training_session_one_organizer"
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "audience"], name="training_session_start")]

    def __str__(self) -> str:
        return self.title

    @property
    def held_by(self) -> str:
        return str(self.organization or self.organizer or "社会工作部")

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """A training for many is no secret among the Party's bodies; an organisation's own is read with it."""
        if actor.role not in ROSTER:
            return NOTHING
        mine = through_organization(actor)
        return EVERYTHING if mine == EVERYTHING else Q(organization=None) | mine


class TrainingAttendance(GuardedModel):
    """Who attended, in whose name: of a Party organisation, or as an officer of an association."""

    FOLLOWS_A_ROLE = True

    session = models.ForeignKey(
        TrainingSession, on_delete=models.CASCADE, related_name="attendances", verbose_name="培训"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="training_attendances", verbose_name="姓名"
    )
    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="党组织"
    )
    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name="社会组织"
    )
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "参训记录"
        ordering = ["session", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                name="training_attendance_once",
                violation_error_message="此人已登记参加本次培训，不必重复登记。",
            ),
            models.CheckConstraint(
                condition=Q(organization=None, association__isnull=False)
                | Q(organization__isnull=False, association=None),
                name="training_attendance_body",
            ),
            models.CheckConstraint(condition=Q(hours__gt=Decimal(0)), name="training_attendance_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.session}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role not in ROSTER:
            return NOTHING
        mine, theirs = through_organization(actor), through_association(actor)
        return EVERYTHING if mine == EVERYTHING else mine | theirs
