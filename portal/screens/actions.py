"""A decision on one object or on several: a page that says exactly what will happen, and the POST that does it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from portal.access.decisions import Decision
from portal.screens.errors import render_error
from portal.screens.fields import ScreenForm
from portal.screens.filters import ScreenFilterSet
from portal.screens.forms import FormScreen

BULK_LIMIT = 2000
NAMED = 20


class ActionScreen(FormScreen):
    """GET shows the consequences (and the form, where one is needed), POST performs. A refused `decision()` is shown in
    words instead of the button."""

    template_name = "screens/action.html"
    form_class: ClassVar[type[ScreenForm]] = ScreenForm
    is_dangerous: ClassVar[bool] = False

    def consequences(self) -> Sequence[str]:
        """What will happen, one line each."""
        return ()

    def decision(self) -> Decision:
        return Decision(allowed=True)

    def perform(self, form: Any) -> Any:
        raise NotImplementedError

    def save(self, form: Any) -> Any:
        return self.perform(form)

    def base_context(self) -> dict[str, Any]:
        return {
            **super().base_context(),
            "consequences": self.consequences(),
            "decision": self.decision(),
            "is_dangerous": self.is_dangerous,
            "subject_label": str(self.object) if self.model is not None else "",
            "chosen": [],
            "chosen_pks": [],
            "further_count": 0,
        }


class BulkActionScreen(ActionScreen):
    """An action on the rows chosen in a list: posted `pk` values, or `all=1` with the list's query in the URL.

    The first POST (from the list) shows the page, the second (`confirmed=1`) performs. Rows are looked up in the
    actor's scope both times; what is no longer visible is left out and said so.
    """

    filterset_class: ClassVar[type[ScreenFilterSet] | None] = None

    @cached_property
    def objects(self) -> list[Any]:
        rows = self.get_queryset(self.actor)
        if self.request.POST.get("all") == "1" and self.filterset_class is not None:
            query = self.request.GET
            chosen = self.filterset_class(query, rows, request=self.request, actor=self.actor, as_of=self.as_of)
            return list(chosen.qs.order_by("pk")[: BULK_LIMIT + 1]) if chosen.is_valid() else []
        asked = {int(one) for one in self.request.POST.getlist("pk") if one.isdecimal() and len(one) < 19}
        return list(rows.filter(pk__in=sorted(asked)[: BULK_LIMIT + 1]).order_by("pk"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(self.cancel_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.objects:
            return render_error(
                request,
                400,
                title="还没有选择记录",
                cause="提交时一条记录也没有选中，或选中的记录已不在您的范围内。",
                remedy="请返回名单，在左侧勾选后再点按钮。",
            )
        if len(self.objects) > BULK_LIMIT:
            return render_error(
                request,
                400,
                title="一次选择的记录太多",
                cause=f"一次最多处理 {BULK_LIMIT:,} 条。",
                remedy="请先用筛选条件分批，再逐批处理。",
            )
        if request.POST.get("confirmed") != "1":
            return self.render_form(self.get_form())
        return super().post(request, *args, **kwargs)

    def current_version(self) -> int | None:
        return None

    def base_context(self) -> dict[str, Any]:
        names = [str(one) for one in self.objects]
        return {
            **super(ActionScreen, self).base_context(),
            "consequences": self.consequences(),
            "decision": self.decision(),
            "is_dangerous": self.is_dangerous,
            "subject_label": "",
            "chosen": names[:NAMED],
            "chosen_pks": [one.pk for one in self.objects],
            "further_count": max(0, len(names) - NAMED),
        }
