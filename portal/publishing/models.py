"""What is published for everybody to read, and what the public says to it; no personal number has a column here."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.files.models import StoredFile
from portal.publishing.enums import (
    NUMBERED,
    OPEN_OBJECTIONS,
    HolderKind,
    ObjectionState,
    PublicationKind,
    PublicationState,
)
from portal.publishing.roles import PUBLISHERS
from portal.workflow.models import WorkflowModel


class Topic(GuardedModel):
    """A special topic: everything published about one subject, such as a campaign (C-29). Named by model and key."""

    title = models.CharField("专题", max_length=120)
    subject_model = models.CharField(max_length=80, editable=False)
    subject_pk = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "专题"
        constraints = [models.UniqueConstraint(fields=["subject_model", "subject_pk"], name="topic_once")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Names of public topics; what stands in them has a scope of its own."""
        return EVERYTHING if actor.role in PUBLISHERS else NOTHING


def held_by(actor: Actor) -> Q:
    """Publications of the actor's own body and of those below it; the department oversees every one."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    if actor.role not in PUBLISHERS:
        return NOTHING
    if actor.scope.kind == "region":
        return Q(holder_kind=HolderKind.REGION, holder_path__startswith=actor.scope.path)
    return Q(holder_kind=HolderKind.DEPARTMENT, holder_pk__in=actor.scope.department_pks)


class Publication(WorkflowModel):
    """A notice, a bulletin, an article, a progress report: drawn up by one person, signed by another, then public."""

    state = models.CharField(
        "状态", max_length=24, choices=PublicationState, default=PublicationState.DRAFT, editable=False, db_index=True
    )
    kind = models.CharField("类别", max_length=16, choices=PublicationKind)
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文", max_length=8000)
    note = models.CharField("编者按", max_length=500, blank=True)
    # What a special issue gathers, each out already.
    pieces = models.ManyToManyField(
        "self", symmetrical=False, related_name="special_issues", blank=True, verbose_name="收录文章"
    )
    # The issue as PDF, once it was laid out.
    document = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    basis = models.CharField("依据文件", max_length=200, blank=True)
    contact = models.CharField("联系方式（办公）", max_length=120, blank=True)
    issue_number = models.PositiveIntegerField("期号", null=True, blank=True)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="publications", verbose_name="专题"
    )
    subject_model = models.CharField(max_length=80, blank=True, editable=False)
    subject_pk = models.CharField(max_length=64, blank=True, editable=False)
    holder_kind = models.CharField(max_length=16, choices=HolderKind, editable=False)
    holder_pk = models.BigIntegerField(null=True, editable=False)
    holder_path = models.CharField(max_length=80, blank=True, editable=False)
    holder_label = models.CharField("发布单位", max_length=200, editable=False)
    holder_role = models.CharField(max_length=24, editable=False)
    working_days = models.PositiveSmallIntegerField("公示工作日", null=True, blank=True)
    published_on = models.DateField("发布日期", null=True, editable=False)
    ends_on = models.DateField("公示截止", null=True, editable=False)
    is_provisional = models.BooleanField("截止日期暂定", default=False, editable=False)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="责编", editable=False
    )
    editor_label = models.CharField("责编", max_length=200, editable=False)
    issuer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="签发人",
        editable=False,
    )
    issuer_label = models.CharField("签发人", max_length=200, blank=True, editable=False)
    issued_at = models.DateTimeField("签发时间", null=True, editable=False)
    withdrawn_at = models.DateTimeField("撤下时间", null=True, editable=False)
    withdrawn_reason = models.CharField("撤下原因", max_length=300, blank=True)
    created_at = models.DateTimeField("编写时间")

    class Meta:
        verbose_name = verbose_name_plural = "公开内容"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issuer=None) | ~Q(issuer=F("editor")),
                name="publication_two_persons",
                violation_error_message="责编与签发须是两个人。",
            ),
            models.CheckConstraint(
                condition=~Q(state=PublicationState.PUBLISHED)
                | Q(issued_at__isnull=False, issuer__isnull=False, published_on__isnull=False),
                name="publication_issued",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PublicationKind.NOTICE, state=PublicationState.PUBLISHED)
                | Q(ends_on__gt=F("published_on")),
                name="publication_notice_days",
            ),
            models.CheckConstraint(
                condition=~Q(state=PublicationState.WITHDRAWN)
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="publication_withdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(kind=PublicationKind.NOTICE) | Q(working_days__gte=1), name="publication_days"
            ),
            models.UniqueConstraint(
                fields=["topic", "kind", "issue_number"],
                condition=Q(kind__in=[str(one) for one in NUMBERED], issue_number__isnull=False),
                name="publication_issue_once",
                violation_error_message="这个专题已有这一期。请改填期号。",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "published_on"], name="publication_public"),
            models.Index(fields=["subject_model", "subject_pk"], name="publication_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return held_by(actor)


class PublicationLine(GuardedModel):
    """One line of a notice: name, organisation, post and reason, and no column for anything else (R-117)."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="lines", verbose_name="公示")
    number = models.PositiveSmallIntegerField("序号")
    heading = models.CharField("类别", max_length=60)
    name = models.CharField("名称或姓名", max_length=120)
    organization = models.CharField("单位", max_length=200, blank=True)
    post = models.CharField("职务", max_length=120, blank=True)
    reason = models.CharField("事由", max_length=500)
    subject_pk = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "公示对象"
        ordering = ["publication", "number"]
        constraints = [models.UniqueConstraint(fields=["publication", "number"], name="publication_line_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(publication__in=Publication.objects.filter(held_by(actor)))


class Objection(WorkflowModel):
    """What somebody of the public says to a notice, without a name; a receipt number leads to the answer."""

    state = models.CharField(
        "状态", max_length=24, choices=ObjectionState, default=ObjectionState.RECEIVED, editable=False, db_index=True
    )
    receipt = models.CharField("回执号", max_length=20, unique=True, editable=False)
    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="objections", verbose_name="公示"
    )
    line = models.ForeignKey(
        PublicationLine, on_delete=models.PROTECT, null=True, blank=True, related_name="objections", verbose_name="对象"
    )
    text = models.TextField("反映内容", max_length=2000)
    # A keyed digest of the sender's address and the day: it limits, and leads back to nobody.
    sender = models.CharField(max_length=64, editable=False, db_index=True)
    received_at = models.DateTimeField("收到时间", editable=False)
    investigator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="核查人",
        editable=False,
    )
    finding = models.CharField("核查情况", max_length=1000, blank=True)
    result = models.CharField("答复", max_length=500, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="结论人",
        editable=False,
    )
    concluded_at = models.DateTimeField("结论时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(one) for one in OPEN_OBJECTIONS], concluded_at=None)
                | (
                    ~Q(state__in=[str(one) for one in OPEN_OBJECTIONS])
                    & Q(concluded_at__isnull=False, concluded_by__isnull=False)
                    & ~Q(finding="")
                    & ~Q(result="")
                ),
                name="objection_concluded",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return Q(publication__in=Publication.objects.filter(held_by(actor)))
