"""The page of voting: public, for a phone, without scripts. No address, no session and no history keeps a vote.

A voter who is signed in is nobody here either: the page asks nothing about who it is.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns.ballots.enums import Answer
from campaigns.ballots.forms import CodeForm, VoteForm
from campaigns.ballots.voting import ballot_for, cast
from portal.access.policy import Policy
from portal.screens.people import never_kept
from portal.screens.screen import Screen


class Vote(Screen):
    """First the code, then the ballot it opens, then a choice."""

    policy = Policy.public({"GET", "POST"})
    title = "群众评议投票"
    template_name = "campaigns/ballots/vote.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(CodeForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = CodeForm(request.POST)
        if not typed.is_valid():
            return self._show(typed, status=422)
        code = typed.cleaned_data["code"]
        answer, ballot = ballot_for(code, now=self.received_at)
        if ballot is None:
            return self._refuse(typed, answer)
        if "choice" not in request.POST and request.POST.get("step") != "vote":
            return self._show(VoteForm(initial={"code": code}), ballot=ballot)
        form = VoteForm(request.POST)
        if not form.is_valid():
            return self._show(form, ballot=ballot, status=422)
        answer = cast(code, form.cleaned_data["choice"], now=self.received_at)
        if answer != Answer.TAKEN:
            return self._refuse(typed, answer)
        return HttpResponseRedirect(reverse("campaigns:voted"))

    def _refuse(self, form: CodeForm, answer: Answer) -> HttpResponse:
        form.add_error("code", str(answer.label))
        return self._show(form, status=422)

    def _show(self, form: Any, *, ballot: Any = None, status: int = 200) -> HttpResponse:
        return never_kept(self.render(form=form, ballot=ballot, has_errors=bool(form.errors), status=status))


class Voted(Screen):
    """The vote is in; the page knows nothing of it."""

    policy = Policy.public()
    title = "投票成功"
    template_name = "campaigns/ballots/voted.html"
