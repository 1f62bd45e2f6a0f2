"""Forms of what units did: short enough for a phone. Which one is asked, the method's form says."""

from typing import Any

from django import forms

from campaigns.methods.enums import REVIEWING, Channel, Fulfilment, MeetingKind
from campaigns.methods.models import Pledge
from campaigns.methods.selectors import has_roster, members_expected, roster_of
from campaigns.methods.services import CommentGiven, Given, PledgesGiven, ReviewGiven
from campaigns.plans.enums import ItemKind, MethodForm
from campaigns.plans.models import CampaignItem, Unit
from portal.access.scoping import scoped
from portal.screens.fields import DateField, IntegerField, ScreenForm

TEXT = {"rows": 5}
FILE_HELP = "PDF、JPG 或 PNG，不超过 20 MB。"
NOT_YET = ("", "未评")


class UnitForm(ScreenForm):
    """A form of one unit."""

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit


class RecordForm(UnitForm):
    """That a method was carried out, and how."""

    done_on = DateField(label="完成日期")
    summary = forms.CharField(
        label="开展情况",
        max_length=2000,
        widget=forms.Textarea(attrs=TEXT),
        help_text="怎样开展、有什么结果，几句话即可。",
    )
    file = forms.FileField(label="材料", required=False, help_text=FILE_HELP)
    own = ("done_on", "summary", "file")

    def given(self) -> Given | None:
        """What the service takes beyond day, words and file."""
        return None


class PledgesDoneForm(RecordForm):
    """Pledging is done; who has a roster is counted by it."""

    expected = IntegerField(label="应承诺的党员（人）", min_value=0, max_value=99_999)
    members = IntegerField(label="已公开承诺的党员（人）", min_value=0, max_value=99_999)
    field_order = ("done_on", "expected", "members", "summary", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_roster(self.unit):
            del self.fields["expected"], self.fields["members"]
        else:
            self.fields["expected"].initial = members_expected(self.unit) or None

    def given(self) -> PledgesGiven:
        data = self.cleaned_data
        return PledgesGiven(data.get("expected") or 0, data.get("members") or 0)


class ReviewForm(RecordForm):
    """A meeting of self-review."""

    kind = forms.ChoiceField(label="会议类别", choices=[(one.value, one.label) for one in REVIEWING])
    expected = IntegerField(label="应到党员（人）", min_value=1, max_value=99_999)
    present = IntegerField(label="实到党员（人）", min_value=1, max_value=99_999)
    speakers: Any = forms.ModelMultipleChoiceField(
        label="陈述党员", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    statements = IntegerField(label="陈述党员（人）", min_value=1, max_value=99_999)
    guests = IntegerField(label="邀请群众代表（人）", min_value=0, max_value=99_999, initial=0)
    problems = forms.CharField(
        label="自查的问题", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    secretary_summary = forms.CharField(label="书记小结", max_length=2000, widget=forms.Textarea(attrs=TEXT))
    field_order = (
        *("done_on", "kind", "expected", "present", "speakers", "statements", "guests", "problems"),
        *("secretary_summary", "file"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["done_on"].label = "会议日期"
        del fields["summary"]
        fields["expected"].initial = members_expected(self.unit) or None
        if has_roster(self.unit):
            fields["speakers"].queryset = roster_of(self.actor, self.unit)
            fields["speakers"].required = True
            del fields["statements"]
        else:
            del fields["speakers"]

    def given(self) -> ReviewGiven:
        data = self.cleaned_data
        speakers = tuple(data.get("speakers") or ())
        return ReviewGiven(
            kind=data["kind"],
            expected=data["expected"],
            present=data["present"],
            statements=data.get("statements") or len(speakers),
            guests=data["guests"],
            problems=data["problems"],
            secretary_summary=data["secretary_summary"],
            speakers=speakers,
        )


class CommentForm(RecordForm):
    """What the body above says: praise, fault, direction."""

    occasion = forms.ChoiceField(label="结合的工作", choices=MeetingKind.choices)
    post = forms.CharField(label="点评人职务", max_length=60, help_text="例如 党委书记。")
    achievements = forms.CharField(label="取得的成绩", max_length=2000, widget=forms.Textarea(attrs=TEXT))
    problems = forms.CharField(label="存在的问题", max_length=2000, widget=forms.Textarea(attrs=TEXT))
    direction = forms.CharField(label="努力方向", max_length=2000, widget=forms.Textarea(attrs=TEXT))
    field_order = ("done_on", "occasion", "post", "achievements", "problems", "direction", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].label = "点评日期"
        del self.fields["summary"]

    def given(self) -> CommentGiven:
        names = ("occasion", "post", "achievements", "problems", "direction")
        return CommentGiven(**{name: self.cleaned_data[name] for name in names})


FORMS: dict[str, type[RecordForm]] = {
    MethodForm.PLEDGE: PledgesDoneForm,
    MethodForm.REVIEW: ReviewForm,
    MethodForm.COMMENT: CommentForm,
}


class PledgeForm(UnitForm):
    """A published pledge of the organisation, or of one of its members."""

    member: Any = forms.ModelChoiceField(
        label="承诺人", queryset=None, required=False, empty_label="本党组织", help_text="党员个人的承诺从名册中选择。"
    )
    aspects: Any = forms.ModelMultipleChoiceField(
        label="承诺方面", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(label="承诺内容", max_length=2000, widget=forms.Textarea(attrs=TEXT))
    published_on = DateField(label="公布日期", required=False, help_text="还没有公布的不填，公布以后再补。")
    channel = forms.ChoiceField(label="公布方式", choices=[("", "还没有公布"), *Channel.choices], required=False)
    due_on = DateField(label="兑现期限", required=False)
    reason = forms.CharField(label="更正原因", max_length=200, help_text="原承诺内容留存备查。")

    def __init__(self, *args: Any, pledge: Pledge | None = None, **kwargs: Any) -> None:
        """Of a pledge that stands nobody changes whose it is; once it is public, a correction says why."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if pledge is not None:
            del fields["member"]
        if pledge is None or pledge.published_on is None:
            del fields["reason"]
        if "member" in fields:
            fields["member"].queryset = roster_of(self.actor, self.unit)
        aspects = scoped(CampaignItem, self.actor).filter(campaign=self.unit.campaign_id, kind=ItemKind.ASPECT)
        fields["aspects"].queryset = aspects.order_by("number")


class RatingForm(ScreenForm):
    """Whether a pledge was kept."""

    self_rating = forms.ChoiceField(label="自评", choices=[NOT_YET, *Fulfilment.choices], required=False)
    branch_rating = forms.ChoiceField(label="支部评定", choices=[NOT_YET, *Fulfilment.choices], required=False)
    mass_rating = forms.ChoiceField(label="群众评定", choices=[NOT_YET, *Fulfilment.choices], required=False)
    rated_on = DateField(label="评定日期")


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="撤回原因", max_length=200, help_text="例如 登记到了别的推进方式。")
