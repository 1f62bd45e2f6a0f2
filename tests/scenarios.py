"""The figures that the seeds tell, built through services as people would build them.

Each function makes one story and returns what a test needs to read it back. Names and codes are invented; the numbers
are the seeds' own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command

from associations.directory.services import create_department
from associations.registry.enums import AssignmentRole, AssociationKind, DepartmentKind, RegistrationLevel
from associations.registry.models import Association, Department
from associations.registry.services import assign_department, record_member_counts, register_association
from partybuilding.coverage.services import assign_instructor, create_instructor
from partybuilding.organizations.enums import EstablishmentMode, OrganizationKind
from partybuilding.organizations.services import record_party_organization
from portal.access.actor import Actor
from portal.home.demonstration.codes import uscc
from portal.importing.command import Order, carry_out
from portal.regions.models import Region
from portal.reporting.data import ReportData
from tests.databases import rolled_back
from tests.personas import Personas, Province
from tests.wings import NOW
from tests.workbooks import as_csv

AS_OF = date(2026, 6, 30)
# Long before any date that a story asks about.
SINCE = date(2015, 1, 1)


@dataclass(frozen=True, slots=True)
class Story:
    """Who tells it, and when."""

    actor: Actor
    now: datetime

    def register(self, name: str, serial: int, region: Region, level: str, **more: Any) -> Association:
        """An industry association that has been there for long."""
        fields: dict[str, Any] = {
            "kind": AssociationKind.SOCIAL_GROUP,
            "is_industry_association": True,
            "established_on": SINCE,
        }
        code = uscc(AssociationKind.SOCIAL_GROUP, region.code, serial)
        return register_association(
            name=name,
            uscc=code,
            region=region,
            registration_level=level,
            actor=self.actor,
            now=self.now,
            **(fields | more),
        )

    def committee(self, name: str, region: Region, level: str) -> Department:
        return create_department(
            name=name, kind=DepartmentKind.PARTY_COMMITTEE, region=region, level=level, actor=self.actor, now=self.now
        )

    def count_members(self, association: Association, number: int, on: date) -> None:
        record_member_counts(
            association,
            counted_on=on,
            relation_count=number,
            working_count=number,
            actor=self.actor,
            now=self.now,
            version=association.version,
        )

    def found(self, committee: Department, associations: Sequence[Association], on: date, members: int) -> None:
        """An own branch for one association, a joint one for several."""
        is_joint = len(associations) > 1
        record_party_organization(
            name=f"中共{associations[0].name}{'等联合支部' if is_joint else '支部'}委员会",
            kind=OrganizationKind.JOINT_BRANCH if is_joint else OrganizationKind.BRANCH,
            establishment_mode=EstablishmentMode.JOINT if is_joint else EstablishmentMode.INDIVIDUAL,
            committee=committee,
            associations=associations,
            approval_number=f"社组党〔{on.year}〕{associations[0].pk}号",
            established_on=on,
            full_member_count=members,
            actor=self.actor,
            now=self.now,
        )


def hefei(story: Story) -> Region:
    """Seed 001, 合肥: 149 associations of the city, 137 of them covered; R-076 to R-079 stand on it.

    100 have an own branch, 37 share nine joint branches, 10 of the other 12 have an instructor. Four of the 12 have
    the members for a branch of their own.
    """
    city = Region.objects.get(code="340100")
    committee = story.committee("合肥市行业协会商会综合党委", city, RegistrationLevel.CITY)
    founded = date(2024, 3, 1)
    everyone = [
        story.register(f"合肥市第{number}行业协会", number, city, RegistrationLevel.CITY) for number in range(1, 150)
    ]
    for association in everyone:
        assign_department(
            association,
            role=AssignmentRole.PARTY_COMMITTEE,
            department=committee,
            starts_on=None,
            actor=story.actor,
            now=story.now,
            version=association.version,
        )
    own, shared, rest = everyone[:100], everyone[100:137], everyone[137:]
    for association in own:
        story.count_members(association, 5, founded)
        story.found(committee, [association], founded, 5)
    for association in shared:
        story.count_members(association, 1, founded)
    sizes = [5, *[4] * 8]
    for index, size in enumerate(sizes):
        first = sum(sizes[:index])
        story.found(committee, shared[first : first + size], founded, size)
    for association in rest[:4]:
        story.count_members(association, 3, founded)
    for association in rest[4:]:
        story.count_members(association, 1, founded)
    for name, looked_after in (("甲指导员", rest[:5]), ("乙指导员", rest[5:10])):
        instructor = create_instructor(name=name, department=committee, actor=story.actor, now=story.now)
        for association in looked_after:
            assign_instructor(
                association,
                instructor,
                starts_on=founded,
                ends_on=None,
                due_on=None,
                actor=story.actor,
                now=story.now,
            )
    return city


def ministry(story: Story) -> Department:
    """Seed 000: one ministry is the supervising unit of 39 associations with 232 members and 12 branches."""
    nation = Region.objects.get(code="110000")
    unit = create_department(
        name="工业和信息化部",
        kind=DepartmentKind.GOVERNMENT,
        level=RegistrationLevel.NATIONAL,
        region=nation,
        actor=story.actor,
        now=story.now,
    )
    committee = story.committee("部机关社会组织综合党委", nation, RegistrationLevel.NATIONAL)
    # 12 with a branch: 2 × 14 + 10 × 15; the other 27 have two members each.
    for number, members in enumerate([14] * 2 + [15] * 10 + [2] * 27, start=1):
        association = story.register(f"第{number}工业行业协会", 1000 + number, nation, RegistrationLevel.NATIONAL)
        assign_department(
            association,
            role=AssignmentRole.SUPERVISING_UNIT,
            department=unit,
            starts_on=None,
            actor=story.actor,
            now=story.now,
            version=association.version,
        )
        story.count_members(association, members, date(2011, 6, 30))
        if members > 2:
            story.found(committee, [association], date(2011, 7, 1), members)
    return unit


def city_register(story: Story, folder: Path) -> dict[str, Any]:
    """Seed 002: a city's register of 10,100 = 5,115 + 4,803 + 182, as one file; returns the import's answer."""
    kinds = {
        "社会团体": (AssociationKind.SOCIAL_GROUP, 5115),
        "民办非企业单位": (AssociationKind.SERVICE_INSTITUTION, 4803),
        "基金会": (AssociationKind.FOUNDATION, 182),
    }
    rows: list[tuple[str, ...]] = [("名称", "统一社会信用代码", "社会组织类型", "登记级别", "登记地", "成立日期")]
    for label, (kind, total) in kinds.items():
        for number in range(1, total + 1):
            code = uscc(kind, "430100", 20000 + len(rows))
            rows.append((f"长沙市第{number}号{label}", code, label, "市级", "长沙市", "2015-01-01"))
    path = folder / "全市社会组织名录.csv"
    path.write_bytes(as_csv(rows))
    return carry_out(Order(kind="associations", path=path, commit=True), actor=story.actor, now=story.now)


@contextmanager
def administrator(blocker: Any) -> Iterator[Story]:
    """The province's administrator with the reference data, for a whole test file; everything is rolled back."""
    with rolled_back(blocker):
        call_command("load_reference", verbosity=0)
        yield Story(Personas(Province())["department_admin"].actor, NOW)


def card(report: ReportData, label: str) -> str:
    """What a card of the report shows."""
    return next(one.cell.display() for one in report.cards if one.label == label)


def total_row(report: ReportData, table_key: str) -> dict[str, str]:
    """The totals of one table, by column."""
    table = next(one for one in report.tables if one.key == table_key)
    row = next(one for one in table.rows if one.cells[0].display() == "合计")
    return {column.code: cell.display() for column, cell in zip(table.columns, row.cells, strict=True)}
