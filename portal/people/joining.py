"""Two records that are one human being: found from a role row, looked at side by side, joined, and taken back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.people.models import Person, PersonMerge
from portal.people.presentation import masked_number
from portal.people.services import merge, role_fields, unmerge
from portal.privacy.masks import mask_text
from portal.screens.columns import Fact, fact
from portal.screens.fields import ScreenForm
from portal.screens.forms import FormScreen
from portal.screens.people import never_kept
from portal.screens.values import Missing, date_text, period_text

MOST = 30
PLACES = ("association", "organization", "department")
WHY = "the joinings of a person whom the actor has reached through a role row"


@dataclass
class Side:
    """One record of a person: what tells people apart, numbers masked, and the role rows that name it."""

    token: str
    person: Person
    roles: list[str] = field(default_factory=list)

    def facts(self) -> list[Fact]:
        one = self.person
        return [
            fact("姓名", one.name),
            fact("性别", one.get_sex_display() or Missing.NOT_REPORTED),
            fact("出生日期", one.born_on or Missing.NOT_REPORTED, "date" if one.born_on else "text"),
            fact("证件号码", masked_number(one)),
        ]


def choice_text(side: Side) -> str:
    """A record in a line: who, and where and as what that person is named."""
    one = side.person
    number = masked_number(one)
    told = [
        one.name,
        one.get_sex_display(),
        date_text(one.born_on) if one.born_on else "出生日期未填报",
        f"证件号码 {number if isinstance(number, str) else number.label}",
    ]
    return f"{'，'.join(filter(None, told))}：{'；'.join(side.roles)}"


def sides(name: str, own: Person, actor: Actor) -> list[Side]:
    """The records of that name among the role rows in the actor's scope, the given person's first. The token of a
    record is one of those role rows: a person has no address of its own. Rows of a model that says `FOLLOWS_A_ROLE`
    name only people who stand in another role row; they move with a joining, but nobody is found by them.
    """
    found: dict[Any, Side] = {}
    for model, attribute in role_fields():
        if getattr(model, "FOLLOWS_A_ROLE", False):
            continue
        wanted = Q(**{attribute: own}) | Q(**{f"{attribute}__name_key": name_key(name)})
        fields = {one.name for one in model._meta.fields}
        places = [place for place in PLACES if place in fields]
        for row in scoped(model, actor).filter(wanted).select_related(attribute, *places).order_by("pk"):
            person = getattr(row, attribute)
            side = found.setdefault(person.pk, Side(f"{model._meta.label_lower}:{row.pk}", person))
            side.roles.append(_words(row, places))
    rest = sorted((one for one in found.values() if one.person != own), key=lambda one: one.token)
    return [found.get(own.pk, Side("", own)), *rest]


def _words(row: Any, places: Iterable[str]) -> str:
    """A role row in a line: where, as what, from when to when."""
    where = next((str(place) for name in places if (place := getattr(row, name)) is not None), "")
    period = period_text(row.starts_on, row.ends_on) if hasattr(row, "starts_on") else ""
    duty = row.get_post_display() if hasattr(row, "get_post_display") else str(row._meta.verbose_name)
    return "，".join(filter(None, (f"{where} {duty}".strip(), period)))


class JoinForm(ScreenForm):
    other = forms.ChoiceField(label="与哪一条是同一人", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="依据",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明核对了哪份材料，例如「与换届备案表核对，系同一人」；不要填写号码。",
    )

    def __init__(self, *args: Any, others: list[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = [(one.token, choice_text(one)) for one in others]  # type: ignore[attr-defined]


class JoinScreen(FormScreen):
    """A subclass names the model of the role row; only the department joins."""

    policy = Policy(DEPARTMENT, {"GET", "POST"})
    title = "合并重复人员"
    template_name = "people/join.html"
    form_class = JoinForm
    submit_label = "合并为同一人"
    intro = (
        "同一个人因没有登记证件号码而有两条记录时，在这里合并：两边的任职都归到一条人员记录，任职本身不变。"
        "合并留有记录，可以撤销。姓名相同不等于同一人，请先核对材料。"
    )

    def current_version(self) -> int | None:
        return None

    @cached_property
    def wanted(self) -> str:
        return " ".join(self.request.GET.get("name", "").split())[:64] or self.object.person.name

    @cached_property
    def sides(self) -> list[Side]:
        if self.object.person is None:
            raise Http404("nobody is named here")
        found = sides(self.wanted, self.object.person, self.actor)
        self.show_people([self.object.pk], filters=mask_text(f"与「{self.wanted}」同名 {len(found) - 1} 条"))
        return found

    @property
    def others(self) -> list[Side]:
        """What may be joined: two different numbers are two people."""
        has_number = bool(self.sides[0].person.id_number_index)
        return [one for one in self.sides[1:] if not (has_number and one.person.id_number_index)][:MOST]

    def form_kwargs(self) -> dict[str, Any]:
        return {"others": self.others}

    def context(self) -> dict[str, Any]:
        own, *rest = self.sides
        others = self.others
        return {
            "own": own,
            "others": others,
            "wanted": self.wanted,
            "different_count": sum(1 for one in rest if one.person.id_number_index and own.person.id_number_index),
            "joined": [(done.pk, done.merged_at, done.merged_by, done.reason) for done in self.joined()],
        }

    def joined(self) -> Any:
        rows = PersonMerge.objects.unscoped(WHY).filter(kept=self.object.person, undone_at=None)
        return rows.select_related("kept", "dropped", "merged_by").order_by("-merged_at", "-pk")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.POST.get("undo", "")
        if not asked:
            return never_kept(super().post(request, *args, **kwargs))
        done = next((one for one in self.joined() if str(one.pk) == asked), None)
        if done is None:
            raise Http404("no such joining")
        try:
            unmerge(done, actor=self.actor, now=timezone.now())
            messages.success(request, "合并已撤销，两条人员记录恢复原状。")
        except Refused as refused:
            messages.error(request, self.remember(refused))
        return HttpResponseRedirect(request.path)

    def save(self, form: Any) -> PersonMerge:
        """The record with a number is kept, else the one with a birthday, else the one the person came from."""
        other = next(one.person for one in self.others if one.token == form.cleaned_data["other"])
        own = self.object.person
        told = [(bool(one.id_number_index), one.born_on is not None) for one in (own, other)]
        kept, dropped = (other, own) if told[1] > told[0] else (own, other)
        reason = mask_text(form.cleaned_data["reason"])
        return merge(kept, dropped, reason=reason, actor=self.actor, now=timezone.now())

    def success_text(self, result: PersonMerge) -> str:
        return f"已合并：两边的任职现在都是「{result.kept}」的。核对有误的，可在「合并重复人员」里撤销。"
