"""The drafts of `scripts/bench filing`, and the list of their people; imported once Django is set up.

Each draft is complete but for its last section: what the person types there last, the hand-in and the receipt are what
is measured. Rows are written in bulk; what they hold is what the portal's own services would have written.
"""

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.urls import reverse

from associations.registry.enums import AssignmentRole, AssociationKind, DepartmentKind, RegistrationLevel
from associations.registry.models import Assignment, Association, Department
from portal.access.middleware import MEMBERSHIP_KEY
from portal.access.roles import Role
from portal.accounts.middleware import SEEN_KEY, SIGNED_IN_KEY
from portal.accounts.models import User
from portal.files.models import StoredFile
from portal.filing.definition import Field, FieldType, Form
from portal.filing.examination import Given, content_code, examine
from portal.filing.reading import Answers
from portal.home.demonstration.codes import uscc
from portal.memberships.models import Membership
from portal.regions.models import Region
from supervision.inspections.enums import InspectionState, SectionState
from supervision.inspections.models import Attachment, Inspection, InspectionSection, SignaturePage, Submission
from supervision.inspections.prefill import facts_of, locked_answers
from supervision.inspections.sealed import sealed_answers, split
from supervision.rounds.enums import RoundState
from supervision.rounds.models import FormVersion, Round, RoundTrack
from supervision.rounds.selectors import form_of

BATCH = 500
FIRST_SERIAL = 700_000
YEAR = 2025
SOME_TEXT = "本年度按照章程和业务范围正常开展活动，" * 30


def prepare(count: int, path: Path) -> None:
    """Write `count` drafts, and to `path` one line a person: session, addresses, what is typed last."""
    from django.utils import timezone

    now = timezone.localtime()
    track = _round(now)
    form = form_of(track.form)
    associations = _associations(count)
    users = _users(associations)
    answers, reasons = _fitting(form, facts_of(associations[0], now.date()))
    inspections = _inspections(track, associations, now)
    _sections(form, inspections, answers, reasons, now)
    hashes = _attachments(form, inspections, answers, now)
    codes = _signatures(form, inspections, answers, reasons, hashes, now)
    sessions = _sessions(users, now)
    last = form.sections[-1]
    typed = {one.code: answers[one.code] for one in last.fields if one.code in answers}
    people = [
        {
            "session": session,
            "inspection": inspection.pk,
            "number": inspection.number,
            "section": reverse("supervision:filing_section", args=[inspection.pk, last.code]),
            "submit": reverse("supervision:filing_submit", args=[inspection.pk]),
            "seen": {"version": inspection.version, "content_code": code, "confirmed": "1"},
            "typed": {**typed, "fields": ",".join(typed), "version": "1", "action": "continue"},
        }
        for session, inspection, code in zip(sessions, inspections, codes, strict=True)
    ]
    path.write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")


def _form() -> FormVersion:
    form = FormVersion.objects.filter(code="social_group").order_by("-version").first()
    if form is None:
        raise SystemExit("the form of social groups is not loaded")
    return form


def _round(now: datetime) -> RoundTrack:
    today = now.date()
    a_round = Round.objects.create(
        report_year=YEAR,
        title=f"{YEAR}年度检查（测量）",
        state=RoundState.OPEN,
        opens_on=today - timedelta(days=30),
        closes_on=today + timedelta(days=30),
        help_office="社会组织管理局",
        help_phone="0731-84502000",
        opened_at=now,
    )
    return RoundTrack.objects.create(
        round=a_round,
        kind=AssociationKind.SOCIAL_GROUP,
        form=_form(),
        registered_by=today,
        to_supervisor_by=today + timedelta(days=10),
        to_registrar_by=today + timedelta(days=30),
    )


def _associations(count: int) -> list[Association]:
    region = Region.objects.get(code="430000")
    bodies = [
        (AssignmentRole.SUPERVISING_UNIT, Department(name="测量用业务主管单位", kind=DepartmentKind.GOVERNMENT)),
        (AssignmentRole.PARTY_COMMITTEE, Department(name="测量用行业党委", kind=DepartmentKind.PARTY_COMMITTEE)),
    ]
    for _role, body in bodies:
        body.save()
    rows = [
        Association(
            uscc=uscc("social_group", "430000", FIRST_SERIAL + number),
            name=f"湖南省第{number + 1}测量协会",
            key=f"湖南省第{number + 1}测量协会",
            search_key=f"湖南省第{number + 1}测量协会",
            kind=AssociationKind.SOCIAL_GROUP,
            registration_level=RegistrationLevel.PROVINCE,
            region=region,
            domicile="长沙市",
        )
        for number in range(count)
    ]
    made = Association.objects.bulk_create(rows, batch_size=BATCH)
    assigned = [Assignment(association=one, role=role, department=body) for one in made for role, body in bodies]
    Assignment.objects.bulk_create(assigned, batch_size=BATCH)
    return made


def _users(associations: list[Association]) -> list[tuple[User, Membership]]:
    users = [User(username=f"bench{number}", display_name=f"填报人{number}") for number in range(len(associations))]
    for user in users:
        user.set_unusable_password()
    made = User.objects.bulk_create(users, batch_size=BATCH)
    memberships = [
        Membership(user=user, role=Role.ASSOCIATION_FILER, association=association)
        for user, association in zip(made, associations, strict=True)
    ]
    return list(zip(made, Membership.objects.bulk_create(memberships, batch_size=BATCH), strict=True))


def _fitting(form: Form, register: dict[str, Any]) -> tuple[Answers, dict[str, str]]:
    """Answers that the form has nothing against: nought where a number is asked, a reason where one is wanted."""
    answers = {one.code: _answer(one) for one in form.asked}
    answers = {code: raw for code, raw in answers.items() if raw} | locked_answers(form.fields.values(), register)
    files = {one.code: 1 for one in form.fields.values() if one.type is FieldType.FILE}
    reasons: dict[str, str] = {}
    for _round_of_reasons in range(3):
        examined = examine(Given(form=form, answers=answers, register=register, reasons=reasons, file_counts=files))
        if examined.is_ready:
            return answers, reasons
        reasons |= {one.field: "情况属实。" for one in examined.problems if one.level == "explain"}
    raise SystemExit("no fitting answers: " + "；".join(one.text for one in examined.problems[:5]))


def _answer(one: Field) -> Any:
    if one.is_locked:
        return ""
    match one.type:
        case FieldType.INTEGER | FieldType.DECIMAL | FieldType.MONEY:
            return str(max(one.minimum or 0, 0))
        case FieldType.DATE:
            return "2025-06-18"
        case FieldType.YES_NO:
            return "no"
        case FieldType.CHOICE:
            return one.choices[0].code
        case FieldType.CHOICES:
            return [one.choices[0].code]
        case FieldType.PHONE:
            return "0731-84502000"
        case FieldType.ROWS | FieldType.FILE:
            return ""
    return SOME_TEXT[: max(one.min_length, min(one.max_length, 20))]


def _inspections(track: RoundTrack, associations: list[Association], now: datetime) -> list[Inspection]:
    rows = [
        Inspection(
            round=track.round,
            track=track,
            form=track.form,
            association=association,
            number=f"NJ-{YEAR}-{900_000 + number}",
            state=InspectionState.DRAFTING,
            filing_due_on=track.filing_due_on,
            started_at=now,
        )
        for number, association in enumerate(associations)
    ]
    return Inspection.objects.bulk_create(rows, batch_size=BATCH)


def _sections(
    form: Form, inspections: list[Inspection], answers: Answers, reasons: dict[str, str], now: datetime
) -> None:
    """All sections as typed; the last one is still empty."""
    for start in range(0, len(inspections), BATCH):
        rows = []
        for inspection in inspections[start : start + BATCH]:
            for section in form.sections:
                is_last = section is form.sections[-1]
                typed = {one.code: answers[one.code] for one in section.fields if one.code in answers}
                plain, personal = split(form, {} if is_last else typed)
                row = InspectionSection(
                    inspection=inspection,
                    code=section.code,
                    answers=plain,
                    reasons={one.code: reasons[one.code] for one in section.fields if one.code in reasons},
                    state=SectionState.EMPTY if is_last else SectionState.DONE,
                    saved_at=None if is_last else now,
                )
                row.sealed = sealed_answers(row, personal)
                rows.append(row)
        InspectionSection.objects.bulk_create(rows, batch_size=BATCH)


def _attachments(form: Form, inspections: list[Inspection], answers: Answers, now: datetime) -> dict[str, list[str]]:
    """One stored page stands under every attachment asked for; returns the hashes as the content code reads them."""
    stored = _page(now)
    fields = [one.code for one in form.fields.values() if one.type is FieldType.FILE]
    rows = [
        Attachment(inspection=inspection, field=code, file=stored, uploaded_at=now)
        for inspection in inspections
        for code in fields
    ]
    Attachment.objects.bulk_create(rows, batch_size=BATCH)
    return {code: [stored.sha256] for code in fields}


def _signatures(
    form: Form,
    inspections: list[Inspection],
    answers: Answers,
    reasons: dict[str, str],
    hashes: dict[str, list[str]],
    now: datetime,
) -> list[str]:
    """The signed page of what will stand there once the last section is typed; returns its content codes."""
    stored = _page(now)
    rows, pages = [], []
    for inspection in inspections:
        own = locked_answers(form.fields.values(), facts_of(inspection.association, now.date()))
        code = content_code(form, {**answers, **own}, reasons, hashes)
        pages.append(SignaturePage(inspection=inspection, content_code=code, made_at=now))
        rows.append(
            Attachment(
                inspection=inspection, field=Attachment.SIGNATURE, file=stored, content_code=code, uploaded_at=now
            )
        )
    SignaturePage.objects.bulk_create(pages, batch_size=BATCH)
    Attachment.objects.bulk_create(rows, batch_size=BATCH)
    return [page.content_code for page in pages]


def _page(now: datetime) -> StoredFile:
    token = secrets.token_hex(16)
    return StoredFile.objects.create(
        name="扫描件.pdf",
        stored_as=token,
        kind="inspection",
        media_type="application/pdf",
        size=1,
        sha256=(token * 2)[:64],
        created_at=now,
    )


def _sessions(users: list[tuple[User, Membership]], now: datetime) -> list[str]:
    """A session for each person, as signing in would have made it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    store, rows, stamp = SessionStore(), [], now.isoformat()
    for user, membership in users:
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "portal.accounts.backends.AccountBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            MEMBERSHIP_KEY: membership.pk,
            SIGNED_IN_KEY: stamp,
            SEEN_KEY: stamp,
        }
        key = secrets.token_hex(16)
        rows.append(Session(session_key=key, session_data=store.encode(data), expire_date=now + timedelta(hours=12)))
    Session.objects.bulk_create(rows, batch_size=BATCH)
    return [row.session_key for row in rows]


def verify(outcomes: list[dict[str, Any]]) -> dict[str, int]:
    """`lost`: receipts without their hand-in, or hand-ins that lack what was typed last; `doubled`: handed in twice."""
    last = form_of(_form()).sections[-1].code
    wanted = {one["inspection"]: one["address"] for one in outcomes if not one["error"]}
    kept: dict[int, tuple[str, dict[str, Any]]] = {
        pk: (reverse("supervision:receipt", args=[key]), answers)
        for pk, key, answers in Submission.objects.values_list("inspection_id", "pk", "answers")
    }
    lost = sum(
        pk not in kept or kept[pk][0] != address or not _was_typed(kept[pk][1].get(last, {}))
        for pk, address in wanted.items()
    )
    handed_in = Submission.objects.order_by().values("inspection").annotate(number=Count("pk"))
    return {"lost": lost, "doubled": handed_in.filter(number__gt=1).count()}


def _was_typed(answers: dict[str, Any]) -> bool:
    return any(str(raw).startswith(SOME_TEXT[:20]) for raw in answers.values())
