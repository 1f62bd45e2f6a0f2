"""Who runs an association, whom to call, and which units are its members; dated."""

from django.db import models
from django.db.models import Q

from associations.governance.enums import SINGLE_POSTS, AppointmentMode, MemberLevel, Post
from associations.registry.enums import Source
from associations.registry.models import Association, Dated, through_association
from portal.access.actor import Actor
from portal.importing.normalise import name_key
from portal.importing.precisions import Precise
from portal.people.enums import PoliticalStatus
from portal.people.models import Person, Phone
from portal.workflow.models import Versioned


class Officer(Versioned, Dated, Precise):
    """A post held by a person in an association (负责人). Facts that one office tells stand here, not on the person."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="officers", verbose_name="社会组织"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="officers", verbose_name="姓名")
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系电话"
    )
    post = models.CharField("职务", max_length=32, choices=Post)
    political_status = models.CharField("政治面貌", max_length=20, choices=PoliticalStatus, blank=True)
    term_started_on = models.DateField("本届起始日期", null=True, blank=True)
    term_count = models.PositiveSmallIntegerField("连任届数", null=True, blank=True)
    appointment_mode = models.CharField("选任或聘任", max_length=16, choices=AppointmentMode, blank=True)
    is_retired_official = models.BooleanField("离退休领导干部", null=True, blank=True)
    retired_on = models.DateField("退休日期", null=True, blank=True)
    approval_number = models.CharField("兼职批复文号", max_length=80, blank=True)
    employer = models.CharField("工作单位及职务", max_length=200, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)
    remark = models.CharField("备注", max_length=500, blank=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "负责人"
        ordering = ["association", "post", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["association", "post"],
                condition=Q(ends_on=None, post__in=[str(post) for post in SINGLE_POSTS]),
                name="officer_one_holder",
                violation_error_message="这个职务已有在任的人。请先终止原任职，或从新的任职起始日期起接任。",
            ),
            models.UniqueConstraint(
                fields=["association", "person", "post"],
                condition=Q(ends_on=None),
                name="officer_one_open",
                violation_error_message="此人已在任这个职务，不必重复登记。",
            ),
        ]
        indexes = [models.Index(fields=["association", "post", "starts_on"], name="officer_association")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_post_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class Contact(Versioned, Dated):
    """Whom to call at an association; without a person it is a telephone of the office."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="contacts", verbose_name="社会组织"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="姓名"
    )
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系电话"
    )
    duty = models.CharField("职务或分工", max_length=80, blank=True)
    is_main = models.BooleanField("首要联系方式", default=False)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)
    remark = models.CharField("备注", max_length=500, blank=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "联系人"
        ordering = ["association", "-is_main", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(phone__isnull=False),
                name="contact_given",
                violation_error_message="姓名和联系电话至少填写一项。",
            ),
            models.UniqueConstraint(
                fields=["association"],
                condition=Q(ends_on=None, is_main=True),
                name="contact_one_main",
                violation_error_message="首要联系方式只能有一个。请先取消原来的首要联系方式。",
            ),
            models.UniqueConstraint(
                fields=["association", "person"],
                condition=Q(ends_on=None, person__isnull=False),
                name="contact_one_open",
                violation_error_message="此人已是联系人，不必重复登记。",
            ),
        ]

    def __str__(self) -> str:
        return self.person.name if self.person else (self.duty or "单位电话")

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)


class MemberUnit(Versioned, Dated, Precise):
    """A unit that is a member of an association (单位会员)."""

    association = models.ForeignKey(
        Association, on_delete=models.CASCADE, related_name="member_units", verbose_name="社会组织"
    )
    name = models.CharField("单位名称", max_length=200)
    key = models.CharField(max_length=200, editable=False, db_index=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    level = models.CharField("会员类别", max_length=24, choices=MemberLevel, default=MemberLevel.MEMBER)
    industry = models.CharField("行业", max_length=80, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)
    remark = models.CharField("备注", max_length=500, blank=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "单位会员"
        ordering = ["association", "name", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["association", "key"],
                condition=Q(ends_on=None),
                name="member_unit_one_open",
                violation_error_message="这个单位已是会员，不必重复登记。",
            ),
            models.UniqueConstraint(
                fields=["association", "uscc"],
                condition=Q(ends_on=None) & ~Q(uscc=""),
                name="member_unit_code",
                violation_error_message="这个统一社会信用代码已登记为会员。请核对代码。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = name_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_association(actor)
