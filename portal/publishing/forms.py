"""Forms of the publishing desk, and the public's form of objection."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from portal.access.scoping import scoped
from portal.publishing.enums import GATHERED, NUMBERED, WRITTEN, PublicationKind, PublicationState
from portal.publishing.models import Publication, PublicationLine, Topic
from portal.screens.fields import IntegerField, ScreenForm

TEXT = {"rows": 3}


class PublicationForm(ScreenForm):
    kind = forms.ChoiceField(label="类别", choices=[(one.value, one.label) for one in WRITTEN])
    topic: Any = forms.ModelChoiceField(label="专题", queryset=None, required=False)
    title = forms.CharField(label="标题", max_length=120)
    issue_number = IntegerField(
        label="期号", min_value=1, max_value=9_999, required=False, help_text="简报和专刊填写，同一专题不重复。"
    )
    note = forms.CharField(
        label="编者按", max_length=500, required=False, widget=forms.Textarea(attrs=TEXT), help_text="简报和专刊可写。"
    )
    pieces: Any = forms.ModelMultipleChoiceField(
        label="收录文章",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="专刊选择，至少两篇已发布的同一专题文章，按发布先后排列。",
    )
    body = forms.CharField(
        label="正文",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="分段写，每段一行。不写身份证号和手机号码。",
    )
    basis = forms.CharField(
        label="依据文件",
        max_length=200,
        required=False,
        help_text="内容涉及评比、达标、表彰、示范创建的必填文号，例如 湘办发〔2026〕8号。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["topic"]
        field.queryset = scoped(Topic, self.actor).order_by("title", "pk")
        pieces: Any = self.fields["pieces"]
        out = scoped(Publication, self.actor).filter(state=PublicationState.PUBLISHED, kind__in=GATHERED)
        pieces.queryset = out.order_by("-published_on", "-pk")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") in NUMBERED and not given.get("issue_number"):
            label = PublicationKind(given["kind"]).label
            self.add_error("issue_number", f"{label}须有期号。请填写本期期号。")
        return given


class WithdrawForm(ScreenForm):
    reason = forms.CharField(label="撤下原因", max_length=300, widget=forms.Textarea(attrs=TEXT))


class ConcludeForm(ScreenForm):
    is_upheld = forms.TypedChoiceField(
        label="核查结论",
        choices=[("no", "反映不属实"), ("yes", "反映属实")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    finding = forms.CharField(
        label="核查情况", max_length=1000, widget=forms.Textarea(attrs=TEXT), help_text="内部留存，不公开。"
    )
    result = forms.CharField(
        label="答复", max_length=500, widget=forms.Textarea(attrs=TEXT), help_text="反映人凭回执号可以看到。"
    )


class ObjectionForm(forms.Form):
    """What the public writes; nobody is asked for a name or a number."""

    line: Any = forms.ModelChoiceField(label="对哪个对象", queryset=None, required=False, empty_label="对整个名单")
    text = forms.CharField(
        label="反映的情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写明时间、地点和具体事实，便于核查。不要写身份证号和手机号码。",
        error_messages={"required": "请写明要反映的情况", "max_length": "最多 2000 个字。请缩短后再提交"},
    )

    def __init__(self, *args: Any, lines: QuerySet[PublicationLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line"]
        field.queryset = lines


class ReceiptForm(forms.Form):
    receipt = forms.CharField(
        label="回执号", max_length=20, error_messages={"required": "请填写回执号，在提交异议后的页面上。"}
    )
