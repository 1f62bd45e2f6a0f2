"""Rows for tests, made through the models, with sensible defaults and unique names."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from functools import cache
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from associations.checklists.models import Checklist, ChecklistStep, ChecklistTemplate
from associations.registry.enums import (
    AssignmentRole,
    AssociationKind,
    DepartmentKind,
    NameKind,
    RegistrationLevel,
)
from associations.registry.models import (
    Assignment,
    Association,
    AssociationName,
    Department,
    DepartmentName,
    PartyMemberCount,
)
from partybuilding.coverage.models import Instructor, InstructorAssignment
from partybuilding.embedding.models import HookCheck
from partybuilding.establishment.enums import PlanKind
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.organizations.enums import EstablishmentMode, GroupKind, OrganizationKind
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from portal.access.roles import ASSOCIATION, BODIES, Role
from portal.access.scoping import everything
from portal.accounts.models import User
from portal.home.management.commands.load_reference import parameter_rows
from portal.memberships.models import Membership
from portal.people.models import Person
from portal.regions.enums import RegionLevel
from portal.regions.models import Region
from portal.regulations.models import Parameter
from portal.regulations.services import ParameterRow

_serial = count(1)
PASSWORD = "Xiang-Jiang-2026"
# GB 32100-2015, table of characters and weights.
USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def uscc(serial: int | None = None, *, prefix: str = "51430000") -> str:
    """A social group's code with a correct check character (R-001)."""
    body = f"{prefix}{serial if serial is not None else next(_serial):09d}"
    total = sum(USCC_CHARACTERS.index(character) * weight for character, weight in zip(body, USCC_WEIGHTS, strict=True))
    return body + USCC_CHARACTERS[(31 - total % 31) % 31]


def make_region(code: str, name: str, parent: Region | None = None, **fields: Any) -> Region:
    """A region by GB/T 2260; the level follows from the code. The same code twice gives the same row."""
    level = RegionLevel.COUNTY
    if code.endswith("0000"):
        level = RegionLevel.PROVINCE
    elif code.endswith("00"):
        level = RegionLevel.CITY
    defaults = {
        "name": name,
        "short_name": name.rstrip("省市区县"),
        "level": level,
        "parent": parent,
        "path": f"{parent.path if parent else '/'}{code}/",
        "source": "GB/T 2260",
    }
    region, _ = Region.objects.get_or_create(code=code, defaults=defaults | fields)
    return region


@cache
def shipped_parameters() -> tuple[ParameterRow, ...]:
    """The dated parameters of the project, as `load_reference` reads them."""
    return tuple(parameter_rows(settings.BASE_DIR / "fixtures" / "reference"))


def enter_parameters(rows: Iterable[ParameterRow]) -> None:
    """Parameters into an empty table, at once: that the shipped ones pass the service's checks is a test of its own."""
    wanted = list(rows)
    regions = Region.objects.in_bulk({row.region for row in wanted if row.region}, field_name="code")
    Parameter.objects.bulk_create(
        Parameter(**asdict(row) | {"region": regions[row.region] if row.region else None}) for row in wanted
    )


def make_user(username: str = "", *, password: str | None = None, **fields: Any) -> User:
    """An account; without a password it is used through `sign_in` only."""
    name = username or f"user{next(_serial)}"
    return User.objects.create_user(name, password, fields.pop("display_name", name), **fields)


def make_department(name: str = "", **fields: Any) -> Department:
    with everything("test data"):
        return Department.objects.create(name=name or f"湖南省第{next(_serial)}厅", **fields)


def make_registrar(region: Region, level: str = RegistrationLevel.PROVINCE, name: str = "") -> Department:
    return make_department(
        name or f"{region.name}民政局{next(_serial)}", kind=DepartmentKind.REGISTRAR, level=level, region=region
    )


def make_committee(name: str = "", parent: Department | None = None, **fields: Any) -> Department:
    name = name or f"湖南省第{next(_serial)}行业党委"
    return make_department(name, kind=DepartmentKind.PARTY_COMMITTEE, parent=parent, **fields)


def make_department_name(department: Department, name: str, kind: str = NameKind.ALIAS) -> DepartmentName:
    return DepartmentName.objects.create(department=department, name=name, kind=kind)


def make_association(
    name: str = "",
    *,
    region: Region | None = None,
    supervising_unit: Department | None = None,
    industry_regulator: Department | None = None,
    party_committee: Department | None = None,
    **fields: Any,
) -> Association:
    """An association on the provincial register, with its open assignments."""
    number = next(_serial)
    association = Association.objects.create(
        **{
            "uscc": uscc(number),
            "name": name or f"湖南省第{number}行业协会",
            "kind": AssociationKind.SOCIAL_GROUP,
            "is_industry_association": True,
            "registration_level": RegistrationLevel.PROVINCE,
            "region": region or make_region("430000", "湖南省"),
        }
        | fields
    )
    bodies = {
        AssignmentRole.SUPERVISING_UNIT: supervising_unit,
        AssignmentRole.INDUSTRY_REGULATOR: industry_regulator,
        AssignmentRole.PARTY_COMMITTEE: party_committee,
    }
    for role, department in bodies.items():
        if department is not None:
            make_assignment(association, department, role)
    return association


def make_association_name(association: Association, name: str, kind: str = NameKind.SHORT) -> AssociationName:
    return AssociationName.objects.create(association=association, name=name, kind=kind)


def make_assignment(
    association: Association,
    department: Department,
    role: str = AssignmentRole.SUPERVISING_UNIT,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **fields: Any,
) -> Assignment:
    return Assignment.objects.create(
        association=association, department=department, role=role, starts_on=starts_on, ends_on=ends_on, **fields
    )


def make_member_count(
    association: Association, counted_on: date, relation_count: int | None = None, working_count: int | None = None
) -> PartyMemberCount:
    return PartyMemberCount.objects.create(
        association=association, counted_on=counted_on, relation_count=relation_count, working_count=working_count
    )


def make_organization(
    name: str = "",
    *associations: Association,
    committee: Department | None = None,
    covered_from: date | None = None,
    **fields: Any,
) -> PartyOrganization:
    """A Party branch that covers the given associations."""
    organization = PartyOrganization.objects.create(
        **{
            "name": name or f"中共湖南省第{next(_serial)}行业协会支部委员会",
            "kind": OrganizationKind.BRANCH,
            "establishment_mode": EstablishmentMode.INDIVIDUAL,
            "committee": committee,
        }
        | fields
    )
    for association in associations:
        CoveredAssociation.objects.create(organization=organization, association=association, starts_on=covered_from)
    return organization


def make_instructor(name: str = "", department: Department | None = None, **fields: Any) -> Instructor:
    person = Person.objects.create(name=name or f"指导员{next(_serial)}")
    return Instructor.objects.create(person=person, department=department, **fields)


def make_instructor_assignment(
    instructor: Instructor, association: Association, starts_on: date | None = None, ends_on: date | None = None
) -> InstructorAssignment:
    return InstructorAssignment.objects.create(
        instructor=instructor, association=association, starts_on=starts_on or timezone.localdate(), ends_on=ends_on
    )


def make_group(
    association: Association, kind: str = GroupKind.UNION, starts_on: date | None = None, ends_on: date | None = None
) -> GroupOrganization:
    return GroupOrganization.objects.create(
        association=association, kind=kind, name=f"{association.name}工会委员会", starts_on=starts_on, ends_on=ends_on
    )


def make_checklist(association: Association, code: str = "three_sync", **fields: Any) -> Checklist:
    """A checklist of one step."""
    template, _ = ChecklistTemplate.objects.get_or_create(
        code=code,
        region=None,
        starts_on=None,
        defaults={
            "title": "党建“三同步”",
            "occasion": "registration",
            "working_days": 5,
            "source": "试",
            "confidence": "read",
        },
    )
    day = fields.pop("starts_on", date(2026, 6, 22))
    given = {"starts_on": day, "opened_on": day, "due_on": date(2026, 6, 29), **fields}
    checklist = Checklist.objects.create(association=association, template=template, code=code, **given)
    ChecklistStep.objects.create(checklist=checklist, number=1, text="采集党员信息")
    return checklist


def make_check(association: Association, stage: str = "purchase", **fields: Any) -> HookCheck:
    """A check of the five that was recorded."""
    given = {
        "result": "ok",
        "findings": "已建立党组织。",
        "checked_on": date(2026, 6, 22),
        "recorded_at": timezone.now(),
    }
    return HookCheck.objects.create(
        **{"association": association, "stage": stage, "checked_by": make_user(), "membership_label": "登记管理机关"}
        | given
        | fields
    )


def make_plan(
    association: Association,
    kind: str = PlanKind.FOUNDING,
    starts_on: date = date(2026, 1, 5),
    due_on: date = date(2026, 12, 31),
    **fields: Any,
) -> EstablishmentPlan:
    """A founding planned by a day, or a deferral approved until then."""
    given: dict[str, Any] = {"responsible": "组织处处长"}
    if kind == PlanKind.DEFERRAL:
        given = {"document_number": "湘社组党〔2026〕1号", "ground": "dormant", "reason": "停止活动", "ends_on": due_on}
    return EstablishmentPlan.objects.create(
        **{"association": association, "kind": kind, "starts_on": starts_on, "due_on": due_on} | given | fields
    )


def make_membership(user: User, role: str, node: Any = None, **fields: Any) -> Membership:
    """A membership on the scope node that the role asks for."""
    scope: dict[str, Any] = {}
    if role == Role.REGIONAL_OFFICE:
        scope["region"] = node
    elif role in BODIES:
        scope["department"] = node
    elif role in ASSOCIATION:
        scope["association"] = node
    elif role == Role.BRANCH_SECRETARY:
        scope["organization"] = node
    with everything("test data"):
        return Membership.objects.create(user=user, role=role, **scope, **fields)
