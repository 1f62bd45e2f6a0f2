"""Pages of urging a close: whom to call, writing down a call, where a unit is called."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone

from partybuilding.closing import urging
from partybuilding.closing.forms import ContactForm
from partybuilding.closing.models import Close, CloseUnit, UnitCall
from partybuilding.closing.transitions import CLOSERS
from partybuilding.closing.views import UnitScreen, close_crumb, closes_crumb
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.notices.calls import Call, calls_table
from portal.notices.forms import CallForm
from portal.screens.forms import FormScreen
from portal.screens.screen import Crumb, Screen


class CloseUrging(Screen):
    """The units that have not confirmed, with telephone and last call, and a text to pass on."""

    policy = Policy(DEPARTMENT)
    model: ClassVar[Any] = Close
    template_name = "partybuilding/closing/urging.html"
    call_url, contact_url = "partybuilding:unit_call_new", "partybuilding:unit_contact"
    ask = "请登录系统，与上月对照后确认；没有变化的按「本月无变化」确认"

    def page_title(self) -> str:
        return f"{self.object}催报"

    def crumbs(self) -> list[Crumb]:
        return [closes_crumb(), close_crumb(self.object)]

    def groups(self) -> list[urging.Called]:
        units = scoped(CloseUnit, self.actor).filter(close=self.object)
        return urging.to_call(units, scoped(UnitCall, self.actor))

    def context(self) -> dict[str, Any]:
        groups = self.groups()
        return {
            "groups": [(group, group.text(self.object, self.today, self.ask)) for group in groups],
            "total": sum(len(group.units) for group in groups),
            "call_url": self.call_url,
            "contact_url": self.contact_url,
        }


class UnitCallNew(UnitScreen, FormScreen):
    """Write down a call, beside those that were made."""

    policy = Policy(DEPARTMENT, {"GET", "POST"})
    title = "登记催报电话"
    form_class = CallForm
    template_name = "notices/call.html"
    submit_label = "登记"
    success_message = "已登记。"
    calls: ClassVar[Any] = UnitCall
    urging_url: ClassVar[str] = "partybuilding:close_urging"

    def context(self) -> dict[str, Any]:
        calls = scoped(self.calls, self.actor).filter(unit=self.object)
        return {"subject_label": self.object.label, "calls": calls_table(calls)}

    def save(self, form: Any) -> Call:
        return urging.log_call(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse(self.urging_url, args=[self.object.asking.pk])


class UnitContact(UnitScreen, FormScreen):
    """The office and its telephone."""

    policy = Policy(CLOSERS, {"GET", "POST"})
    title = "登记联络电话"
    form_class = ContactForm
    submit_label = "保存"
    success_message = "已保存。"

    def initial(self) -> dict[str, Any]:
        return {"post": self.object.contact_post, "phone": self.object.contact_phone}

    def save(self, form: Any) -> Any:
        return urging.set_contact(
            self.object, actor=self.actor, version=self.version, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: Any) -> str:
        return str(result.url)
