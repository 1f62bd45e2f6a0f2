"""What units did under the methods of a campaign. Inner-Party records: whoever reads the unit reads them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.methods.enums import Channel, Fulfilment, MeetingKind
from campaigns.plans.models import CampaignItem, Method, Unit
from partybuilding.members.models import PartyMember
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import EVERYTHING, GuardedModel
from portal.files.models import StoredFile
from portal.workflow.models import Versioned


def through_unit(actor: Actor) -> Q:
    """Rows of the units that the actor reads."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(unit__in=Unit.objects.filter(Unit.scope_q(actor)))


class OfUnit(GuardedModel):
    """A row of one unit under one method."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name="单位")
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name="推进方式")

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_unit(actor)


class MethodRecord(Versioned, OfUnit):
    """That a unit has done a method: there is one, or it is not done."""

    done_on = models.DateField("完成日期")
    summary = models.TextField("开展情况", max_length=2000, blank=True)
    expected_count = models.PositiveIntegerField("应参加（人）", null=True, blank=True)
    present_count = models.PositiveIntegerField("参加（人）", null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="材料"
    )
    # The decision that completed it; what rests on an honour goes when the honour is taken back.
    award_round = models.ForeignKey(
        "campaigns.AwardRound", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "推进方式开展记录"
        ordering = ["unit", "method__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "method"],
                name="method_record_once",
                violation_error_message="这个单位的这种推进方式已登记完成。",
            ),
            models.CheckConstraint(
                condition=Q(present_count=None)
                | Q(expected_count__isnull=False, present_count__lte=models.F("expected_count")),
                name="method_record_counts",
                violation_error_message="参加人数大于应参加人数。请核对人数。",
            ),
        ]
        indexes = [models.Index(fields=["method", "unit"], name="method_record_method")]

    def __str__(self) -> str:
        return f"{self.unit} {self.method}"


class OfRecord(GuardedModel):
    """What a record says beyond its day, by the form of its method."""

    record = models.OneToOneField(
        MethodRecord, on_delete=models.CASCADE, related_name="%(class)s", verbose_name="开展记录"
    )

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(record__in=MethodRecord.objects.filter(MethodRecord.scope_q(actor)))


class SelfReview(OfRecord):
    """A meeting at which members speak of themselves and the secretary sums up; the masses may be invited (C-16)."""

    kind = models.CharField("会议类别", max_length=20, choices=MeetingKind)
    statement_count = models.PositiveIntegerField("陈述党员（人）")
    speakers = models.ManyToManyField(PartyMember, related_name="+", blank=True, verbose_name="陈述党员")
    guest_count = models.PositiveIntegerField("邀请群众代表（人）", default=0)
    problems = models.TextField("自查的问题", max_length=2000, blank=True)
    secretary_summary = models.TextField("书记小结", max_length=2000)

    class Meta:
        verbose_name = verbose_name_plural = "自我讲评"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.statement_count} 人陈述"


class Comment(OfRecord):
    """What the body above says to a unit: what was achieved, what is wrong, where to go (C-17)."""

    occasion = models.CharField("结合的工作", max_length=20, choices=MeetingKind)
    body = models.CharField("点评单位", max_length=120)
    post = models.CharField("点评人职务", max_length=60)
    achievements = models.TextField("取得的成绩", max_length=2000)
    problems = models.TextField("存在的问题", max_length=2000)
    direction = models.TextField("努力方向", max_length=2000)

    class Meta:
        verbose_name = verbose_name_plural = "上级点评"

    def __str__(self) -> str:
        return f"{self.body} 点评"


class Pledge(Versioned, OfUnit):
    """What a Party organisation, or one of its members, promised in public, and whether it was kept (C-15)."""

    member = models.ForeignKey(
        PartyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="党员"
    )
    aspects = models.ManyToManyField(CampaignItem, related_name="+", blank=True, verbose_name="承诺方面")
    text = models.TextField("承诺内容", max_length=2000)
    # Without a day it is not public yet, and its words may still change.
    published_on = models.DateField("公布日期", null=True, blank=True)
    channel = models.CharField("公布方式", max_length=16, choices=Channel, blank=True)
    due_on = models.DateField("兑现期限", null=True, blank=True)
    self_rating = models.CharField("自评", max_length=16, choices=Fulfilment, blank=True)
    branch_rating = models.CharField("支部评定", max_length=16, choices=Fulfilment, blank=True)
    mass_rating = models.CharField("群众评定", max_length=16, choices=Fulfilment, blank=True)
    rated_on = models.DateField("评定日期", null=True, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "公开承诺"
        ordering = ["unit", "method", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "method", "member"],
                condition=Q(member__isnull=False),
                name="pledge_member_once",
                violation_error_message="这名党员的承诺已登记。",
            ),
            models.UniqueConstraint(
                fields=["unit", "method"],
                condition=Q(member=None),
                name="pledge_unit_once",
                violation_error_message="本党组织的承诺已登记。",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=models.F("published_on")),
                name="pledge_due",
                violation_error_message="兑现期限早于公布日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(published_on=None, channel="") | (Q(published_on__isnull=False) & ~Q(channel="")),
                name="pledge_published",
                violation_error_message="公布日期和公布方式要么都填，要么都不填。",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=False) | Q(self_rating="", branch_rating="", mass_rating=""),
                name="pledge_rated_when_public",
                violation_error_message="公布以后才能评定兑现。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member or self.unit} 的承诺"


class PledgeEdition(GuardedModel):
    """What a published pledge said before it was corrected and made public anew: nothing public is overwritten."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="editions", verbose_name="承诺")
    text = models.TextField("原承诺内容", max_length=2000)
    aspects = models.CharField("原承诺方面", max_length=1000, blank=True)
    published_on = models.DateField("原公布日期")
    channel = models.CharField("原公布方式", max_length=16, choices=Channel)
    due_on = models.DateField("原兑现期限", null=True, blank=True)
    reason = models.CharField("更正原因", max_length=200)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="更正人"
    )
    replaced_at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = verbose_name_plural = "承诺更正记录"
        ordering = ["pledge", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="pledge_edition_reason")]

    def __str__(self) -> str:
        return f"{self.pledge}（{self.published_on} 公布）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        if actor.role in DEPARTMENT:
            return EVERYTHING
        return Q(pledge__in=Pledge.objects.filter(Pledge.scope_q(actor)))
