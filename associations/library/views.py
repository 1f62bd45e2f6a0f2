"""Pages of the library: the documents by kind, one with its versions, its file, each step of a keeper."""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.library import services
from associations.library.enums import TONES, Audience, DocumentKind, InForce
from associations.library.forms import DocumentForm, EditionForm, EndForm
from associations.library.models import LibraryDocument
from associations.library.rules import state_on
from associations.registry.models import current_on
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import BUSINESS
from portal.access.scoping import scoped
from portal.files.models import StoredFile
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, fact, table
from portal.screens.filters import ScreenFilterSet, SearchFilter
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen

EDIT = {"GET", "POST"}


def library_crumb() -> Crumb:
    return Crumb("制度文库", reverse("associations:library"))


def page_of(row: LibraryDocument) -> str:
    return reverse("associations:library_document", args=[row.pk])


def file_of(row: LibraryDocument) -> str:
    return reverse("associations:library_file", args=[row.pk])


class LibraryFilter(ScreenFilterSet):
    """By words, kind, and whether it is in force."""

    q = SearchFilter(fields=["title", "number", "issuer"], label="名称、文号")
    kind = django_filters.ChoiceFilter(label="类别", choices=DocumentKind.choices)
    state = django_filters.ChoiceFilter(label="效力", choices=InForce.choices, method="in_state")

    class Meta:
        model = LibraryDocument
        fields: Sequence[str] = []

    def in_state(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(
            {
                InForce.COMING: Q(starts_on__gt=self.as_of),
                InForce.CURRENT: current_on(self.as_of),
                InForce.ENDED: Q(ends_on__lt=self.as_of),
            }[InForce(value)]
        )


class Library(ListScreen):
    """Every version of every document; those in force first."""

    policy = Policy(BUSINESS)
    title = "制度文库"
    unit = "份"
    model = LibraryDocument
    template_name = "associations/library/library.html"
    filterset_class = LibraryFilter
    default_order = ("kind", "title", "-edition", "pk")
    shows_as_of = True
    columns: ClassVar[Sequence[Column]] = (
        Column("title", "名称", link=page_of, sort="title", card="title"),
        Column("kind", "类别", value=lambda row: row.get_kind_display(), sort="kind"),
        Column("number", "文号", value=lambda row: row.number or None),
        Column("issuer", "发布单位"),
        Column("edition", "版次", value=lambda row: f"第{row.edition}版"),
        Column("starts_on", "施行日期", kind="date", sort="starts_on"),
        Column("ends_on", "失效日期", kind="date"),
        Column(
            "state",
            "效力",
            value=lambda row: row.state_on_day,
            kind="state",
            tone=lambda row: TONES[row.state_on_day],
            card="tag",
        ),
        Column("file", "文件", value=lambda row: "打开", link=file_of, export=False),
    )
    empty = Empty("文库里还没有文件。", "发布文件", "associations:library_new", services.KEEPERS)
    actions = (PageAction("发布文件", "associations:library_new", roles=services.KEEPERS, icon="plus"),)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        for row in rows:
            row.state_on_day = state_on(row.starts_on, row.ends_on, self.as_of)
        return rows

    def context(self) -> dict[str, Any]:
        rows = self.get_queryset(self.actor).filter(current_on(self.as_of)).order_by().values_list("kind")
        counts = dict(rows.annotate(number=Count("pk")))
        return {
            "figures": [
                (str(one.label), counts.get(one.value, 0), f"?kind={one.value}&state={InForce.CURRENT}")
                for one in DocumentKind
            ]
        }


class DocumentPage(Screen):
    """One document: what it is for, its versions, its file."""

    policy = Policy(BUSINESS)
    model = LibraryDocument
    pk_kwarg = "library_document_pk"
    template_name = "associations/library/document.html"

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(LibraryDocument, actor).select_related("file")

    def page_title(self) -> str:
        return str(self.object)

    def crumbs(self) -> list[Crumb]:
        return [library_crumb()]

    def page_actions(self) -> Sequence[PageAction]:
        return (
            PageAction("发布新版", "associations:library_replace", roles=services.KEEPERS, primary=False),
            PageAction("登记失效", "associations:library_end", roles=services.KEEPERS, primary=False),
        )

    def context(self) -> dict[str, Any]:
        one = self.object
        state = state_on(one.starts_on, one.ends_on, self.today)
        versions = scoped(LibraryDocument, self.actor).filter(kind=one.kind, title=one.title).order_by("-edition")
        columns = [
            Column("edition", "版次", value=lambda row: f"第{row.edition}版", link=page_of, card="title"),
            Column("number", "文号", value=lambda row: row.number or None),
            Column("starts_on", "施行日期", kind="date"),
            Column("ends_on", "失效日期", kind="date"),
            Column("end_reason", "失效原因", value=lambda row: row.end_reason or None),
            Column("summary", "说明", value=lambda row: row.summary or None, css="long"),
            Column("file", "文件", value=lambda row: "打开", link=file_of),
        ]
        return {
            "state": state,
            "state_tone": TONES[state],
            "file_url": file_of(one),
            "facts": [
                fact("类别", one.get_kind_display()),
                fact("文号", one.number or None),
                fact("发布单位", one.issuer),
                fact("版次", f"第{one.edition}版"),
                fact("施行日期", one.starts_on, "date"),
                fact("失效日期", one.ends_on, "date"),
                fact("阅读范围", Audience(one.audience).label),
                fact("适用说明", one.summary or None),
                fact("文件", one.file.name),
            ],
            "versions": table("各版", columns, list(versions)),
        }


class DocumentFile(Screen):
    """The file itself."""

    policy = Policy(BUSINESS)
    model = LibraryDocument

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = scoped(LibraryDocument, self.actor).select_related("file")
        return shown(get_object_or_404(rows, pk=self.kwargs["library_document_pk"]).file)


def kept(form: Any, actor: Actor) -> StoredFile:
    """The handed-in file, looked at and stored."""
    file = form.cleaned_data["file"]
    return take_upload(file, label="制度文件", kind="library", actor=actor, now=timezone.now())


class DocumentNew(FormScreen):
    policy = Policy(services.KEEPERS, EDIT)
    title = "发布文件"
    form_class = DocumentForm
    submit_label = "发布"
    success_message = "已发布。"

    def crumbs(self) -> list[Crumb]:
        return [library_crumb()]

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today, "issuer": "省委社会工作部"}

    def save(self, form: Any) -> LibraryDocument:
        given = form.cleaned_data | {"file": kept(form, self.actor)}
        return services.publish(actor=self.actor, now=timezone.now(), **given)

    def success_url(self, result: LibraryDocument) -> str:
        return page_of(result)


class OneDocument:
    """What the steps about one document share."""

    model: ClassVar[Any] = LibraryDocument
    pk_kwarg: ClassVar[str] = "library_document_pk"
    object: Any

    def crumbs(self) -> list[Crumb]:
        return [library_crumb(), Crumb(str(self.object), page_of(self.object))]

    def success_url(self, result: LibraryDocument) -> str:
        return page_of(result)


class DocumentReplace(OneDocument, FormScreen):
    """The next version."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "发布新版"
    form_class = EditionForm
    submit_label = "发布新版"
    success_message = "新版已发布，原版到施行前一天失效。"

    def save(self, form: Any) -> LibraryDocument:
        given = form.cleaned_data | {"file": kept(form, self.actor)}
        return services.replace(self.object, actor=self.actor, version=self.version, now=timezone.now(), **given)


class DocumentEnd(OneDocument, ActionScreen):
    """When it is no longer in force, and why."""

    policy = Policy(services.KEEPERS, EDIT)
    title = "登记失效"
    form_class = EndForm
    success_message = "已登记失效。"

    def consequences(self) -> list[str]:
        return ["从最后有效日期的第二天起列为已失效，文件仍可查阅。"]

    def perform(self, form: Any) -> LibraryDocument:
        return services.end(
            self.object, actor=self.actor, version=self.version, now=timezone.now(), **form.cleaned_data
        )
