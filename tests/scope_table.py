"""Who reaches which rows of every guarded model: the expectation as data, and the rows that could leak.

`TABLE` has one entry a model; a guarded model without one fails `tests/access/test_scopes.py`. An entry makes rows with
names and says which names each persona reaches. `roles.md` decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db.models import Model
from django.utils import timezone

from associations.evaluation.models import Grade
from associations.registry.enums import AssignmentRole
from associations.registry.models import Assignment, Association
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.members.models import ROSTER
from partybuilding.organizations.models import CoveredAssociation, PartyOrganizationName
from portal.access.actor import Actor, Scope
from portal.access.roles import BUSINESS, DEPARTMENT, EVERYONE, FILING, WORKSPACE, Role
from portal.access.scoping import GuardedModel
from portal.audit.services import record, record_access
from portal.files.models import StoredFile
from portal.importing.enums import BatchState
from portal.importing.models import ImportAbsence, ImportBatch, ImportIssue, ImportRow
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.notices.services import open_task
from portal.workflow.models import WorkflowEvent
from tests import factories
from tests import scope_members as members
from tests.associations.evaluation import scopes as evaluation
from tests.associations.library import scopes as library
from tests.campaigns import award_makers, collecting_makers, guidance_makers, method_makers
from tests.campaigns import makers as campaigns
from tests.importing.makers import MEMORIES, remembered_mappings, remembered_references
from tests.partybuilding.appraisal import makers as appraisal
from tests.partybuilding.census import scopes as census
from tests.partybuilding.closing import scopes as closing
from tests.partybuilding.life import makers as life
from tests.people import makers
from tests.personas import PERSONAS, Persona, Personas, Province
from tests.scope_desk import (
    LOOKED_AFTER,
    LOOKED_AFTER_AND_OWN,
    REQUESTED,
    make_code,
    make_export,
    make_export_request,
    make_resets,
    make_sheet,
)
from tests.scope_party import HANGING, LOOKED_AT, work_of_branches
from tests.scope_reports import (
    make_run,
    make_run_drill,
    make_run_file,
    make_run_row,
    make_schedule,
)
from tests.supervision import scopes

_serial = count(1)
Rows = dict[str, Model]
REGISTER = ("tea", "trade", "city_tea", "city_trade")
PROVINCE_WIDE = {key for key, (role, _) in PERSONAS.items() if role in DEPARTMENT}
# `roles.md`, column scope: the associations of the small province that each persona reaches.
ASSOCIATIONS: dict[str, set[str]] = {
    "department_admin": set(REGISTER),
    "department_staff": set(REGISTER),
    "regional_office": {"city_tea"},
    "other_regional_office": {"city_trade"},
    "county_office": {"city_tea"},
    "registrar": {"tea", "trade"},
    "city_registrar": {"city_tea"},
    "supervising_unit": {"tea"},
    "other_unit": {"trade"},
    "industry_regulator": {"tea"},
    "other_regulator": {"trade"},
    "party_committee": {"tea"},
    "other_committee": {"trade", "city_trade"},
    "association_filer": {"tea"},
    "other_filer": {"trade"},
    "association_signer": {"tea"},
    "branch_secretary": {"tea"},
    "system_admin": set(),
    "security_admin": set(),
    "auditor": set(),
}


@dataclass(frozen=True)
class Reach:
    """`make(personas)` gives rows by name; `expected[persona]` the names it reaches."""

    make: Callable[[Personas], Rows]
    expected: Mapping[str, set[str]]


def fill(personas: Personas) -> None:
    """The small province with a past, a future and other relations that no filter may take for today's own."""
    province = personas.province.fill()
    today = timezone.localdate()
    past, future = today - timedelta(days=1), today + timedelta(days=1)
    Assignment.objects.filter(starts_on=None).update(starts_on=today)
    for role, old, coming in (
        (AssignmentRole.SUPERVISING_UNIT, province.other_unit, province.city_unit),
        (AssignmentRole.INDUSTRY_REGULATOR, province.other_regulator, province.city_unit),
        (AssignmentRole.PARTY_COMMITTEE, province.other_committee, province.city_unit),
    ):
        factories.make_assignment(province.tea, old, role, ends_on=past)
        factories.make_assignment(province.city_tea, coming, role, starts_on=past - timedelta(days=9), ends_on=past)
    # The same body in another role gives nothing in this one.
    factories.make_assignment(province.city_trade, province.unit, AssignmentRole.INDUSTRY_REGULATOR)
    factories.make_assignment(
        province.city_tea, province.regulator, AssignmentRole.INDUSTRY_REGULATOR, starts_on=future
    )


def of_associations(make: Callable[[Association], Model]) -> Reach:
    """Rows that hang on an association: as far as the association itself."""
    return Reach(
        lambda personas: {name: make(getattr(personas.province, name)) for name in REGISTER},
        ASSOCIATIONS,
    )


def of_owners(make: Callable[[Persona], Model], *, also: Mapping[str, set[str]] | None = None) -> Reach:
    """A row a persona, reached by its owner; `also` replaces what some personas reach."""
    expected = {key: {key} for key in PERSONAS} | dict(also or {})
    return Reach(lambda personas: {key: make(personas[key]) for key in PERSONAS}, expected)


def roles(names: set[str], allowed: frozenset[Role]) -> dict[str, set[str]]:
    """All `names` for the personas of the roles, nothing for the others."""
    return {key: set(names) if role in allowed else set() for key, (role, _) in PERSONAS.items()}


# Register and Party organisations ----------------------------------------------------------------------------------
BODIES = (
    *("registrar", "city_registrar", "unit", "other_unit", "city_unit", "other_city_unit", "regulator"),
    *("other_regulator", "committee", "branch_committee", "other_committee"),
)


def _bodies(personas: Personas) -> Rows:
    return {name: getattr(personas.province, name) for name in BODIES}


_staff_reads_all_bodies = roles(set(BODIES), WORKSPACE)
_own_bodies = {"unit", "regulator", "branch_committee"}
DEPARTMENT_REACH = _staff_reads_all_bodies | {
    "association_filer": _own_bodies,
    "association_signer": _own_bodies,
    "branch_secretary": _own_bodies,
    "other_filer": {"other_unit", "other_regulator", "other_committee"},
}
# Each branch covers one association; the joint branch below the other committee covers a city's.
BRANCHES = ("tea", "trade", "city_tea", "city_trade", "loose")


def _once(personas: Personas, key: str, make: Callable[[], Rows]) -> Rows:
    """Rows that other rows hang on: the same ones whoever asks, so that keys in one address belong together."""
    kept = vars(personas).setdefault("scope_rows", {})
    if key not in kept:
        kept[key] = make()
    return dict(kept[key])


def _branches(personas: Personas) -> Rows:
    return _once(personas, "branches", lambda: _make_branches(personas.province))


def _make_branches(province: Province) -> Rows:
    return {
        "tea": province.tea_branch,
        "trade": province.trade_branch,
        "city_tea": factories.make_organization("", province.city_tea),
        "city_trade": factories.make_organization("", province.city_trade),
        # Covers nothing yet; its committee stands below the persona's one.
        "loose": factories.make_organization("", committee=province.branch_committee),
    }


BRANCH_REACH = ASSOCIATIONS | {
    **{key: set(BRANCHES) for key in PROVINCE_WIDE},
    "party_committee": {"tea", "loose"},
    "branch_secretary": {"tea"},
}


def _branch_names(personas: Personas) -> Rows:
    return {
        name: PartyOrganizationName.objects.create(organization=branch, name=f"{name}支部")
        for name, branch in _branches(personas).items()
    }


def _coverings(personas: Personas) -> Rows:
    branches = _branches(personas)
    return {
        name: CoveredAssociation.objects.get(organization=branches[name], ends_on=None)
        for name in REGISTER
        if name in branches
    }


ROSTER_REACH = {key: BRANCH_REACH[key] if role in ROSTER else set() for key, (role, _) in PERSONAS.items()}


def _on_branches(make: Callable[[Any], Model]) -> Callable[[Personas], Rows]:
    return lambda personas: {name: make(branch) for name, branch in _branches(personas).items()}


def _yearly_reports(personas: Personas) -> Rows:
    """Those of the branches, and three of committees: below the persona's, another's, a city's."""
    province = personas.province
    city = factories.make_committee("长沙市社会组织综合党委", region=province.changsha, level="city")
    committees = {"below": province.branch_committee, "beside": province.other_committee, "city_committee": city}
    made: Rows = {name: appraisal.make_report(branch) for name, branch in _branches(personas).items()}  # type: ignore[arg-type]
    return made | {name: appraisal.make_report(committee=body) for name, body in committees.items()}


REPORT_REACH = ROSTER_REACH | {
    **{key: set(BRANCHES) | {"below", "beside", "city_committee"} for key in PROVINCE_WIDE},
    "party_committee": ROSTER_REACH["party_committee"] | {"below"},
    "other_committee": ROSTER_REACH["other_committee"] | {"beside"},
    "regional_office": ROSTER_REACH["regional_office"] | {"city_committee"},
}


def _instructors(personas: Personas) -> Rows:
    return _once(personas, "instructors", lambda: _make_instructors(personas.province))


def _make_instructors(province: Province) -> Rows:
    made: Rows = {"sent": factories.make_instructor(department=province.branch_committee)}
    for name in REGISTER:
        instructor = made[name] = factories.make_instructor()
        factories.make_instructor_assignment(instructor, getattr(province, name))
    return made


def _instructor_assignments(personas: Personas) -> Rows:
    instructors = _instructors(personas)
    return {name: InstructorAssignment.objects.get(instructor=instructors[name]) for name in REGISTER}


INSTRUCTOR_REACH = ASSOCIATIONS | {
    **{key: {"sent", *REGISTER} for key in PROVINCE_WIDE},
    "party_committee": {"sent", "tea"},
}


def _assignments(personas: Personas) -> Rows:
    return {
        name: Assignment.objects.filter(association=getattr(personas.province, name)).order_by("pk")[0]
        for name in REGISTER
    }


# What people make ------------------------------------------------------------------------------------------------
def _task(persona: Persona) -> Model:
    """A task on the persona's own desk; one that no desk can have lies with a filer of another association."""
    actor = persona.actor
    is_business = actor.role in BUSINESS
    return open_task(
        kind=f"check{next(_serial)}",
        subject=persona.user,
        title="核对",
        url="/tasks/",
        for_role=actor.role if is_business else Role.ASSOCIATION_FILER,
        body=actor.scope if is_business else Scope("association", 0, "另一社会组织"),
        due_on=None,
        actor=None,
        now=timezone.now(),
    )


def _tasks(personas: Personas) -> Rows:
    asked = open_task(
        kind="asked",
        subject=personas.province.trade,
        title="另一社会组织的事",
        url="/tasks/",
        for_role=Role.ASSOCIATION_FILER,
        body=Scope("association", 0, "另一社会组织"),
        due_on=None,
        actor=personas.supervising_unit.actor,
        now=timezone.now(),
    )
    return {key: _task(personas[key]) for key in PERSONAS} | {"asked": asked}


TASK_REACH = {
    **{key: {key} if role in BUSINESS else set() for key, (role, _) in PERSONAS.items()},
    # Who opened a task sees it, wherever it lies.
    "supervising_unit": {"supervising_unit", "asked"},
    **{key: {*PERSONAS, "asked"} for key in PROVINCE_WIDE},
    # A city's office also sees what lies on the counties below it.
    "regional_office": {"regional_office", "county_office"},
}


def _job(persona: Persona) -> Model:
    now = timezone.now()
    return Job.objects.create(
        task="none", kind="none", label="任务", user=persona.user, last_bell_at=now, created_at=now
    )


def _file(persona: Persona) -> Model:
    return StoredFile.objects.create(
        name="a.xlsx",
        stored_as=f"{next(_serial):032x}",
        kind="none",
        media_type="application/octet-stream",
        size=1,
        sha256="0" * 64,
        owner=persona.user,
        created_at=timezone.now(),
    )


ASKED = {
    **{key: {key} if role in WORKSPACE else set() for key, (role, _) in PERSONAS.items()},
    **{key: {*PERSONAS, "role", "kind"} for key in PROVINCE_WIDE},
}


def of_askers(make: Callable[[Persona], Any]) -> Reach:
    """Rows that people asked for, and two by the same body in another role, or by another node with its number."""

    def rows(personas: Personas) -> Rows:
        made = {key: make(personas[key]) for key in PERSONAS}
        for name, other in (("role", {"role": Role.INDUSTRY_REGULATOR}), ("kind", {"scope_kind": "region"})):
            made[name] = row = make(personas.supervising_unit)
            asked = getattr(row, "run", row)
            type(asked).objects.filter(pk=asked.pk).update(**other)
        return made

    return Reach(rows, ASKED)


def _batch(persona: Persona) -> Any:
    number = next(_serial)
    return ImportBatch.objects.create(
        number=f"DR-{number}",
        kind="associations",
        file_name="a.xlsx",
        state=BatchState.COMMITTED,
        committed_at=timezone.now(),
        user=persona.user,
        membership_id=persona.membership.pk,
        membership_label="身份",
        created_at=timezone.now(),
    )


BATCHES = {
    **{key: {key} if role in {Role.REGIONAL_OFFICE, Role.REGISTRAR} else set() for key, (role, _) in PERSONAS.items()},
    **{key: set(PERSONAS) for key in PROVINCE_WIDE},
}


# History -----------------------------------------------------------------------------------------------------------
AUDITED = roles({"one"}, frozenset({Role.AUDITOR}))


def _moves(personas: Personas) -> Rows:
    return {
        "one": WorkflowEvent.objects.create(
            subject_model="x", subject_pk="1", transition="t", source="a", target="b", version=2, at=timezone.now()
        )
    }


def _acts(personas: Personas) -> Rows:
    return {"one": record("test.done", actor=personas.department_admin.actor, now=timezone.now())}


def _readings(personas: Personas) -> Rows:
    actor = personas.department_admin.actor
    return {"one": record_access("test", actor=actor, object_ids=[1], now=timezone.now())}


MEMORY_REACH = {
    **roles(set(), EVERYONE),
    **{key: {"department_admin"} for key in PROVINCE_WIDE},
    **{key: {key} for key in MEMORIES},
}
# A round that is being prepared is the department's own.
ROUND_REACH = roles({"open", "closed"}, BUSINESS) | {key: {"draft", "open", "closed"} for key in PROVINCE_WIDE}


def _remarks(personas: Personas) -> Rows:
    """A remark that a return carried, and one that a reviewer is still writing."""
    sent = {name: scopes.sent_remark_of(getattr(personas.province, name)) for name in REGISTER}
    own = {f"{name}_own": scopes.draft_remark_of(getattr(personas.province, name)) for name in REGISTER}
    return sent | own


REMARK_REACH = {
    key: names if PERSONAS[key][0] in FILING else names | {f"{name}_own" for name in names}
    for key, names in ASSOCIATIONS.items()
}


CALL_REACH = {key: set() if PERSONAS[key][0] in FILING else names for key, names in ASSOCIATIONS.items()}
TABLE: dict[str, Reach] = {
    "associations.Association": of_associations(lambda association: association),
    "associations.Assignment": Reach(_assignments, ASSOCIATIONS),
    "associations.PartyMemberCount": of_associations(lambda one: factories.make_member_count(one, date(2026, 1, 1), 3)),
    "associations.Grade": of_associations(
        lambda one: Grade.objects.create(association=one, level="3A", announced_on=date(2024, 1, 1))
    ),
    "associations.Department": Reach(_bodies, DEPARTMENT_REACH),
    "associations.DepartmentName": Reach(
        lambda personas: {
            name: factories.make_department_name(body, f"{name}别名")  # type: ignore[arg-type]
            for name, body in _bodies(personas).items()
        },
        _staff_reads_all_bodies,
    ),
    "partybuilding.PartyOrganization": Reach(_branches, BRANCH_REACH),
    "partybuilding.PartyOrganizationName": Reach(_branch_names, BRANCH_REACH),
    "partybuilding.CoveredAssociation": Reach(_coverings, ASSOCIATIONS),
    **{label: of_associations(make) for label, make in HANGING.items()},
    **{label: Reach(make, CALL_REACH) for label, make in LOOKED_AT.items()},
    "associations.Officer": of_associations(makers.make_officer),
    "associations.Contact": of_associations(makers.make_contact),
    "associations.MemberUnit": of_associations(makers.make_member_unit),
    "partybuilding.PartyMember": Reach(_on_branches(makers.make_party_member), ROSTER_REACH),
    **{label: Reach(*made) for label, made in members.tables(_branches, ROSTER_REACH, ASSOCIATIONS).items()},
    "partybuilding.Secretary": Reach(_on_branches(makers.make_secretary), BRANCH_REACH),
    "partybuilding.PartyElection": Reach(_on_branches(makers.make_election), BRANCH_REACH),
    "partybuilding.TermExtension": Reach(_on_branches(makers.make_extension), BRANCH_REACH),
    "partybuilding.StudyProgramme": Reach(lambda personas: {"one": life.make_programme()}, roles({"one"}, ROSTER)),
    **{label: Reach(_on_branches(make), ROSTER_REACH) for label, make in life.MADE.items()},
    **{label: Reach(*made) for label, made in work_of_branches(_branches, ROSTER_REACH).items()},
    **{label: Reach(_on_branches(make), ROSTER_REACH) for label, make in {**life.MADE, **appraisal.MADE}.items()},
    "partybuilding.YearlyReport": Reach(_yearly_reports, REPORT_REACH),
    "people.Person": Reach(lambda personas: {"one": makers.make_person()}, roles(set(), EVERYONE)),
    "people.Phone": Reach(lambda personas: {"one": makers.make_phone()}, roles(set(), EVERYONE)),
    "people.PersonMerge": Reach(lambda personas: {"one": makers.make_merge()}, roles(set(), EVERYONE)),
    "partybuilding.Instructor": Reach(_instructors, INSTRUCTOR_REACH),
    "partybuilding.InstructorAssignment": Reach(_instructor_assignments, ASSOCIATIONS),
    **{label: Reach(*made) for label, made in closing.tables(REGISTER, ASSOCIATIONS).items()},
    **{label: Reach(*made) for label, made in census.tables().items()},
    "associations.LibraryDocument": Reach(
        library.make_documents,
        {
            key: {"staff", "all"} if role in WORKSPACE else {"all"} if role in FILING else set()
            for key, (role, _node) in PERSONAS.items()
        },
    ),
    **{label: Reach(*made) for label, made in evaluation.tables(REGISTER, ASSOCIATIONS).items()},
    "memberships.Membership": of_owners(lambda persona: persona.membership, also=LOOKED_AFTER_AND_OWN),
    "memberships.ResetRequest": Reach(make_resets, LOOKED_AFTER),
    "memberships.SlipSheet": of_owners(make_sheet),
    "accounts.ActivationCode": Reach(
        lambda personas: {key: make_code(personas[key]) for key in PERSONAS}, {key: set() for key in PERSONAS}
    ),
    "notices.Task": Reach(_tasks, TASK_REACH),
    "notices.Notice": of_owners(
        lambda persona: Notice.objects.create(user=persona.user, text="消息", created_at=timezone.now())
    ),
    "jobs.Job": of_owners(_job),
    "privacy.ExportRequest": of_owners(make_export_request, also=REQUESTED),
    "exporting.Export": of_owners(make_export),
    "files.StoredFile": of_owners(_file),
    "reporting.ReportRun": of_askers(make_run),
    "reporting.Schedule": of_askers(make_schedule),
    "reporting.ReportRow": of_askers(make_run_row),
    "reporting.ReportDrill": of_askers(make_run_drill),
    "reporting.ReportFile": of_askers(make_run_file),
    "importing.ImportBatch": of_owners(_batch, also=BATCHES),
    "importing.ImportRow": of_owners(
        lambda persona: ImportRow.objects.create(batch=_batch(persona), row_number=5, outcome="new"), also=BATCHES
    ),
    "importing.ImportAbsence": of_owners(
        lambda persona: ImportAbsence.objects.create(batch=_batch(persona), subject_pk=1, label="甲"), also=BATCHES
    ),
    "importing.ImportIssue": of_owners(
        lambda persona: ImportIssue.objects.create(batch=_batch(persona), row_number=5, code="x", message="m"),
        also=BATCHES,
    ),
    "importing.RememberedMapping": Reach(remembered_mappings, MEMORY_REACH),
    "importing.RememberedReference": Reach(remembered_references, MEMORY_REACH),
    **{label: Reach(*made) for label, made in (campaigns.TABLES | method_makers.TABLES).items()},
    **{label: Reach(*made) for label, made in (guidance_makers.TABLES | award_makers.TABLES).items()},
    **{label: Reach(*made) for label, made in collecting_makers.TABLES.items()},
    "supervision.Round": Reach(scopes.rounds, ROUND_REACH),
    "supervision.RoundTrack": Reach(scopes.tracks, ROUND_REACH),
    "supervision.Extension": of_associations(scopes.extension_of),
    "supervision.Inspection": of_associations(scopes.inspection_of),
    "supervision.InspectionSection": of_associations(scopes.section_of),
    "supervision.InspectionFigures": of_associations(scopes.figures_of),
    "supervision.Submission": of_associations(scopes.submission_of),
    "supervision.Attachment": of_associations(scopes.attachment_of),
    "supervision.FilingPaper": of_associations(scopes.paper_of),
    "supervision.SignaturePage": of_associations(scopes.signature_page_of),
    "supervision.Return": of_associations(scopes.return_of),
    "supervision.Remark": Reach(_remarks, REMARK_REACH),
    "supervision.Opinion": of_associations(scopes.opinion_of),
    "supervision.UrgeCall": Reach(
        lambda personas: {name: scopes.call_of(getattr(personas.province, name)) for name in REGISTER}, CALL_REACH
    ),
    "workflow.WorkflowEvent": Reach(_moves, roles(set(), EVERYONE)),
    "audit.AuditEvent": Reach(_acts, AUDITED),
    "audit.AccessEvent": Reach(_readings, AUDITED),
}


def leaks(model: type[GuardedModel], rows: Rows, actors: dict[str, Actor]) -> dict[str, set[str]]:
    """Where `scope_q` differs from the table: persona → the names that are too many or too few."""
    names = {row.pk: name for name, row in rows.items()}
    found: dict[str, set[str]] = {}
    for key, actor in actors.items():
        reached = {names[pk] for pk in model.objects.for_actor(actor).values_list("pk", flat=True) if pk in names}
        wrong = reached ^ TABLE[model._meta.label].expected[key]
        if wrong:
            found[key] = wrong
    return found


def all_actors(personas: Personas) -> dict[str, Actor]:
    return {key: personas[key].actor for key in PERSONAS}
