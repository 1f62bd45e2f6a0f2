"""Forms of mass appraisal; the public one needs no account and no scripts."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from campaigns.ballots.codes import LENGTH
from campaigns.ballots.enums import Choice, Level
from campaigns.ballots.rules import PaperFacts
from campaigns.plans.models import Unit
from partybuilding.members.models import PartyMember
from portal.access.scoping import scoped
from portal.screens.fields import DateField, IntegerField, ScreenForm

MOST = 99_999
HOURS = [(str(hour), f"{hour} 时") for hour in range(24)]


class PaperForm(ScreenForm):
    """A count of paper ballots as it stands on the tally."""

    level = forms.ChoiceField(label="评议对象", choices=Level.choices, initial=Level.ORGANIZATION)
    member: Any = forms.ModelChoiceField(
        label="党员", queryset=None, required=False, help_text="评议党员的，从名册中选择；评议党组织的不选。"
    )
    held_on = DateField(label="评议日期")
    voters = IntegerField(
        label="应参加评议（人）", min_value=1, max_value=MOST, help_text="本单位党员、职工和受邀群众。"
    )
    issued = IntegerField(label="发出（张）", min_value=0, max_value=MOST)
    returned = IntegerField(label="收回（张）", min_value=0, max_value=MOST)
    valid = IntegerField(label="有效（张）", min_value=0, max_value=MOST)
    satisfied = IntegerField(label="满意（张）", min_value=0, max_value=MOST)
    basic = IntegerField(label="基本满意（张）", min_value=0, max_value=MOST)
    dissatisfied = IntegerField(label="不满意（张）", min_value=0, max_value=MOST)
    teller_one = forms.CharField(label="计票人", max_length=40)
    teller_two = forms.CharField(label="另一名计票人", max_length=40)
    file = forms.FileField(label="计票单照片", help_text="两名计票人签字的计票单，PDF、JPG 或 PNG，不超过 20 MB。")

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scoped(PartyMember, self.actor).filter(organization=unit.organization_id, ends_on=None)
        field: Any = self.fields["member"]
        field.queryset = rows.select_related("person").order_by("person__name", "pk")

    def facts(self) -> PaperFacts:
        given = self.cleaned_data
        names = ("voters", "issued", "returned", "valid", "satisfied", "basic", "dissatisfied")
        tellers = {"teller_one": given["teller_one"], "teller_two": given["teller_two"]}
        return PaperFacts(**{name: given[name] for name in names}, **tellers)


class BallotForm(ScreenForm):
    """A secret ballot: whom it is about, how many may vote, from when to when."""

    title = forms.CharField(label="评议事项", max_length=120, help_text="印在选票上，例如 对本支部创先争优情况的评议。")
    voter_count = IntegerField(
        label="应参加评议（人）", min_value=1, max_value=5_000, help_text="每人一张选票。少于 30 人的用纸质票。"
    )
    minimum_count = IntegerField(
        label="最少票数（张）", min_value=1, max_value=5_000, required=False, help_text="不填的按规定的最少票数。"
    )
    opens_on = DateField(label="开始日期")
    opens_hour = forms.ChoiceField(label="开始时间", choices=HOURS, initial="8")
    closes_on = DateField(label="结束日期")
    closes_hour = forms.ChoiceField(label="结束时间", choices=HOURS, initial="18")
    teller_one = forms.CharField(label="监票人", max_length=40)
    teller_two = forms.CharField(label="另一名监票人", max_length=40)

    def values(self) -> dict[str, Any]:
        """What the service takes: the two moments put together."""
        given = dict(self.cleaned_data)
        for name in ("opens", "closes"):
            moment = datetime.combine(given.pop(f"{name}_on"), time(int(given.pop(f"{name}_hour"))))
            given[f"{name}_at"] = timezone.make_aware(moment)
        return given


class CancelForm(ScreenForm):
    reason = forms.CharField(label="撤销原因", max_length=200, help_text="例如 应参加评议人数有误。")


class CodeForm(forms.Form):
    """What stands on the slip."""

    code = forms.CharField(
        label="投票码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True}),
        help_text=f"选票上的 {LENGTH} 位字母和数字，不分大小写，横线可以不输。",
        error_messages={"required": "投票码不能为空。请照选票填写。"},
    )


class VoteForm(forms.Form):
    """One choice; the code goes along unseen."""

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label="您的评议",
        choices=Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "还没有选择。请选一项。", "invalid_choice": "没有这一项。请选一项。"},
    )
