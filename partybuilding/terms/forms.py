"""Forms of elections and extensions."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partybuilding.members.enums import PartyPost, SecretarySource
from partybuilding.terms.enums import ElectionMethod
from portal.screens.fields import DateField, IntegerField, ScreenForm

POSTS = {str(post.label): post.value for post in PartyPost}
SPACES = re.compile(r"[\s,，、:：]+")


class PostsField(forms.CharField):
    """Who was elected as what, one a line: 姓名 职务. Gives (name, post) in the order of the lines."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs.setdefault("max_length", 1000)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[tuple[str, str]]:  # type: ignore[override]
        found: list[tuple[str, str]] = []
        for line in super().clean(value).splitlines():
            parts = [part for part in SPACES.split(line) if part]
            if not parts:
                continue
            if len(parts) != 2 or parts[1] not in POSTS:
                raise ValidationError(
                    f"「{line.strip()[:40]}」不能识别。请每行填一人：姓名、空格、职务，职务为{'、'.join(POSTS)}之一。"
                )
            found.append((parts[0], POSTS[parts[1]]))
        names = [name for name, _post in found]
        if len(set(names)) < len(names):
            raise ValidationError("同一人填了两行。请每人只填一行，兼任的填较高的职务。")
        if sum(post == PartyPost.SECRETARY for _name, post in found) > 1:
            raise ValidationError("书记只能有一名。请核对名单。")
        return found


class ElectionForm(ScreenForm):
    """The figures of an election meeting and the superior committee's answer."""

    held_on = DateField(label="选举日期", help_text="新一届任期从这一天起算。")
    method = forms.ChoiceField(label="选举方式", choices=ElectionMethod.choices)
    eligible_count = IntegerField(
        label="应到会人数", min_value=0, max_value=99_999, help_text="有选举权的党员，不含预备党员。"
    )
    present_count = IntegerField(label="实到会人数", min_value=0, max_value=99_999)
    seat_count = IntegerField(label="应选人数", min_value=1, max_value=99)
    candidate_count = IntegerField(label="候选人数", min_value=1, max_value=200)
    elected_count = IntegerField(label="当选人数", min_value=0, max_value=99)
    least_votes = IntegerField(label="当选人最低得票数", min_value=0, max_value=99_999)
    approval_number = forms.CharField(label="选举结果批复文号", max_length=80)
    early_approval_number = forms.CharField(
        label="提前换届批准文号", max_length=80, required=False, help_text="明显早于届满日换届的必填。"
    )
    posts = PostsField(
        label="当选人员",
        required=False,
        help_text="每行一人，例如「王明 书记」。书记登记为现任；名册上有的，党内职务一并更新。只报人数的可以不填。",
    )
    secretary_origin = forms.ChoiceField(
        label="书记来源", choices=[("", "未填"), *SecretarySource.choices], required=False
    )


class ExtensionForm(ScreenForm):
    """The superior committee's approval of an extension."""

    until_on = DateField(label="延期至")
    approved_on = DateField(label="批准日期")
    approval_number = forms.CharField(label="批准文号", max_length=80, help_text="上级党委批准延期的文号。")
    reason = forms.CharField(label="延期事由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
