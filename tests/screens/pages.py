"""Small real pages on the register's models, for the tests of the base views; this module is also their URLconf."""

from typing import Any

import django_filters
from django import forms
from django.urls import include, path, reverse

from associations.registry.enums import STATUS_TONES, AssociationStatus
from associations.registry.models import Association
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import BUSINESS, DEPARTMENT, WORKSPACE
from portal.regions.models import Region
from portal.screens.actions import ActionScreen, BulkActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction, Tag
from portal.screens.details import DetailScreen, Header
from portal.screens.fields import DateField, IntegerField, MoneyField, ScreenForm
from portal.screens.filters import DateFilter, ScreenFilterSet, SearchFilter
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.screens.wizards import Step, WizardScreen
from portal.workflow.services import update_versioned

URLS = "tests.screens.pages"


class RegisterFilter(ScreenFilterSet):
    q = SearchFilter(fields=["name", "uscc"], label="名称或代码")
    region = django_filters.ModelChoiceFilter(queryset=lambda request: Region.objects.order_by("code"), label="登记地")
    status = django_filters.ChoiceFilter(choices=AssociationStatus.choices, label="状态")
    since = DateFilter(field_name="established_on", lookup_expr="gte", label="成立不早于")
    industry = django_filters.BooleanFilter(field_name="is_industry_association", label="行业协会商会")
    primary = ("q", "region", "status")


class RegisterList(ListScreen):
    policy = Policy(roles=BUSINESS, methods={"GET"})
    title = "社会组织名录"
    unit = "家"
    model = Association
    filterset_class = RegisterFilter
    default_order = ("name", "pk")
    shows_as_of = True
    columns = (
        Column("name", "名称", link=lambda row: reverse("detail", args=[row.pk]), sort="name", card="title"),
        Column("uscc", "统一社会信用代码", css="code"),
        Column("region", "登记地", value="region.name", sort="region__code"),
        Column(
            "status",
            "状态",
            value=lambda row: AssociationStatus(row.status),
            kind="state",
            tone=lambda row: STATUS_TONES[row.status],
            card="tag",
        ),
        Column("unit_member_count", "单位会员（家）", kind="number", sort="unit_member_count"),
    )
    empty = Empty("还没有社会组织。", "新增社会组织", "new", roles=DEPARTMENT)
    actions = (PageAction("新增社会组织", "new", roles=DEPARTMENT),)
    bulk_actions = (BulkAction("mark", "标记所选", "bulk", roles=DEPARTMENT),)

    def get_queryset(self, actor: Any) -> Any:
        return super().get_queryset(actor).select_related("region")


class RegisterDetail(DetailScreen):
    policy = Policy(roles=BUSINESS, methods={"GET"})
    model = Association
    subject = "tests.Association"
    offers_as_of = True

    def header(self, obj: Association) -> Header:
        return Header(obj.name, [Tag("正常", "green")], [obj.uscc])


class RegisterForm(ScreenForm):
    domicile = forms.CharField(label="住所", max_length=20)
    established_on = DateField(label="成立日期")
    staff_count = IntegerField(label="从业人员数", min_value=0, max_value=9999, required=False)
    registered_fund = MoneyField(label="注册资金（元）", required=False)
    region = forms.ModelChoiceField(label="登记地", queryset=Region.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("code")  # type: ignore[attr-defined]


class RegisterEdit(FormScreen):
    policy = Policy(roles=DEPARTMENT, methods={"GET", "POST"})
    title = "修改登记信息"
    submit_label = "保存登记信息"
    success_message = "登记信息已保存。"
    model = Association
    form_class = RegisterForm

    def crumbs(self) -> list[Crumb]:
        return [Crumb("社会组织名录", reverse("list"))]

    def initial(self) -> dict[str, Any]:
        names = ("domicile", "established_on", "staff_count", "registered_fund", "region")
        return {name: getattr(self.object, name) for name in names}

    def save(self, form: Any) -> Any:
        return update_versioned(self.object, version=self.version, changes=form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("list")


class RegisterNew(WizardScreen):
    policy = Policy(roles=DEPARTMENT, methods={"GET", "POST"})
    title = "登记"
    step = "check"
    form_class = RegisterForm

    def steps(self) -> list[Step]:
        return [Step("upload", "上传", reverse("list")), Step("check", "核对"), Step("commit", "写入")]

    def reference(self) -> str:
        return "DR-20261122-03"


class ReasonForm(ScreenForm):
    reason = forms.CharField(label="原因", widget=forms.Textarea)


class RegisterClose(ActionScreen):
    policy = Policy(roles=WORKSPACE, methods={"GET", "POST"})
    title = "停用登记"
    submit_label = "停用登记"
    model = Association
    form_class = ReasonForm

    def consequences(self) -> list[str]:
        return ["名录中不再显示。"]

    def decision(self) -> Decision:
        return Decision(self.actor.role in DEPARTMENT, "只有社会工作部可以停用登记。请联系社会工作部。")

    def perform(self, form: Any) -> Any:
        return form.cleaned_data["reason"]

    def success_url(self, result: Any) -> str:
        return reverse("list")

    def success_text(self, result: Any) -> str:
        return f"已停用：{result}"


class RegisterBulk(BulkActionScreen):
    policy = Policy(roles=DEPARTMENT, methods={"GET", "POST"})
    title = "标记所选"
    submit_label = "标记所选"
    model = Association
    form_class = ReasonForm
    filterset_class = RegisterFilter

    def crumbs(self) -> list[Crumb]:
        return [Crumb("社会组织名录", reverse("list"))]

    def perform(self, form: Any) -> Any:
        return [one.name for one in self.objects]

    def success_url(self, result: Any) -> str:
        return reverse("list")

    def success_text(self, result: Any) -> str:
        return "、".join(result)


urlpatterns = [
    path("list/", RegisterList.as_view(), name="list"),
    path("new/", RegisterNew.as_view(), name="new"),
    path("bulk/", RegisterBulk.as_view(), name="bulk"),
    path("<int:association_pk>/", RegisterDetail.as_view(), name="detail"),
    path("<int:association_pk>/edit/", RegisterEdit.as_view(), name="edit"),
    path("<int:association_pk>/close/", RegisterClose.as_view(), name="close"),
    path("", include("portal.urls")),
]

handler404 = "portal.screens.errors.not_found"
handler500 = "portal.screens.errors.server_error"
