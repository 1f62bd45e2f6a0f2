"""One filing as a reviewer reads it: everything of it with a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q

from portal import gates
from portal.access.actor import Actor
from portal.access.scoping import everything
from portal.filing.definition import FieldType, Form
from portal.filing.examination import changed
from portal.filing.reading import Answers
from portal.gates import Finding, Level
from portal.regulations.selectors import read_at_once, values_under
from supervision.inspections.enums import UNDER_REVIEW, Stage
from supervision.inspections.issues import Issue
from supervision.inspections.models import Attachment, Inspection, Submission
from supervision.inspections.prefill import LastYear, last_year_in
from supervision.inspections.selectors import GATE, ISSUES, handed_in_answers, issues_among, past_years
from supervision.inspections.streaks import Streaks, prior_flags, streaks
from supervision.reviews.comparison import Known, Said, meeting_count
from supervision.reviews.enums import Show
from supervision.reviews.models import Opinion, Remark, Return
from supervision.reviews.rules import Suggestion, suggest
from supervision.reviews.selectors import stage_of_role
from supervision.rounds.selectors import form_of

WHY = "the parts of a filing that the reviewer has already reached"


@dataclass
class Dossier:
    """A filing with its hand-ins, remarks, opinions, attachments and past; nothing here writes."""

    inspection: Inspection
    form: Form
    submissions: Sequence[Submission]  # the latest first
    seen: Submission | None  # the hand-in that this stage returned last
    last_year: LastYear
    known: Known
    returns: Sequence[Return]
    remarks: Sequence[Remark]
    opinions: Sequence[Opinion]
    attachments: Sequence[Attachment]
    signatures: Sequence[Attachment]
    streaks: Streaks
    flags: tuple[str, ...]  # about the years before
    findings: Sequence[Finding]
    suggestion: Suggestion
    comment: str = ""
    shows: tuple[Show, ...] = field(default_factory=tuple)

    @property
    def submission(self) -> Submission | None:
        return self.submissions[0] if self.submissions else None

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.level != Level.OK)

    @property
    def is_personal(self) -> bool:
        """Whether the page shows personal answers, if masked."""
        return any(one.is_personal for one in self.form.fields.values()) and self.submission is not None


def dossier(inspection: Inspection, actor: Actor, today: date) -> Dossier:
    """Everything that the review page of a filing shows."""
    form, stage = form_of(inspection.form), stage_of_role(actor.role)
    with everything(WHY):
        handed_in = _handed_in(inspection)
        remarks = list(
            Remark.objects.filter(inspection=inspection).select_related("sent_in", "written_by").order_by("pk")
        )
        submissions = [one for one in handed_in if one.inspection_id == inspection.pk]
        returns = _returns(inspection, submissions)
        opinions = list(Opinion.objects.filter(inspection=inspection).order_by("given_at", "pk"))
        attached = Attachment.objects.filter(inspection=inspection, removed_at=None).select_related("file", "preview")
        attachments = list(attached.order_by("field", "pk"))
    submission = submissions[0] if submissions else None
    seen = _seen(returns, submissions, stage)
    answers = handed_in_answers(submission) if submission else {}
    since = handed_in_answers(seen) if seen and seen != submission else None
    others = [one for one in handed_in if one.inspection_id != inspection.pk]
    latest = max(others, key=lambda one: (one.submitted_at, one.sequence), default=None)
    last_year = last_year_in(latest, inspection, form)
    drafts, sent = _remarks(remarks, stage)
    known = Known(
        form=form,
        answers=answers,
        last=last_year.values,
        has_last=last_year.on is not None,
        reasons=submission.reasons if submission else {},
        flags=submission.flags if submission else (),
        as_last_year=submission.as_last_year if submission else (),
        files=_files(form, attachments),
        drafts=drafts,
        sent=sent,
        since=since,
        since_codes=_since(form, since, answers, attachments, seen),
    )
    # The years before matter to whoever concludes, and may have been recorded since; the others read the flags that
    # the hand-in kept.
    concludes = stage not in {Stage.SUPERVISOR, Stage.COMMITTEE}
    past = streaks(past_years(inspection.association, today) if concludes else (), inspection.round.report_year)
    with read_at_once(today):
        rules = values_under("inspection", on=today)
        findings = gates.check(GATE, inspection.association, on=today)
    return Dossier(
        inspection=inspection,
        form=form,
        submissions=submissions,
        seen=seen if since is not None else None,
        last_year=last_year,
        known=known,
        returns=returns,
        remarks=remarks,
        opinions=opinions,
        attachments=[one for one in attachments if one.field != Attachment.SIGNATURE],
        signatures=[one for one in attachments if one.field == Attachment.SIGNATURE],
        streaks=past,
        flags=prior_flags(past, revoke_years=int(rules["inspection.revoke_years"])),
        findings=findings,
        suggestion=suggest(issues(known, findings, rules)),
        comment=drafts.get(("", ""), ""),
        shows=(Show.SINCE, Show.ALL, Show.CHANGED, Show.FLAGGED)
        if since is not None
        else (Show.ALL, Show.CHANGED, Show.FLAGGED),
    )


def _handed_in(inspection: Inspection) -> list[Submission]:
    """The hand-ins of this year, the latest first, and of the year before; each with the return that it answers."""
    year = inspection.round.report_year
    rows = Submission.objects.filter(
        Q(inspection=inspection)
        | Q(inspection__association=inspection.association_id, inspection__round__report_year=year - 1)
    )
    return list(rows.select_related("answers_return").order_by("-sequence"))


def _returns(inspection: Inspection, submissions: Sequence[Submission]) -> list[Return]:
    """All returns, the latest first; one not answered yet exists only while the filing is with the association."""
    answered: list[Return] = [one.answers_return for one in submissions if hasattr(one, "answers_return")]
    waiting: list[Return] = []
    if inspection.state not in UNDER_REVIEW:
        waiting = list(Return.objects.filter(inspection=inspection, answered_by=None).order_by("-returned_at", "-pk"))
    return [*waiting, *answered]


def submission_known(found: Dossier, submission: Submission) -> Known:
    """An earlier hand-in as it was, with the flags it had then; nothing is written beside it."""
    return replace(
        found.known,
        answers=handed_in_answers(submission),
        reasons=submission.reasons,
        flags=submission.flags,
        as_last_year=submission.as_last_year,
        files={},
        drafts={},
        sent={},
        since=None,
        since_codes=frozenset(),
    )


def issues(known: Known, findings: Sequence[Finding], rules: Mapping[str, Any]) -> tuple[Issue, ...]:
    """What of the register and of the filing is an issue by today's lists (R-032)."""
    found = issues_among(findings, rules)
    severity = rules.get(f"{ISSUES}no_meeting")
    if severity is not None and meeting_count(known, "council_meeting_count") == 0:
        return (*found, Issue("no_meeting", str(severity), "本年度填报的理事会会议为 0 次。"))
    return found


def _seen(returns: Sequence[Return], submissions: Sequence[Submission], stage: str | None) -> Submission | None:
    mine = next((one for one in returns if one.stage == stage), None)
    return next((one for one in submissions if mine is not None and one.pk == mine.submission_id), None)


def _remarks(
    remarks: Sequence[Remark], stage: str | None
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], list[Said]]]:
    """(what this stage has written and not sent, what anybody has sent) by place."""
    drafts: dict[tuple[str, str], str] = {}
    sent: dict[tuple[str, str], list[Said]] = {}
    for one in remarks:
        place = (one.section, one.field)
        if one.sent_in is not None:
            sent.setdefault(place, []).append(Said(one.text, one.sent_in.returner_label, one.sent_in.returned_at))
        elif one.stage == stage:
            drafts[place] = one.text
    return drafts, sent


def _files(form: Form, attachments: Sequence[Attachment]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for one in attachments:
        if one.field in form.fields:
            found.setdefault(one.field, []).append(one)
    return found


def _since(
    form: Form, since: Answers | None, answers: Answers, attachments: Sequence[Attachment], seen: Submission | None
) -> frozenset[str]:
    """The fields that differ from the hand-in that was returned, and those with a file uploaded after it."""
    if seen is None or since is None:
        return frozenset()
    return frozenset(changed(form, since, answers)) | frozenset(
        one.field
        for one in attachments
        if one.field in form.fields
        and form.fields[one.field].type is FieldType.FILE
        and one.uploaded_at > seen.submitted_at
    )
