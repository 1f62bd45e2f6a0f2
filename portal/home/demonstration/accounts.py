"""One demonstration account per role, on nodes that have something to show."""

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count

from associations.registry.enums import AssignmentRole, DepartmentKind
from associations.registry.models import Association, Department
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from partybuilding.organizations.models import CoveredAssociation
from portal.access.roles import Role
from portal.accounts.codes import secret_hash
from portal.accounts.models import User
from portal.home.demonstration.departments import department
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, HUNAN, World
from portal.memberships.models import Membership, ResetRequest, SlipSheet
from portal.regions.models import Region

# Without the letters and digits that are easily mistaken for each other.
LEGIBLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 14
NODES = ("region", "department", "association", "organization")

# role: user name, and what colleagues read
ACCOUNTS = {
    Role.DEPARTMENT_ADMIN: ("guanli", "社会工作部管理员"),
    Role.DEPARTMENT_STAFF: ("gongzuo", "社会工作部工作人员"),
    Role.REGIONAL_OFFICE: ("changsha", "长沙市委社会工作部"),
    Role.REGISTRAR: ("dengji", "省民政厅登记岗"),
    Role.SUPERVISING_UNIT: ("zhuguan", "业务主管单位联络员"),
    Role.INDUSTRY_REGULATOR: ("hangye", "省工信厅联络员"),
    Role.PARTY_COMMITTEE: ("dangwei", "省工业行业党委工作人员"),
    Role.ASSOCIATION_FILER: ("tianbao", "秘书处填报人"),
    Role.ASSOCIATION_SIGNER: ("qianshu", "法定代表人"),
    Role.BRANCH_SECRETARY: ("shuji", "党支部书记"),
    Role.SYSTEM_ADMIN: ("xitong", "系统管理员"),
    Role.SECURITY_ADMIN: ("anquan", "安全保密管理员"),
    Role.AUDITOR: ("shenji", "安全审计员"),
}

Node = Region | Department | Association | object | None


@dataclass(frozen=True, slots=True)
class Person:
    """An account: its name, what colleagues read, its role and the scope node."""

    username: str
    display_name: str
    role: str
    field: str | None
    node: Node


def make_accounts(world: World) -> None:
    """Accounts without a password: nobody can sign in before one is set."""
    for person in _people(world):
        user = User.objects.create_user(person.username, None, person.display_name)
        # An unusable password carries a random tail; the same seed and date shall give the same database.
        user.password = UNUSABLE_PASSWORD_PREFIX
        user.created_at = world.now
        user.save(update_fields=["password", "created_at"])
        node = {person.field: person.node} if person.field else {}
        Membership.objects.create(user=user, role=person.role, **node)
    _make_desk(world)


def _make_desk(world: World) -> None:
    """What the account desk has before it: a printout of last month, and a person who waits to be called back."""
    admin = Membership.objects.select_related("user").get(role=Role.DEPARTMENT_ADMIN)
    printed_at = world.now - timedelta(days=30)
    SlipSheet.objects.create(
        title="激活单（社会组织填报人）",
        slip_count=2,
        user=admin.user,
        membership_id=admin.pk,
        membership_label=str(admin),
        created_at=printed_at,
        ready_at=printed_at,
        fetched_at=printed_at,
    )
    filer = Membership.objects.get(role=Role.ASSOCIATION_FILER)
    ResetRequest.objects.create(
        account=filer.user,
        number="480215",
        secret_hash=secret_hash(f"nobody holds it {world.scale}"),
        asked_at=world.now,
        valid_until=world.now + timedelta(days=1),
    )


def set_passwords(folder: Path) -> list[str]:
    """Give each demonstration account a new random password and write them to `demo-accounts.txt` (0600).

    One line an account, parted by tabs: role, user name, password, scope. Returns the lines.
    """
    lines = []
    usernames = [username for username, _ in ACCOUNTS.values()]
    ours = Membership.objects.filter(user__username__in=usernames).select_related("user", *NODES)
    for membership in ours.order_by("pk"):
        password = "".join(secrets.choice(LEGIBLE) for _ in range(PASSWORD_LENGTH))
        membership.user.set_password(password)
        membership.user.save(update_fields=["password"])
        lines.append("\t".join([membership.role, membership.user.username, password, membership.scope_label]))
    path = folder / "demo-accounts.txt"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
    return lines


def _people(world: World) -> list[Person]:
    province = world.regions[HUNAN]
    committee = world.committees[DEMONSTRATION_COMMITTEE]
    branch = (
        CoveredAssociation.objects.filter(
            organization__kind=OrganizationKind.BRANCH,
            organization__establishment_mode=EstablishmentMode.INDIVIDUAL,
            organization__committee=committee,
            organization__parent=None,
            ends_on=None,
            association__status="active",
        )
        .select_related("organization", "association")
        .order_by("pk")[0]
    )
    regulator = department(world, province, "gxt")
    unit = (
        Department.objects.filter(
            assignments__role=AssignmentRole.SUPERVISING_UNIT,
            assignments__ends_on=None,
            kind=DepartmentKind.GOVERNMENT,
            region=province,
        )
        .exclude(pk=regulator.pk)
        .annotate(load=Count("assignments"))
        .order_by("-load", "code")[0]
    )
    registrar = department(world, province, "mzt")
    changsha = world.regions["430100"]
    association, organization = branch.association, branch.organization
    nodes: dict[str, tuple[str | None, Node]] = {
        Role.REGIONAL_OFFICE: ("region", changsha),
        Role.REGISTRAR: ("department", registrar),
        Role.SUPERVISING_UNIT: ("department", unit),
        Role.INDUSTRY_REGULATOR: ("department", regulator),
        Role.PARTY_COMMITTEE: ("department", committee),
        Role.ASSOCIATION_FILER: ("association", association),
        Role.ASSOCIATION_SIGNER: ("association", association),
        Role.BRANCH_SECRETARY: ("organization", organization),
    }
    return [
        Person(username, display_name, role, *nodes.get(role, (None, None)))
        for role, (username, display_name) in ACCOUNTS.items()
    ]
