"""The orders of affiliation: reference data by jurisdiction and date, so the manager is not guarded."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from associations.registry.enums import AssociationKind
from partybuilding.affiliation.enums import BodyLevel, Otherwise, Target
from partybuilding.affiliation.rules import Route
from portal.regions.models import Region
from portal.regulations.enums import Confidence


class AffiliationRule(models.Model):
    """One rule of the order of a place (R-098). A place's own order replaces that of the nation as a whole."""

    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name="适用地区")
    starts_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    number = models.PositiveSmallIntegerField("次序")
    title = models.CharField("适用对象", max_length=60)
    kind = models.CharField("社会组织类型", max_length=24, choices=AssociationKind, blank=True)
    words = models.CharField("名称含有", max_length=120, blank=True)
    is_industry = models.BooleanField("行业协会商会", null=True, blank=True)
    target = models.CharField("隶属", max_length=16, choices=Target)
    body_words = models.CharField("党委名称含有", max_length=60, blank=True)
    body_level = models.CharField("党委层级", max_length=16, choices=BodyLevel, blank=True)
    otherwise = models.CharField("没有相应党委时", max_length=8, choices=Otherwise, default=Otherwise.NEXT)
    source = models.CharField("依据", max_length=200)
    confidence = models.CharField("核对程度", max_length=10, choices=Confidence)

    class Meta:
        verbose_name = verbose_name_plural = "党组织隶属次序"
        ordering = ["region__path", "starts_on", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("region", 0), Coalesce("starts_on", date.min), "number", name="affiliation_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="affiliation_rule_dates",
                violation_error_message="截止日期早于起始日期。",
            ),
            models.CheckConstraint(
                condition=~Q(target=Target.NAMED) | (~Q(body_words="") & ~Q(body_level="")),
                name="affiliation_rule_body",
                violation_error_message="隶属当地党委的，须填写党委名称含有的文字和层级。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def route(self) -> Route:
        """The rule as `rules.route` reads it."""
        return Route(
            number=self.number,
            title=self.title,
            target=self.target,
            source=self.source,
            kind=self.kind,
            words=tuple(filter(None, self.words.split("/"))),
            is_industry=self.is_industry,
            body_words=tuple(filter(None, self.body_words.split("/"))),
            body_level=self.body_level,
            otherwise=self.otherwise,
        )
