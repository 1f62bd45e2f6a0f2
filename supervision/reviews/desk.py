"""The review page of one filing, and the steps that are taken from it."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Conflict, Decision, Refused
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.filing.examination import Examination
from portal.screens.people import ShowsPeople, never_kept
from portal.screens.screen import Crumb, Screen, query_without
from portal.workflow.services import explain
from supervision.inspections.enums import (
    CONCLUSION_TONES,
    STAGE_STATES,
    STATE_TONES,
    Conclusion,
    InspectionState,
    Stage,
)
from supervision.inspections.models import Inspection
from supervision.inspections.selectors import NOBODY_LABEL
from supervision.inspections.transitions import CONCLUDE, HOLDER, STAGE_OF_STATE, ReviewFacts, next_stage
from supervision.reviews import services
from supervision.reviews.comparison import Part, compare, examined, flags_of_none
from supervision.reviews.dossier import Dossier, dossier
from supervision.reviews.enums import QUEUE_LABELS, Queue, Show
from supervision.reviews.filters import ReviewFilter
from supervision.reviews.phrases import PHRASES
from supervision.reviews.selectors import Neighbours, neighbours, queue_q, queues_of, reviewable, stage_of_role
from supervision.rounds.selectors import form_of
from supervision.rounds.services import CAN_EXTEND

REVIEWERS = frozenset(str(role) for role in HOLDER.values())
EDIT = {"GET", "POST"}
SHOW_LABELS = {
    Show.ALL: "全部内容",
    Show.CHANGED: "只看变动",
    Show.FLAGGED: "只看规则提示",
    Show.SINCE: "只看补正后的变化",
}
# Queues that are worked off one by one; the others are for looking things up.
WALKED = frozenset({Queue.MINE, Queue.OVERDUE, Queue.RETURNED})
REMARK, SEEN = "remark.", "seen."
# What else people write on the pages of the steps.
WRITTEN = frozenset({"number", "reason", "text"})


class ReviewScreen:
    """What the pages of one filing share: the queue that the person came from goes along in the query."""

    model = Inspection
    pk_kwarg = "inspection_pk"
    request: HttpRequest
    actor: Actor
    object: Any
    today: Any
    as_of: Any

    def get_queryset(self, actor: Actor) -> QuerySet[Inspection]:
        return reviewable(actor)

    @cached_property
    def queue(self) -> Queue:
        mine = [queue for queue, _label in queues_of(self.actor.role)]
        asked = self.request.GET.get("queue", "")
        return Queue(asked) if asked in mine else mine[0]

    @property
    def queue_query(self) -> str:
        return query_without(self.request.GET, "show", "file", "days", "from", queue=str(self.queue))

    def queue_url(self) -> str:
        return f"{reverse('supervision:reviews')}?{self.queue_query}"

    def page_url(self, pk: int | None = None, **extra: str) -> str:
        found = QueryDict(self.queue_query, mutable=True)
        found.update(extra)
        return f"{reverse('supervision:review', args=[pk or self.object.pk])}?{found.urlencode()}"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("年检审核", self.queue_url())]

    @cached_property
    def neighbours(self) -> Neighbours:
        """The filings before and after this one in the queue that the person came from, with its filters."""
        if self.queue not in WALKED:
            return Neighbours(0, 0, None, None)
        rows = self.get_queryset(self.actor).filter(queue_q(self.queue, self.actor.role, self.today))
        if not set(self.request.GET) & set(ReviewFilter.base_filters):
            return neighbours(rows, self.object)
        chosen = ReviewFilter(self.request.GET, rows, request=self.request, actor=self.actor, as_of=self.as_of)
        return neighbours(chosen.qs if chosen.is_valid() else rows, self.object)

    def after_step_url(self) -> str:
        """The next filing of the queue, or the queue when this was the last."""
        following = self.neighbours.following or self.neighbours.previous
        return self.page_url(following) if following else self.queue_url()

    def conflict(self, conflict: Conflict) -> HttpResponse:
        """409 with both versions; what was typed can be copied from the page."""
        typed = [
            text
            for name, text in self.request.POST.items()
            if (name.startswith(REMARK) or name in WRITTEN) and str(text).strip()
        ]
        response = self.render(  # type: ignore[attr-defined]
            status=409,
            template="supervision/reviews/conflict.html",
            title="这份年检刚刚被别人办理过",
            has_errors=True,
            message=conflict.reason,
            ours=list(conflict.ours.items()),
            theirs=list(conflict.theirs.items()),
            typed=typed,
            page_url=self.page_url(),
        )
        return response  # type: ignore[no-any-return]


class ReviewPage(ReviewScreen, ShowsPeople, Screen):
    """Last year, this year, rules and remarks; under them the steps that this role may take, or why it may not."""

    policy = Policy(WORKSPACE, EDIT)
    template_name = "supervision/reviews/review.html"

    def page_title(self) -> str:
        return str(self.object.association.name)

    @cached_property
    def dossier(self) -> Dossier:
        return dossier(self.object, self.actor, self.today)

    @cached_property
    def show(self) -> Show:
        asked = self.request.GET.get("show", "")
        shows = self.dossier.shows
        return Show(asked) if asked in shows else shows[0]

    @cached_property
    def stage(self) -> Stage | None:
        return stage_of_role(self.actor.role)

    @property
    def is_mine(self) -> bool:
        """Whether the filing is on the desk of this role."""
        return self.stage is not None and self.object.state == STAGE_STATES[self.stage]

    def decision(self) -> Decision:
        """Why this role takes no step now: who has it in hand, or the words of the step itself."""
        if self.stage is None:
            return Decision(False, self.waiting_for())
        step = CONCLUDE if self.stage == Stage.REGISTRAR else services.forwarding(self.object)
        return explain(step, self.object, actor=self.actor, facts=ReviewFacts())

    def waiting_for(self) -> str:
        """In whose hands the filing is, for those who only watch; empty when nothing is left to do."""
        state = InspectionState(self.object.state)
        stage = STAGE_OF_STATE.get(state)
        if stage is not None:
            body = getattr(self.object, str(stage))
            return f"现在由「{body.name if body else NOBODY_LABEL}」办理（{stage.label}），您可以查看，不能办理。"
        if state == InspectionState.FILED_ELSEWHERE:
            return "已在登记管理机关系统报送，等待录入结论。"
        return "现在由社会组织填报，报送后才能审核。" if state in CAN_EXTEND else ""

    def after_label(self) -> str:
        """Whom the filing goes to after this step."""
        if self.stage is None or self.stage not in self.object.stages:
            return ""
        after = next_stage(self.stage, self.object.stages)
        return Stage(after).label if after else ""

    def context(self) -> dict[str, Any]:
        found, one = self.dossier, self.object
        parts = self.parts
        chosen_file = self.chosen_file()
        if found.is_personal:
            self.show_people([one.pk])
        return {
            "inspection": one,
            "state_tone": STATE_TONES[InspectionState(one.state)],
            "conclusion_tone": CONCLUSION_TONES[Conclusion(one.conclusion)] if one.conclusion else "",
            "dossier": found,
            "parts": parts,
            "shown_count": sum(part.shown_count for part in parts),
            "line_count": sum(part.line_count for part in parts),
            "draft_count": sum(1 for place in found.known.drafts if place[0]),
            "flag_lines": [
                (line.label, flag, line.key)
                for part in self.compared(Show.FLAGGED)
                for group in part.groups
                for line in group.lines
                for flag in line.flags
            ],
            "other_flags": dict.fromkeys([*flags_of_none(found.known.flags, found.form), *found.flags]),
            "shows": [(SHOW_LABELS[show], self.page_url(show=show), show == self.show) for show in found.shows],
            "show": self.show,
            "last_label": f"上年（{one.round.report_year - 1}）",
            "this_label": f"本年（{one.round.report_year}）",
            "queue_label": dict(queues_of(self.actor.role)).get(self.queue, QUEUE_LABELS[self.queue]),
            "queue_url": self.queue_url(),
            "neighbours": self.neighbours,
            "previous_url": self.page_url(self.neighbours.previous) if self.neighbours.previous else "",
            "following_url": self.page_url(self.neighbours.following) if self.neighbours.following else "",
            "is_mine": self.is_mine,
            "is_registrar": self.stage == Stage.REGISTRAR,
            "colleagues": self.colleagues() if self.is_mine else [],
            "stage": self.stage,
            "after_label": self.after_label(),
            "decision": self.decision(),
            "is_past_due": one.due_on is not None and one.due_on < self.today,
            "conclusions": [(code, label) for code, label in Conclusion.choices],
            "suggestion": found.suggestion,
            "shows_suggestion": self.stage not in {Stage.SUPERVISOR, Stage.COMMITTEE},
            "phrases": PHRASES,
            "version": one.version,
            "links": self.links(),
            "file": chosen_file,
            "urge_url": reverse("supervision:review_urge", args=[one.pk]) if self.may_urge else "",
            "return_days": one.round.correction_working_days,
            "reveal_url": self.reveal_url(),
            "posted": {},
            "problems": [],
            "page_url": self.page_url(show=self.show),
            "remarks_url": f"{reverse('supervision:review_remarks', args=[one.pk])}?{self.queue_query}",
        }

    def colleagues(self) -> list[tuple[str, Any]]:
        """Who else of this stage is at it: (name, when the last of the remarks that are not sent was written)."""
        found: dict[str, Any] = {}
        for one in self.dossier.remarks:
            is_draft = one.sent_in_id is None and one.stage == self.stage
            if is_draft and one.written_by is not None and one.written_by_id != self.actor.user_id:
                name = one.written_by.display_name
                found[name] = max(found.get(name, one.written_at), one.written_at)
        return list(found.items())

    @property
    def may_urge(self) -> bool:
        if self.actor.role not in {str(role) for role in services.WATCHERS}:
            return False
        return self.object.state not in {InspectionState.CONCLUDED, InspectionState.EXEMPTED}

    @cached_property
    def parts(self) -> Sequence[Part]:
        return self.compared(self.show)

    def compared(self, show: Show) -> Sequence[Part]:
        first = self.stage == Stage.COMMITTEE
        return compare(self.dossier.known, show, party_first=first, found=self.examined)

    @cached_property
    def examined(self) -> Examination:
        return examined(self.dossier.known)

    def reveal_url(self) -> str:
        found = self.dossier
        if not found.is_personal:
            return ""
        return f"{reverse('supervision:review_reveal', args=[self.object.pk])}?{self.queue_query}"

    def chosen_file(self) -> Any:
        asked = self.request.GET.get("file", "")
        return next(
            (one for one in [*self.dossier.attachments, *self.dossier.signatures] if str(one.pk) == asked), None
        )

    def links(self) -> list[tuple[str, str]]:
        """The pages about this filing that this role may open."""
        args = [self.object.pk]
        found = [("办理经过和历次报送", reverse("supervision:review_history", args=args))]
        if self.object.state == InspectionState.CONCLUDED:
            if self.stage == Stage.REGISTRAR:
                found.append(("撤回结论重新审查", reverse("supervision:review_reconsider", args=args)))
            if self.actor.role in services.RECORDERS:
                found.append(("更正录入的结论", reverse("supervision:review_record", args=args)))
        elif self.actor.role in services.RECORDERS and self.object.state != InspectionState.EXEMPTED:
            found.append(("录入已有文号的结论", reverse("supervision:review_record", args=args)))
        return [(label, f"{url}?{self.queue_query}") for label, url in found]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self.render()
        return never_kept(response) if self.has_shown_people else response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what was typed, then take the step that the button named."""
        asked, _, conclusion = request.POST.get("do", "").partition(":")
        onward = self.after_step_url()  # the place in the queue is what it was before the step
        try:
            if posted_version(request.POST) != self.object.version:
                raise services.moved_on(self.object, asked, request.POST.get(f"{REMARK}.", ""))
            save_remarks(request, self.object, self.actor)
            if asked == "return":
                days = request.POST.get("days", "")
                query = {"days": days} if days.isdecimal() and len(days) < 4 else {}
                return HttpResponseRedirect(self.return_url(**query))
            self.step(asked, conclusion)
        except Conflict as conflict:
            self.remember(conflict)
            return self.conflict(conflict)
        except Refused as refused:
            return self.again(self.remember(refused))
        return HttpResponseRedirect(onward)

    def return_url(self, **extra: str) -> str:
        found = QueryDict(self.queue_query, mutable=True)
        found.update(extra)
        return f"{reverse('supervision:review_return', args=[self.object.pk])}?{found.urlencode()}"

    def step(self, asked: str, conclusion: str) -> None:
        """Forward or conclude, with the version that the person saw; `Refused` for anything else."""
        one, posted = self.object, self.request.POST
        name = one.association.name
        given: dict[str, Any] = {
            "actor": self.actor,
            "version": posted_version(posted),
            "now": timezone.now(),
            "set_aside": posted.get("set_aside") == "1",
        }
        text = posted.get(f"{REMARK}.", "")
        if asked == "conclude":
            services.conclude(one, conclusion=conclusion, reason=text, on=self.today, **given)
            messages.success(self.request, f"「{name}」已作出结论：{one.get_conclusion_display()}。")
        elif asked == "forward":
            services.forward(one, text=text, **given)
            messages.success(self.request, f"「{name}」已办理，现在是「{one.get_state_display()}」。")
        else:
            raise Refused("review.step", "没有选择办理方式。请点「保存意见」「退回补正」或通过的按钮。")

    def again(self, problem: str) -> HttpResponse:
        """The same page with the reason on top and everything that was typed."""
        self.__dict__.pop("object", None)
        self.__dict__.pop("dossier", None)
        self.__dict__.pop("parts", None)
        self.__dict__.pop("examined", None)
        typed = {name.removeprefix(REMARK): text for name, text in self.request.POST.items() if name.startswith(REMARK)}
        response = self.render(status=422, problems=[problem], posted=typed, has_errors=True)
        return never_kept(response) if self.has_shown_people else response


class SaveRemarks(ReviewScreen, Screen):
    """Keeps the remarks that were typed; a script saves one at a time and reads the answer as data."""

    policy = Policy(REVIEWERS, {"POST"})
    title = "保存意见"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wants_data = request.headers.get("Accept", "") == "application/json"
        try:
            count = save_remarks(request, self.object, self.actor)
        except Conflict as conflict:
            self.remember(conflict)
            if wants_data:
                return JsonResponse({"problem": conflict.reason, "theirs": conflict.theirs.get("意见", "")}, status=409)
            return self.conflict(conflict)
        except Refused as refused:
            if wants_data:
                return JsonResponse({"problem": self.remember(refused)}, status=422)
            raise
        if wants_data:
            return JsonResponse({"saved": count, "at": timezone.localtime().strftime("%H:%M")})
        if count:
            messages.success(request, "意见已保存，尚未发给社会组织。")
        anchor = request.POST.get("anchor", "")[:80]
        return HttpResponseRedirect(self.page_url(show=request.POST.get("show", "")) + (f"#{anchor}" if anchor else ""))


def save_remarks(request: HttpRequest, inspection: Inspection, actor: Actor) -> int:
    """Write the posted remarks that differ from what stood on the page; how many they were."""
    posted, now, count = request.POST, timezone.now(), 0
    form = form_of(inspection.form)
    known = {"."} | {f"{section.code}." for section in form.sections}
    known |= {f"{section}.{code}" for code, section in form.section_of.items()}
    for name in [name for name in posted if name.startswith(REMARK)]:
        place = name.removeprefix(REMARK)
        section, _, field = place.partition(".")
        if place not in known:
            raise Refused("review.place", f"表单里没有「{place[:40]}」这一项，意见没有保存。请刷新页面。")
        text, seen = " ".join(posted[name].split()), posted.get(SEEN + place, "")
        if text != seen:
            services.remark(inspection, section=section, field=field, text=text, actor=actor, now=now, seen=seen)
            count += 1
    return count


def posted_version(posted: QueryDict) -> int:
    """The version of the filing that the person saw; 0 when none was posted."""
    version = posted.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0
