"""The pages of a dated role row of a person: officer, contact, Party member. One shape, whatever wing the row is of."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT
from portal.access.scoping import GuardedModel, scoped
from portal.people.forms import keeps_numbers
from portal.people.presentation import masked_number, masked_phone
from portal.screens.actions import ActionScreen
from portal.screens.columns import Fact, PageAction, fact
from portal.screens.details import DetailScreen
from portal.screens.forms import FormScreen
from portal.screens.screen import Crumb
from portal.screens.values import Missing

SHARED = ("name", "sex", "born_on")


class RoleRow:
    """What the pages of one role row share. `route` names its own page; `<route>_edit`, `_end`, `_reveal` and `_join`
    are the others. A subclass says what stands `above` it.
    """

    model: ClassVar[type[GuardedModel]]
    route: ClassVar[str]
    related: ClassVar[Sequence[str]] = ("person", "phone")
    actor: Actor
    object: Any

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(self.model, actor).select_related(*self.related)

    def above(self) -> list[Crumb]:
        raise NotImplementedError

    def own_url(self, page: str = "") -> str:
        return reverse(f"{self.route}{page}", args=[self.object.pk])

    def crumbs(self) -> list[Crumb]:
        return [*self.above(), Crumb(str(self.object), self.own_url())]

    def success_url(self, result: Any) -> str:
        return self.own_url()


class RoleRowDetail(RoleRow, DetailScreen):
    """One role row with its person; numbers masked, the reading written down."""

    template_name = "people/role_row.html"
    keepers: ClassVar[frozenset[Any]] = frozenset()
    end_label: ClassVar[str]

    def sections(self) -> list[tuple[str, list[Fact]]]:
        """The facts of the page under their headings."""
        raise NotImplementedError

    def may_keep(self) -> bool:
        return True

    def crumbs(self) -> list[Crumb]:
        return self.above()

    def page_actions(self) -> list[PageAction]:
        found = []
        if self.may_keep():
            found.append(PageAction("修改", f"{self.route}_edit", roles=self.keepers, icon="edit"))
            if self.object.ends_on is None:
                found.append(PageAction(self.end_label, f"{self.route}_end", roles=self.keepers, primary=False))
        if self.object.person_id is not None:
            found.append(PageAction("合并重复人员", f"{self.route}_join", roles=DEPARTMENT, primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([one.pk])
        has_number = bool(one.phone_id or (one.person_id and one.person.id_number))
        return {"sections": self.sections(), "reveal_url": self.own_url("_reveal") if has_number else ""}


class RoleRowEdit(RoleRow, FormScreen):
    """Correct a role row; `own_fields` are shown as they are, numbers never. `correct` is the service."""

    submit_label = "保存"
    success_message = "已保存。"
    own_fields: ClassVar[Sequence[str]] = ()
    correct: ClassVar[Callable[..., Any]]

    def context(self) -> dict[str, Any]:
        self.show_people([self.object.pk])
        return {"sections": getattr(self.form_class, "SECTIONS", ())}

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().get_form(data, files)
        keeps_numbers(form, masked_number(self.object.person), masked_phone(self.object.phone))
        return form

    def initial(self) -> dict[str, Any]:
        one = self.object
        shared = {name: getattr(one.person, name) for name in SHARED} if one.person_id else {}
        return shared | {name: getattr(one, name) for name in self.own_fields}

    def save(self, form: Any) -> Any:
        return type(self).correct(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class RoleRowEnd(RoleRow, ActionScreen):
    """End a role row on a day; `end` is the service."""

    end: ClassVar[Callable[..., Any]]
    today: Any

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def perform(self, form: Any) -> Any:
        return type(self).end(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


def person_facts(one: Any, *told: Fact) -> list[Fact]:
    """What stands about the person of a role row, numbers masked; `told` is what this office knows besides."""
    person = one.person
    return [
        fact("姓名", person.name),
        fact("证件类型", person.get_id_type_display() if person.id_number else Missing.NOT_REPORTED),
        fact("公民身份号码", masked_number(person)),
        fact("性别", or_unreported(person.get_sex_display())),
        fact("出生日期", or_unreported(person.born_on), "date"),
        *told,
        fact("联系电话", masked_phone(one.phone)),
    ]


def or_unreported(value: Any) -> Any:
    return Missing.NOT_REPORTED if value in (None, "") else value
