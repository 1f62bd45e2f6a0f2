"""Forms of the account desk."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from portal.access.actor import Actor
from portal.access.roles import BUSINESS, Role
from portal.screens.fields import DateField, ScreenForm, SuggestInput

# What each managing role may give out; the service checks the scope again.
GIVEN_BY = {
    Role.DEPARTMENT_ADMIN: tuple(role for role in Role if role in BUSINESS),
    Role.REGIONAL_OFFICE: (
        Role.ASSOCIATION_FILER,
        Role.ASSOCIATION_SIGNER,
        Role.BRANCH_SECRETARY,
        Role.REGIONAL_OFFICE,
    ),
    Role.PARTY_COMMITTEE: (Role.BRANCH_SECRETARY, Role.ASSOCIATION_FILER, Role.ASSOCIATION_SIGNER),
}
USERNAME_HELP = "可以留空，由系统按统一社会信用代码或单位代码生成。"


def role_choices(actor: Actor) -> list[tuple[str, str]]:
    return [(str(role), str(role.label)) for role in GIVEN_BY.get(Role(actor.role), ())]


class AccountForm(ScreenForm):
    """One account with its first membership."""

    display_name = forms.CharField(
        label="姓名或岗位", max_length=64, help_text="同事在系统里看到的称呼，如“王某某（秘书长）”。"
    )
    role = forms.ChoiceField(label="角色")
    scope = forms.CharField(
        label="范围",
        max_length=200,
        required=False,
        widget=SuggestInput(reverse_lazy("memberships:scope_names"), beside=("role",)),
        help_text="先选角色，再输入名称中的几个字，从提示中选。社会组织写统一社会信用代码或全称；单位写代码或名称；市县写行政区划代码或名称；党组织写全称；省级社会工作部留空。",
    )
    username = forms.CharField(label="用户名", max_length=64, required=False, help_text=USERNAME_HELP)
    starts_on = DateField(label="起始日期", required=False, help_text="不填即从现在起。")
    wants_slip = forms.BooleanField(label="同时打印激活单", required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["role"].choices = [("", "请选择"), *role_choices(actor)]  # type: ignore[attr-defined]


class HandOverForm(ScreenForm):
    """Who follows, and from when."""

    display_name = forms.CharField(label="接任人姓名或岗位", max_length=64)
    username = forms.CharField(
        label="接任人用户名",
        max_length=64,
        required=False,
        help_text="接任人已有账号的，写他的用户名；没有的留空，由系统新建账号并打印激活单。",
    )
    from_on = DateField(label="接任日期", help_text="原任自前一天终止，接任人自这一天起使用。")


class EndForm(ScreenForm):
    ends_on = DateField(label="最后一天", help_text="这一天结束后，该身份不能再使用。")


class ConfirmForm(ScreenForm):
    """What the clerk did: called the number on file, heard the person, was read the number."""

    number_called = forms.CharField(
        label="回拨的号码",
        max_length=30,
        help_text="请回拨本单位存档的联系电话，不要拨打对方来电时报的号码。保存时只留首尾几位。",
    )
    answered_by = forms.CharField(label="接电话人", max_length=64)
    typed = forms.CharField(
        label="对方报出的申请号",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="对方页面上显示的 6 位数字，本页不显示。",
    )
    is_person = forms.BooleanField(label="接电话人就是账号本人，并确认是本人申请")


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
