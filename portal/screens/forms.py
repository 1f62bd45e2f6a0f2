"""A form page: one service is called, refusals come back as form errors, two people at one record see both versions."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from portal.access.decisions import Conflict, Refused
from portal.screens.fields import ScreenForm, choice_labels
from portal.screens.people import ShowsPeople, never_kept
from portal.screens.screen import Screen


@dataclass(frozen=True)
class Difference:
    """One field of two versions of a record, in the words of the form."""

    label: str
    theirs: str
    ours: str

    @property
    def differs(self) -> bool:
        return self.theirs != self.ours


class FormScreen(ShowsPeople, Screen):
    """GET shows the form, POST calls `save(form)` and goes on to `success_url(result)`."""

    template_name = "screens/form.html"
    form_class: ClassVar[type[ScreenForm]]
    submit_label: ClassVar[str] = ""
    success_message: ClassVar[str] = ""
    intro: ClassVar[str] = ""

    # What a subclass gives

    def save(self, form: Any) -> Any:
        raise NotImplementedError

    def success_url(self, result: Any) -> str:
        raise NotImplementedError

    def cancel_url(self) -> str:
        """Where 取消 leads: the nearest page above."""
        crumbs = self.crumbs()
        return crumbs[-1].url if crumbs else "/"

    def initial(self) -> dict[str, Any]:
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def success_text(self, result: Any) -> str:
        return self.success_message

    # How it works

    @property
    def version(self) -> int:
        """The version of the record that the person saw when filling in the form; 0 when none was posted."""
        posted = self.request.POST.get("version", "")
        return int(posted) if posted.isdecimal() and len(posted) < 10 else 0

    def current_version(self) -> int | None:
        return getattr(self.object, "version", None) if self.model is not None else None

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, files, actor=self.actor, initial=self.initial(), **self.form_kwargs())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.render_form(self.get_form())
        return never_kept(response) if self.has_shown_people else response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_form(form, status=422)
        try:
            result = self.save(form)
        except Refused as refused:
            form.add_error(None, self.remember(refused))
            return self.render_form(form, status=422)
        except Conflict as conflict:
            self.remember(conflict)
            return self.render_conflict(form, conflict)
        text = self.success_text(result)
        if text:
            messages.success(request, text)
        return HttpResponseRedirect(self.success_url(result))

    def render_form(self, form: Any, *, status: int = 200) -> HttpResponse:
        posted_version = self.version if form.is_bound else None
        return self.render(
            status=status,
            form=form,
            has_errors=bool(form.errors),
            version=posted_version or self.current_version(),
        )

    def base_context(self) -> dict[str, Any]:
        return {
            **super().base_context(),
            "submit_label": self.submit_label or self.title,
            "cancel_url": self.cancel_url(),
            "intro": self.intro,
        }

    def render_conflict(self, form: Any, conflict: Conflict) -> HttpResponse:
        """409 with both versions: keep theirs (leave), or submit ours again on top of theirs."""
        if self.model is not None:
            self.__dict__.pop("object", None)
        fresh = self.get_form()
        differences = [
            Difference(str(fresh[name].label), words(fresh[name]), words(form[name]))
            for name in form.fields
            if name in fresh.fields
        ]
        posted = [
            (name, value)
            for name, values in self.request.POST.lists()
            if name not in ("csrfmiddlewaretoken", "version")
            for value in values
        ]
        context = {
            **self.base_context(),
            "title": "这条记录刚刚被别人修改过",
            "message": conflict.reason,
            "differences": differences,
            "posted": posted,
            "version": self.current_version(),
            "has_files": bool(self.request.FILES),
        }
        return render(self.request, "screens/conflict.html", context, status=409)

    def next_url(self, default: str) -> str:
        """`next` of the query or the form when it stays on this site, else `default`."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        is_ours = url_has_allowed_host_and_scheme(
            asked, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )
        return asked if is_ours else default


def words(field: forms.BoundField) -> str:
    """The value of a form field as a person reads it."""
    value = field.value()
    if value in (None, "", []):
        return "（未填写）"
    if hasattr(field.field, "mask"):
        return str(field.field.mask(str(value)))
    if isinstance(field.field, forms.BooleanField):
        return "是" if value in (True, "on", "true", "True", "1") else "否"
    if hasattr(field.field, "choices"):
        labels = choice_labels(field.field)
        several = value if isinstance(value, list | tuple) else [value]
        return "、".join(labels.get(str(one), str(one)) for one in several)
    return str(value)
