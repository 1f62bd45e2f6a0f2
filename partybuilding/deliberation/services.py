"""Every write of decisions, interactions and agreements: the organisation's own secretary, its committee, the
department."""

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from associations.checklists.enums import Occasion
from associations.checklists.selectors import templates_for
from associations.registry.models import Association
from associations.registry.services import checked, refuse_ended, refuse_future, require_role, touch, within_scope
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.deliberation.rules import order_problem, parts_problem
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.files.services import remove
from portal.files.uploads import take_upload
from portal.workflow.services import update_versioned


def must_record(organization: PartyOrganization, actor: Actor, what: str) -> None:
    """Raise `Refused` unless the actor records what this organisation does, and it still exists."""
    require_role(actor, KEEPERS, what)
    within_scope(organization, actor, "党组织")
    decision = may_keep(actor, organization)
    if not decision:
        raise Refused("organization.foreign", decision.reason)
    if organization.dissolved_on is not None:
        raise Refused(
            "organization.dissolved", f"「{organization}」已于{organization.dissolved_on.isoformat()}撤销，不能{what}。"
        )


def _check_days(
    organization: PartyOrganization, association: Association, now: datetime, *days: tuple[str, date | None]
) -> None:
    """Each day is past, and the organisation covered the association on it."""
    for label, day in days:
        if day is None:
            continue
        refuse_future(day, now, label)
        refuse_ended(association, day)
        if organization.established_on is not None and day < organization.established_on:
            raise Refused(
                "deliberation.dates",
                f"{label}{day.isoformat()}早于党组织成立日期{organization.established_on.isoformat()}。请核对日期。",
            )
        with everything("whom one organisation covers"):
            covered = organization.covered.filter(
                Q(starts_on=None) | Q(starts_on__lte=day),
                Q(ends_on=None) | Q(ends_on__gte=day),
                association=association,
            )
            is_covered = covered.exists()
        if not is_covered:
            raise Refused(
                "deliberation.foreign",
                f"{day.isoformat()}「{association}」不由「{organization}」覆盖。请核对{label}，或另选社会组织。",
            )


def _listed(association: Association, matter: str, day: date) -> dict[str, Any]:
    """The matter as the list in force on a day has it; `Refused` for one that is not on it (R-101)."""
    lists = templates_for(association, day, Occasion.DECISION)
    if not lists:
        raise Refused(
            "decision.no_list",
            f"{day.isoformat()}在「{association.region}」没有执行中的重大决策前置研究清单。请核对日期，或请系统管理员录入清单。",
        )
    for one in lists:
        for step in one.steps.all():
            if step.text == matter:
                return {"list_title": one.title, "matter_number": step.number, "matter": step.text}
    raise Refused(
        "decision.matter",
        f"「{matter[:60]}」不在{day.isoformat()}执行的《{lists[0].title}》中，不作为前置研究事项登记。请从清单中选择事项。",
    )


DECISION_FIELDS = ("title", "reviewed_on", "opinion", "opinion_text", "voted_on", "council", "outcome", "remark")


def _decision_values(organization: PartyOrganization, association: Association, now: datetime, given: Any) -> Any:
    values = {name: given[name] for name in DECISION_FIELDS if name in given}
    values = {name: text.strip() if isinstance(text, str) else text for name, text in values.items()}
    reviewed_on, voted_on = values["reviewed_on"], values["voted_on"]
    for problem in (
        parts_problem("研究", reviewed_on, ("党组织意见", values["opinion"])),
        parts_problem("表决", voted_on, ("表决机构", values["council"]), ("表决结果", values["outcome"])),
        order_problem(reviewed_on, voted_on),
    ):
        if problem:
            raise Refused("decision.order", problem)
    _check_days(organization, association, now, ("研究日期", reviewed_on), ("表决日期", voted_on))
    return values | _listed(association, given["matter"], reviewed_on or voted_on)


def record_decision(
    organization: PartyOrganization, association: Association, *, actor: Actor, now: datetime, **given: Any
) -> MajorDecision:
    """Record a major decision: the opinion before the vote, the vote, or both (R-101).

    Raises `Refused` for an opinion after the vote, for a matter that is not on the list of the day, for half an
    opinion or half a vote, and for an association that the organisation does not cover.
    """
    must_record(organization, actor, "登记重大决策")
    values = _decision_values(organization, association, now, given)
    with transaction.atomic():
        row = MajorDecision(organization=organization, association=association, **values)
        checked(row).save()
        record("decisions.record", actor=actor, subject=organization, after=_decision_facts(row), now=now)
    return row


def change_decision(
    decision: MajorDecision, *, actor: Actor, now: datetime, version: int, **given: Any
) -> MajorDecision:
    """Complete or correct a decision: the vote after the opinion, or what was typed wrongly. Refuses what
    `record_decision` refuses, and `Conflict` on a stale version."""
    organization = decision.organization
    must_record(organization, actor, "修改重大决策")
    within_scope(decision, actor, "重大决策")
    values = _decision_values(organization, decision.association, now, given)
    before = _decision_facts(decision)
    with transaction.atomic():
        update_versioned(decision, version=version, changes=values | {"updated_at": now})
        after = _decision_facts(decision)
        record("decisions.change", actor=actor, subject=organization, before=before, after=after, now=now)
    return decision


def _decision_facts(row: MajorDecision) -> dict[str, Any]:
    return {
        "association": str(row.association),
        "matter": row.matter,
        "title": row.title,
        "reviewed_on": row.reviewed_on,
        "opinion": str(row.get_opinion_display()),
        "voted_on": row.voted_on,
        "council": str(row.get_council_display()),
        "outcome": str(row.get_outcome_display()),
    }


def record_interaction(
    organization: PartyOrganization,
    association: Association,
    *,
    kind: str,
    held_on: date,
    title: str,
    content: str,
    actor: Actor,
    now: datetime,
    participants: str = "",
    result: str = "",
) -> Interaction:
    """Record what the Party organisation and the management did together. Refuses the same twice."""
    must_record(organization, actor, "登记双向互动")
    _check_days(organization, association, now, ("日期", held_on))
    with transaction.atomic():
        row = Interaction(organization=organization, association=association, kind=kind, held_on=held_on)
        row.title, row.content = title.strip(), content.strip()
        row.participants, row.result = participants.strip(), result.strip()
        checked(row).save()
        record("interactions.record", actor=actor, subject=organization, after=_interaction_facts(row), now=now)
    return row


def change_interaction(row: Interaction, *, actor: Actor, now: datetime, version: int, **given: Any) -> Interaction:
    """Correct what was recorded; `Conflict` on a stale version."""
    must_record(row.organization, actor, "修改双向互动")
    within_scope(row, actor, "双向互动")
    _check_days(row.organization, row.association, now, ("日期", given["held_on"]))
    names = ("kind", "held_on", "title", "participants", "content", "result")
    changes = {name: text.strip() if isinstance(text := given[name], str) else text for name in names}
    before = _interaction_facts(row)
    with transaction.atomic():
        update_versioned(row, version=version, changes=changes | {"updated_at": now})
        after = _interaction_facts(row)
        record("interactions.change", actor=actor, subject=row.organization, before=before, after=after, now=now)
    return row


def _interaction_facts(row: Interaction) -> dict[str, Any]:
    return {
        "association": str(row.association),
        "kind": str(row.get_kind_display()),
        "held_on": row.held_on,
        "title": row.title,
    }


def record_agreement(
    organization: PartyOrganization,
    association: Association,
    *,
    kind: str,
    starts_on: date,
    content: str,
    actor: Actor,
    now: datetime,
    document_number: str = "",
    ends_on: date | None = None,
) -> Agreement:
    """Record an agreement or a change of the charter from a day on. Refuses a second one of a form at that time."""
    must_record(organization, actor, "登记共建协议")
    _check_days(organization, association, now, ("生效日期", starts_on))
    with transaction.atomic():
        touch(association, version=None, now=now)
        row = Agreement(
            organization=organization,
            association=association,
            kind=kind,
            starts_on=starts_on,
            ends_on=ends_on,
            document_number=document_number.strip(),
            content=content.strip(),
        )
        _refuse_second(row)
        checked(row).save()
        record("agreements.record", actor=actor, subject=organization, after=_agreement_facts(row), now=now)
    return row


def _refuse_second(row: Agreement) -> None:
    later = Q() if row.ends_on is None else Q(starts_on__lte=row.ends_on)
    with everything("the agreements of one association"):
        rows = Agreement.objects.filter(
            later,
            Q(ends_on=None) | Q(ends_on__gte=row.starts_on),
            organization=row.organization,
            association=row.association,
            kind=row.kind,
        )
        other = rows.order_by("pk").first()
    if other is not None:
        assert other.starts_on is not None  # noqa: S101  the table's own rule
        until = f"至{other.ends_on.isoformat()}" if other.ends_on else "起，尚未终止"
        raise Refused(
            "agreement.second",
            f"「{row.association}」已有「{row.get_kind_display()}」（{other.starts_on.isoformat()}{until}）。"
            "请先登记原安排终止，再登记新的。",
        )


def end_agreement(row: Agreement, *, ends_on: date, actor: Actor, now: datetime, version: int) -> Agreement:
    """Record that an agreement ended; `ends_on` is its last day."""
    must_record(row.organization, actor, "登记共建协议终止")
    within_scope(row, actor, "共建协议")
    refuse_future(ends_on, now, "终止日期")
    assert row.starts_on is not None  # noqa: S101  the table's own rule
    if row.ends_on is not None and row.ends_on <= ends_on:
        raise Refused("agreement.ended", f"这项共建安排已于{row.ends_on.isoformat()}终止，不必重复登记。")
    if ends_on < row.starts_on:
        raise Refused(
            "agreement.dates",
            f"终止日期{ends_on.isoformat()}早于生效日期{row.starts_on.isoformat()}。请核对两个日期。",
        )
    before = _agreement_facts(row)
    with transaction.atomic():
        update_versioned(row, version=version, changes={"ends_on": ends_on, "updated_at": now})
        after = _agreement_facts(row)
        record("agreements.end", actor=actor, subject=row.organization, before=before, after=after, now=now)
    return row


def _agreement_facts(row: Agreement) -> dict[str, Any]:
    return {
        "association": str(row.association),
        "kind": str(row.get_kind_display()),
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "document_number": row.document_number,
    }


# Scans

SCAN = "deliberation"
SCAN_ACTIONS = {MajorDecision: "decisions.scan", Agreement: "agreements.scan"}


def attach_scan(
    row: MajorDecision | Agreement, upload: UploadedFile, *, actor: Actor, now: datetime, version: int
) -> MajorDecision | Agreement:
    """Keep the scan of the signed paper; one that was there is replaced, history names both.

    Raises `Refused` for a file that is none of the kinds a page shows, and for whoever does not keep the record;
    `Conflict` on a stale version.
    """
    must_record(row.organization, actor, "上传扫描件")
    before = row.scan
    scan = take_upload(upload, label="扫描件", kind=SCAN, actor=actor, now=now, only_shown=True)
    try:
        with transaction.atomic():
            update_versioned(row, version=version, changes={"scan": scan, "updated_at": now})
            told = {"about": str(row), "file": scan.name, "sha256": scan.sha256}
            was = {"file": before.name, "sha256": before.sha256} if before is not None else None
            record(SCAN_ACTIONS[type(row)], actor=actor, subject=row.organization, before=was, after=told, now=now)
    except Conflict:
        remove(scan, now=now)
        raise
    if before is not None:
        remove(before, now=now)
    return row
