"""What everybody reads without signing in: notices, topics, and the way to object; no script is needed."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.requests import request_facts
from portal.files.responses import shown
from portal.publishing.enums import PublicationKind
from portal.publishing.forms import ObjectionForm, ReceiptForm
from portal.publishing.models import Publication, Topic
from portal.publishing.rules import may_object
from portal.publishing.selectors import (
    line_rows,
    lines_of,
    objection_with,
    pieces_of,
    public_publications,
    public_topics,
)
from portal.publishing.services import TooMany, lodge_objection
from portal.publishing.views import days_text, lists_of
from portal.screens.errors import render_error
from portal.screens.screen import Crumb, Screen

PUBLIC_LIMIT = 50


class PublicIndex(Screen):
    """What runs, and what was published lately."""

    policy = Policy.public()
    title = "公示公开"
    template_name = "publishing/index.html"

    def context(self) -> dict[str, Any]:
        rows = list(public_publications()[: 2 * PUBLIC_LIMIT])
        current = [
            one for one in rows if one.kind == PublicationKind.NOTICE and one.ends_on and one.ends_on >= self.today
        ]
        others = [one for one in rows if one not in current][:PUBLIC_LIMIT]
        return {
            "current": [(one, days_text(one)) for one in current],
            "others": [(one, days_text(one)) for one in others],
            "topics": list(public_topics()[:PUBLIC_LIMIT]),
        }


class PublicPage(Screen):
    """One publication; under a running notice stands the way to object."""

    policy = Policy.public()
    template_name = "publishing/public.html"

    @cached_property
    def object(self) -> Publication:
        return get_object_or_404(public_publications(), pk=self.kwargs["publication_pk"])

    def page_title(self) -> str:
        return str(self.object)

    def crumbs(self) -> list[Crumb]:
        found = [Crumb("公示公开", reverse("publishing:index"))]
        topic = self.object.topic
        return [*found, Crumb(str(topic), reverse("publishing:topic", args=[topic.pk]))] if topic else found

    def context(self) -> dict[str, Any]:
        one = self.object
        decision = may_object(one.kind, one.state, one.ends_on, self.today)
        return {
            "one": one,
            "days": days_text(one),
            "paragraphs": one.body.splitlines(),
            "lists": lists_of(lines_of(one)),
            "is_notice": one.kind == PublicationKind.NOTICE,
            "pieces": pieces_of(one) if one.kind == PublicationKind.SPECIAL else [],
            "document_url": reverse("publishing:document", args=[one.pk]) if one.document_id else "",
            "decision": decision,
            "object_url": reverse("publishing:object", args=[one.pk]) if decision else "",
        }


class PublicDocument(Screen):
    """A numbered issue as PDF; its page, as long as it is not laid out."""

    policy = Policy.public()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        one = get_object_or_404(public_publications().select_related("document"), pk=self.kwargs["publication_pk"])
        if one.document is None:
            return HttpResponseRedirect(reverse("publishing:public", args=[one.pk]))
        return shown(one.document)


class PublicTopic(Screen):
    """Everything published about one subject: how a campaign goes on, for the masses (C-23, C-29)."""

    policy = Policy.public()
    template_name = "publishing/topic.html"

    @cached_property
    def object(self) -> Topic:
        return get_object_or_404(public_topics(), pk=self.kwargs["topic_pk"])

    def page_title(self) -> str:
        return str(self.object)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("公示公开", reverse("publishing:index"))]

    def context(self) -> dict[str, Any]:
        rows = list(public_publications().filter(topic=self.object))
        progress = next((one for one in rows if one.kind == PublicationKind.PROGRESS), None)
        groups = [
            (kind.label, [(one, days_text(one)) for one in rows if one.kind == kind and one is not progress])
            for kind in PublicationKind
        ]
        return {
            "progress": progress,
            "paragraphs": progress.body.splitlines() if progress else [],
            "groups": [(label, found) for label, found in groups if found],
        }


class PublicObject(PublicPage):
    """Object to a running notice. Nobody is asked who they are; the answer is found with the receipt number."""

    policy = Policy.public({"GET", "POST"})
    template_name = "publishing/object.html"

    def page_title(self) -> str:
        return "提出异议"

    def crumbs(self) -> list[Crumb]:
        one = self.object
        return [*super().crumbs(), Crumb(str(one), reverse("publishing:public", args=[one.pk]))]

    def form(self, data: Any = None) -> ObjectionForm:
        return ObjectionForm(data, lines=line_rows(self.object))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=self.form(), receipt="")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render(form=form, has_errors=True, receipt="", status=422)
        facts = request_facts.get()
        try:
            objection = lodge_objection(
                self.object,
                text=form.cleaned_data["text"],
                line=form.cleaned_data["line"],
                address=facts.address if facts else "",
                now=timezone.now(),
            )
        except TooMany as refused:
            self.remember(refused)
            return render_error(
                request,
                429,
                title="今天提交的次数已满",
                cause=refused.reason,
                remedy="已提交的异议照常办理，凭回执号查询。",
            )
        except Refused as refused:
            form.add_error(None, self.remember(refused))
            return self.render(form=form, has_errors=True, receipt="", status=422)
        response = self.render(form=None, receipt=objection.receipt)
        response["Cache-Control"] = "private, no-store"
        return response


class PublicReceipt(Screen):
    """What became of an objection, for whoever has its receipt number; asked by POST, so it stands in no log."""

    policy = Policy.public({"GET", "POST"})
    title = "查询异议办理结果"
    template_name = "publishing/receipt.html"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("公示公开", reverse("publishing:index"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(form=ReceiptForm(), objection=None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ReceiptForm(request.POST)
        if not form.is_valid():
            return self.render(form=form, objection=None, has_errors=True, status=422)
        found = objection_with(form.cleaned_data["receipt"])
        if found is None:
            form.add_error("receipt", "没有这个回执号。请核对后重新填写，字母不分大小写。")
            return self.render(form=form, objection=None, has_errors=True, status=422)
        response = self.render(form=form, objection=found)
        response["Cache-Control"] = "private, no-store"
        return response
