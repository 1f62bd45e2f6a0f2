"""Forms of floating members."""

from django import forms

from portal.screens.fields import DateField, ScreenForm


class AwayForm(ScreenForm):
    """Since when, where, and who keeps in touch."""

    starts_on = DateField(label="外出日期")
    place = forms.CharField(label="流入地和单位", max_length=200, help_text="例如「广东省深圳市某公司」。")
    is_abroad = forms.BooleanField(label="出国（境）", required=False)
    keeper = forms.CharField(label="联系人", max_length=80, help_text="本组织负责联系的人。")


class ContactForm(ScreenForm):
    contacted_on = DateField(label="联系日期")


class BackForm(ScreenForm):
    ends_on = DateField(label="返回日期")
