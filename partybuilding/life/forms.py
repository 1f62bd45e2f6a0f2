"""Forms of organisation life: one short form a kind, so that it is filled in on a telephone."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from associations.registry.models import current_on
from partybuilding.life.enums import ASKED, NOT_ASKED, Area, Education, LifeKind, PioneerKind, StudyForm, StudyMode
from partybuilding.life.models import PartyGroup, StudyProgramme
from portal.access.scoping import scoped
from portal.screens.fields import DateField, IntegerField, ScreenForm

NUMBER_LIMIT = 99_999
PRESENT = {
    LifeKind.COUNCIL: ("应到理事（人）", "实到理事（人）"),
    LifeKind.COMMITTEE: ("应到委员（人）", "实到委员（人）"),
}


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class LifeForm(ScreenForm):
    """What was held: only what its kind asks for."""

    held_on = DateField(label="开展日期")
    topic = forms.CharField(label="主题", max_length=200, help_text="例如「学习贯彻全会精神」。")
    group = forms.ModelChoiceField(label="党小组", queryset=PartyGroup.objects.none())
    expected_count = IntegerField(label="应到党员（人）", min_value=1, max_value=NUMBER_LIMIT)
    present_count = IntegerField(label="实到党员（人）", min_value=0, max_value=NUMBER_LIMIT)
    by_secretary = forms.BooleanField(label="党组织书记讲党课", required=False)
    has_first_item = forms.TypedChoiceField(
        label="落实第一议题",
        choices=[("true", "是"), ("false", "否")],
        coerce=lambda value: str(value).lower() == "true",
        widget=forms.RadioSelect,
    )
    first_item = forms.CharField(
        label="第一议题学习内容", max_length=200, required=False, help_text="落实的必填，没有落实的不填。"
    )
    mode = forms.ChoiceField(label="学习方式", choices=[("", "请选择"), *StudyMode.choices])
    form = forms.ChoiceField(label="组织形式", choices=[("", "不填"), *StudyForm.choices], required=False)
    education = forms.ChoiceField(label="教育形式", choices=[("", "不填"), *Education.choices], required=False)
    programme = forms.ModelChoiceField(
        label="所属专项学习", queryset=StudyProgramme.objects.none(), required=False, help_text="不属于专项学习的不选。"
    )
    officer_count = IntegerField(
        label="参加的社会组织负责人（人）",
        min_value=0,
        max_value=NUMBER_LIMIT,
        required=False,
        help_text="没有的不填。",
    )
    member_unit_count = IntegerField(
        label="参加的会员企业代表（人）", min_value=0, max_value=NUMBER_LIMIT, required=False, help_text="没有的不填。"
    )
    content = forms.CharField(
        label="内容和决定事项", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    uploads = FilesField(
        label="附件",
        required=False,
        help_text="会议记录、签到表或照片，可一次选几个；手机上可直接拍照。单个不超过 20 MB。",
    )

    def __init__(self, *args: Any, kind: str, organization: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NOT_ASKED:
            if name not in ASKED[kind]:
                del self.fields[name]
        if kind in PRESENT:
            labels = PRESENT[LifeKind(kind)]
            self.fields["expected_count"].label, self.fields["present_count"].label = labels
        groups: Any = self.fields.get("group")
        if groups is not None:
            groups.queryset = scoped(PartyGroup, self.actor).filter(organization=organization)
        programmes: Any = self.fields.get("programme")
        if programmes is not None:
            rows = scoped(StudyProgramme, self.actor)
            running = Q(current_on(today)) | Q(pk=self.initial.get("programme"))
            programmes.queryset = rows.filter(running | Q(ends_on__gte=today.replace(month=1, day=1)))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("officer_count", "member_unit_count"):
            if name in given:
                given[name] = given[name] or 0
        if given.get("has_first_item") and not given.get("first_item"):
            self.add_error("first_item", "填写第一议题学习内容；没有落实的，请在上一项选「否」")
        return given


class RemoveForm(ScreenForm):
    """Why a record is taken out."""

    reason = forms.CharField(label="删除原因", max_length=200, help_text="例如「重复登记」。")


class GroupForm(ScreenForm):
    """A Party group."""

    name = forms.CharField(label="党小组名称", max_length=60, help_text="例如「第一党小组」。")
    starts_on = DateField(label="设立日期")


class GroupEndForm(ScreenForm):
    """The last day of a Party group."""

    ends_on = DateField(label="最后一天", help_text="从第二天起不再要求开党小组会。")


class UrgeForm(ScreenForm):
    """By when the branches catch up."""

    due_on = DateField(label="完成期限", help_text="请书记在这一天前补开，或者补登记已开展的。")


class ProgrammeForm(ScreenForm):
    """A named study programme."""

    name = forms.CharField(label="名称", max_length=120, help_text="按部署文件的全称填写。")
    starts_on = DateField(label="起始日期")
    ends_on = DateField(label="结束日期", required=False, help_text="还没有结束的不填。")
    document_number = forms.CharField(label="部署文号", max_length=80, required=False)
    is_required = forms.BooleanField(label="要求全部党组织开展", required=False, initial=True)
    note = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ProblemForm(ScreenForm):
    """What was found wrong."""

    text = forms.CharField(label="问题", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    area = forms.ChoiceField(label="所属方面", choices=Area.choices, widget=forms.RadioSelect)
    programme = forms.ModelChoiceField(label="所属专项学习", queryset=StudyProgramme.objects.none(), required=False)
    found_on = DateField(label="查摆日期")
    due_on = DateField(label="整改期限")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programme"]
        field.queryset = scoped(StudyProgramme, self.actor)


class RectifyForm(ScreenForm):
    """How it was mended."""

    rectified_on = DateField(label="完成日期")
    result = forms.CharField(label="整改情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    linked_system = forms.CharField(
        label="建立或修订的制度", max_length=200, required=False, help_text="例如「会费收支公开办法」。没有的不填。"
    )


class PioneerForm(ScreenForm):
    """A post, an area or a team of members."""

    kind = forms.ChoiceField(label="类别", choices=PioneerKind.choices)
    name = forms.CharField(label="名称", max_length=120, help_text="例如「会员服务党员示范岗」。")
    member_count = IntegerField(label="参加党员（人）", min_value=1, max_value=NUMBER_LIMIT)
    starts_on = DateField(label="起始日期")
    result = forms.CharField(
        label="发挥作用情况", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class PioneerEndForm(ScreenForm):
    """The last day of it, and what came of it."""

    ends_on = DateField(label="最后一天")
    result = forms.CharField(label="发挥作用情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
