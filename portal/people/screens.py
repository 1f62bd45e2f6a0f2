"""The page on which a full number is asked for and shown once: POST with a purpose, no script needed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.access.decisions import Refused
from portal.people.forms import RevealForm
from portal.people.models import Person, Phone
from portal.privacy.masks import mask_text
from portal.privacy.services import reveal
from portal.screens.forms import FormScreen
from portal.screens.people import never_kept

LABELS = {"id_number": "公民身份号码", "phone": "联系电话"}


class RevealScreen(FormScreen):
    """A subclass names the model and policy of the role row; which numbers there are is asked of the row."""

    title = "查看完整号码"
    template_name = "people/reveal.html"
    form_class = RevealForm
    submit_label = "查看"
    intro = "页面上的号码平时只显示一部分。查看完整号码会记入查阅日志：谁、何时、为办理哪件事。一次查看一项。"

    def subject_of(self) -> str:
        """Whose number it is, in words."""
        return str(self.object)

    def numbers(self) -> list[tuple[str, str]]:
        """The registered numbers of the row: (field, label)."""
        person: Person | None = getattr(self.object, "person", None)
        phone: Phone | None = getattr(self.object, "phone", None)
        found = [("id_number", LABELS["id_number"])] if person is not None and person.id_number else []
        return found + ([("phone", LABELS["phone"])] if phone is not None else [])

    def form_kwargs(self) -> dict[str, Any]:
        return {"fields": self.numbers()}

    def base_context(self) -> dict[str, Any]:
        return {
            **super().base_context(),
            "subject_label": self.subject_of(),
            "numbers": self.numbers(),
            "value": "",
            "value_label": "",
            "purpose": "",
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return never_kept(super().get(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if not form.is_valid():
            return never_kept(self.render_form(form, status=422))
        field, purpose, labels = form.cleaned_data["field"], mask_text(form.words), dict(self.numbers())
        try:
            value = reveal(self.object, field, purpose=purpose, actor=self.actor, now=timezone.now())
        except Refused as refused:
            form.add_error(None, self.remember(refused))
            return never_kept(self.render_form(form, status=422))
        shown = self.render(form=self.get_form(), version=None, value=value, value_label=labels[field], purpose=purpose)
        return never_kept(shown)
