"""制度文库 (A-34, P-25): normative documents, model texts, guides and manuals with their versions."""

from django.db import models
from django.db.models import Q

from associations.library.enums import Audience, DocumentKind
from associations.registry.models import Dated
from portal.access.actor import Actor
from portal.access.roles import FILING, WORKSPACE
from portal.access.scoping import EVERYTHING, NOTHING
from portal.files.models import StoredFile
from portal.workflow.models import Versioned


class LibraryDocument(Versioned, Dated):
    """One version of a document, in force from `starts_on` to `ends_on`."""

    kind = models.CharField("类别", max_length=16, choices=DocumentKind)
    title = models.CharField("名称", max_length=200)
    number = models.CharField("文号", max_length=80, blank=True)
    issuer = models.CharField("发布单位", max_length=120)
    edition = models.PositiveSmallIntegerField("版次", default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successor", verbose_name="上一版"
    )
    audience = models.CharField("阅读范围", max_length=16, choices=Audience)
    summary = models.CharField("适用说明", max_length=300, blank=True)
    end_reason = models.CharField("失效原因", max_length=200, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="文件")

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "制度文件"
        ordering = ["kind", "title", "-edition", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False),
                name="library_document_start",
                violation_error_message="请填写施行日期。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DocumentKind.NORMATIVE) | ~Q(number=""),
                name="library_document_number",
                violation_error_message="规范性文件须有文号。",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, edition=1) | Q(replaces__isnull=False, edition__gt=1),
                name="library_document_edition",
            ),
            models.UniqueConstraint(
                fields=["kind", "title", "edition"],
                name="library_document_once",
                violation_error_message="文库中已有同一类别、同一名称的文件。请从原文件发布新版。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Staff read everything, associations and their Party organisations what is meant for them as well."""
        if actor.role in FILING:
            return Q(audience=Audience.ASSOCIATIONS)
        return EVERYTHING if actor.role in WORKSPACE else NOTHING
