"""What every page shares: the actor, the title, the trail, the date of validity, the answer to an undeclared method."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.audit.services import record_refusal
from portal.screens.columns import PageAction, may_see
from portal.screens.dates import parse_date
from portal.screens.errors import render_error

FROM_LABEL_LIMIT = 60


@dataclass(frozen=True)
class Crumb:
    label: str
    url: str


@dataclass(frozen=True)
class ShownAction:
    label: str
    url: str
    primary: bool
    icon: str


class Screen(View):
    """A page. Subclasses give `policy`, `title`, `template_name` and `context()`."""

    policy: ClassVar[Policy]
    title: ClassVar[str] = ""
    template_name: ClassVar[str] = ""
    actions: ClassVar[Sequence[PageAction]] = ()
    model: ClassVar[Any] = None
    pk_kwarg: ClassVar[str] = ""

    @property
    def actor(self) -> Actor:
        return self.request.actor  # type: ignore[attr-defined]  # set by the access middleware

    def remember(self, refused: Refused | Conflict) -> str:
        """Leave the trace that every refused act leaves, where the page itself answers it; returns the reason."""
        code = refused.code if isinstance(refused, Refused) else "conflict"
        record_refusal(self.request, code, refused.reason, now=timezone.now())
        return refused.reason

    @property
    def received_at(self) -> dt.datetime:
        """The instant the request reached the portal: what deadlines go by."""
        found: dt.datetime = self.request.received_at  # type: ignore[attr-defined]  # set by the request middleware
        return found

    @cached_property
    def today(self) -> dt.date:
        return timezone.localdate(self.received_at)

    @cached_property
    def requested_as_of(self) -> dt.date | None:
        """The date in `?as_of=`; None when absent or not a date."""
        return parse_date(self.request.GET.get("as_of", ""))

    @cached_property
    def as_of(self) -> dt.date:
        """The date of validity: `?as_of=YYYY-MM-DD`, else today."""
        return self.requested_as_of or self.today

    def get_queryset(self, actor: Actor) -> Any:
        """The rows this actor may see. Override to select related rows; stay with scoped()."""
        return scoped(self.model, actor)

    @cached_property
    def object(self) -> Any:
        """The object named in the URL, within the actor's scope; else 404."""
        name = self.pk_kwarg or f"{self.model._meta.model_name}_pk"
        return get_object_or_404(self.get_queryset(self.actor), pk=self.kwargs[name])

    def page_title(self) -> str:
        return self.title

    def crumbs(self) -> list[Crumb]:
        """The way back, outermost first; the page itself is not in it."""
        return []

    def page_actions(self) -> Sequence[PageAction]:
        return self.actions

    def action_args(self) -> list[Any]:
        """URL arguments of the page's actions: the object's key where there is one."""
        return list(self.kwargs.values())

    def shown_actions(self) -> list[ShownAction]:
        shown = []
        for action in self.page_actions():
            if may_see(action.roles, self.actor):
                url = reverse(action.url_name, args=self.action_args())
                url = f"{url}?{action.query}" if action.query else url
                shown.append(ShownAction(action.label, url, action.primary, action.icon))
        return shown

    def context(self) -> dict[str, Any]:
        return {}

    def base_context(self) -> dict[str, Any]:
        return {
            "title": self.page_title(),
            "has_errors": False,
            "crumbs": self.crumbs(),
            "page_actions": self.shown_actions(),
            "as_of": self.as_of,
            "is_past": self.as_of != self.today,
        }

    def render(self, *, status: int = 200, template: str = "", **extra: Any) -> HttpResponse:
        context = {**self.base_context(), **self.context(), **extra}
        return render(self.request, template or self.template_name, context, status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = render_error(
            request,
            405,
            title="这个地址不能这样访问",
            cause=f"本页不接受 {request.method} 方式的访问。",
            remedy="请从页面上的链接或按钮进入。",
        )
        response["Allow"] = ", ".join(sorted(self.policy.methods))
        return response


def query_without(query: QueryDict, *names: str, **replace: str) -> str:
    """The query string without `names` and with `replace` set; keeps the order of what remains."""
    copy = query.copy()
    for name in (*names, *replace):
        copy.pop(name, None)
    for name, value in replace.items():
        copy[name] = value
    return copy.urlencode()


def drilldown_url(label: str, url_name: str, query: dict[str, Any], *, as_of: dt.date | None = None) -> str:
    """A link from a figure to the list behind it: the list's own filter query, the date, and where it comes from."""
    pairs = list(query.items())
    if as_of is not None:
        pairs.append(("as_of", as_of.isoformat()))
    pairs.append(("from", label[:FROM_LABEL_LIMIT]))
    return f"{reverse(url_name)}?{urlencode(pairs, doseq=True)}"
