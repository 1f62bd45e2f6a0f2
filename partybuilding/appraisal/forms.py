"""Forms of yearly reviews and reports."""

from collections.abc import Sequence
from typing import Any

from django import forms

from partybuilding.appraisal.enums import MemberGrading, Rating
from partybuilding.members.models import PartyMember
from portal.screens.fields import DateField, IntegerField, ScreenForm

LIMIT = 99_999
GRADE = "grade_"
SECTION = "section_"
NOT_GRADED = ("", "不评定")


def year_field() -> IntegerField:
    return IntegerField(label="年度", min_value=2000, max_value=2100)


def count_field(label: str, **kwargs: Any) -> IntegerField:
    return IntegerField(label=label, min_value=0, max_value=LIMIT, **kwargs)


class ReviewForm(ScreenForm):
    """民主评议 by numbers, or by name where there is a roster: then the grades are counted, not typed."""

    year = year_field()
    held_on = DateField(label="评议日期")
    member_count = count_field("党员总数（人）", help_text="含预备党员。")
    probationary_count = count_field("其中预备党员（人）", help_text="参加评议，不评定等次。")
    participant_count = count_field("参加评议（人）")
    excellent_count = count_field("优秀（人）", help_text="不超过评定人数的三分之一。")
    competent_count = count_field("合格（人）")
    basic_count = count_field("基本合格（人）")
    failing_count = count_field("不合格（人）")
    note = forms.CharField(label="处置和整改", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, members: Sequence[PartyMember] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_by_name = bool(members)
        if not self.is_by_name:
            return
        for name in ("excellent_count", "competent_count", "basic_count", "failing_count"):
            del self.fields[name]
        for one in members:
            self.fields[f"{GRADE}{one.pk}"] = forms.ChoiceField(
                label=one.person.name, choices=[NOT_GRADED, *MemberGrading.choices], required=False
            )
        self.order_fields([*(name for name in self.fields if name != "note"), "note"])

    def values(self) -> dict[str, Any]:
        """The cleaned data as the service takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith(GRADE)}
        if self.is_by_name:
            chosen = {
                int(name.removeprefix(GRADE)): value
                for name, value in self.cleaned_data.items()
                if name.startswith(GRADE) and value
            }
            given["grades"] = chosen
        return given


class PaperForm(ScreenForm):
    """A yearly report: its day and its sections, all of which are asked for."""

    year = year_field()
    reported_on = DateField(label="报告日期")

    def __init__(self, *args: Any, sections: Sequence[tuple[str, str]], has_year: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_year:
            del self.fields["year"]
        for code, label in sections:
            self.fields[f"{SECTION}{code}"] = forms.CharField(
                label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
            )

    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith(SECTION)}
        texts = {
            name.removeprefix(SECTION): value for name, value in self.cleaned_data.items() if name.startswith(SECTION)
        }
        return given | {"texts": texts}


class RateForm(ScreenForm):
    """How the body above rates."""

    rating = forms.ChoiceField(label="评议结果", choices=Rating.choices, widget=forms.RadioSelect)
    rated_on = DateField(label="评议日期")
    comment = forms.CharField(
        label="评议意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReturnForm(ScreenForm):
    """What is to be mended."""

    comment = forms.CharField(label="需要修改的内容", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
