"""What happened to Party members: transfers, probation, candidates, returns, double posts, cultivation, training.

Dice of their own. The rosters that stand already keep their numbers: who came from elsewhere has been on another one
before, and who is on probation comes in addition.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from associations.governance.models import Officer
from partybuilding.care.services import keep_care
from partybuilding.cultivation.enums import Direction
from partybuilding.cultivation.models import Cultivation
from partybuilding.development.enums import ORDER, Stage
from partybuilding.development.models import Candidate, DevelopmentStage
from partybuilding.development.rules import standing_of
from partybuilding.floating.models import FloatingMember
from partybuilding.members.enums import EventKind
from partybuilding.members.models import MemberEvent, PartyMember, Secretary
from partybuilding.organizations.enums import OrganizationKind
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization
from partybuilding.returns.models import MemberReturn
from partybuilding.training.models import Academy, TrainingAttendance, TrainingSession
from partybuilding.transfers.models import MemberTransfer
from partybuilding.transfers.services import send
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.home.demonstration.people import Invented
from portal.home.demonstration.world import DEMONSTRATION_COMMITTEE, SEED, World, insert
from portal.people.models import Person
from portal.regulations.rules import add_months

OUTSIDE = "中共某市某街道工作委员会"
# Days that the stages of a candidate lie apart.
STEPS = (0, 20, 60, 380, 30, 15, 20, 15, 45)


def make_members(world: World) -> None:
    """Everything about members that is rows and no act."""
    made = Invented(world, dice=Random(SEED + 72))  # noqa: S311  invented data, nothing secret
    known = PartyMember.objects.filter(ends_on=None, organization__dissolved_on=None)
    rosters: dict[int, list[PartyMember]] = {}
    for member in known.select_related("organization", "person").order_by("organization", "pk"):
        rosters.setdefault(member.organization_id, []).append(member)
    organizations = [rows[0].organization for rows in rosters.values()]
    events: list[MemberEvent] = []
    _transfers(world, made, rosters, organizations, events)
    _probation(world, made, organizations, events)
    _candidates(world, made, organizations)
    insert(Person, made.people)
    insert(PartyMember, made.rows.get(PartyMember, []))
    insert(MemberTransfer, made.rows.get(MemberTransfer, []))
    insert(MemberEvent, [*events])
    insert(Candidate, made.rows.get(Candidate, []))
    insert(DevelopmentStage, made.rows.get(DevelopmentStage, []))
    _floating(world, rosters)
    _returns(world, made.dice, rosters)
    _posts(world, made.dice)
    _cultivation(world, made.dice, rosters)
    _training(world, made.dice, rosters)
    for model in (PartyMember, Candidate, FloatingMember, Cultivation, MemberReturn, TrainingSession):
        model._default_manager.update(updated_at=world.now)


def _event(world: World, member: PartyMember, kind: str, on: date, **told: Any) -> MemberEvent:
    return MemberEvent(
        organization=member.organization, member=member, kind=kind, happened_on=on, recorded_at=world.now, **told
    )


def _transfers(
    world: World,
    made: Invented,
    rosters: dict[int, list[PartyMember]],
    organizations: list[PartyOrganization],
    events: list[MemberEvent],
) -> None:
    """Some of those who are here came from another organisation of the register, some from outside."""
    dice = made.dice
    changed: list[PartyMember] = []
    for place, organization in enumerate(organizations[:24]):
        member = rosters[organization.pk][-1]
        on = world.today - timedelta(days=dice.randint(30, 600))
        number = f"〔{on.year}〕第{100 + place}号"
        common = {
            "state": "done",
            "target": organization,
            "arrived": member,
            "letter_number": number,
            "issued_on": on - timedelta(days=dice.randint(0, 12)),
            "received_on": on,
            "reason": "工作单位变动",
            "created_at": world.now,
        }
        member.starts_on = on
        changed.append(member)
        source = organizations[(place + 7) % len(organizations)]
        if place % 3 == 2 or source.pk == organization.pk:
            made.add(MemberTransfer(source_name=OUTSIDE, **common))
            events.append(_event(world, member, EventKind.MOVED_IN, on, counterpart=OUTSIDE, document_number=number))
            continue
        before = PartyMember(
            organization=source,
            person=member.person,
            membership_state=member.membership_state,
            joined_on=member.joined_on,
            became_full_on=member.became_full_on,
            ethnicity=member.ethnicity,
            education=member.education,
            relation_in_organization=True,
            ends_on=on - timedelta(days=1),
        )
        made.add(before)
        made.add(MemberTransfer(source=source, member=before, **common))
        events.append(
            _event(world, before, EventKind.MOVED_OUT, on, counterpart=organization.name, document_number=number)
        )
        events.append(_event(world, member, EventKind.MOVED_IN, on, counterpart=source.name, document_number=number))
    PartyMember.objects.bulk_update(changed, ["starts_on"], batch_size=500)


def _probation(world: World, made: Invented, organizations: list[PartyOrganization], events: list[MemberEvent]) -> None:
    """Probations that end long ago, soon and later; one was extended; one member is lost."""
    for place, organization in enumerate(organizations[:18]):
        joined = add_months(world.today, -12) + timedelta(days=(-40, -5, 20, 50, 120, 200, 300)[place % 7])
        member = PartyMember(
            organization=organization,
            person=made.person(45, 24, has_number=False),
            membership_state="probationary",
            joined_on=joined,
            starts_on=joined,
            ethnicity="汉族",
            education=made.dice.choice(["bachelor", "college", "postgraduate"]),
            relation_in_organization=True,
            association_post=made.dice.choice(["会员部干事", "副秘书长", ""]),
            is_lost=place == 9,
        )
        if place == 4:
            member.joined_on = member.starts_on = joined = add_months(world.today, -14)
            member.probation_until_on = add_months(world.today, 5)
        made.add(member)
        number = f"湘社组党〔{joined.year}〕{300 + place}号"
        events.append(_event(world, member, EventKind.ADMITTED, joined, document_number=number))
        if member.probation_until_on:
            on = add_months(joined, 12)
            told = f"延长到{member.probation_until_on.isoformat()}。需要继续考察。"
            events.append(_event(world, member, EventKind.EXTENDED, on, document_number=number, remark=told))
        if member.is_lost:
            on = world.today - timedelta(days=50)
            events.append(_event(world, member, EventKind.LOST, on, cause="work", remark="多次联系未果，继续查找。"))


def _candidates(world: World, made: Invented, organizations: list[PartyOrganization]) -> None:
    """People at every stage; each stage by its paper and in its order."""
    for place, organization in enumerate(organizations[:30]):
        reached = place % (len(ORDER) - 1) + 1
        taken = sum(STEPS[:reached])
        on = world.today - timedelta(days=taken + made.dice.randint(5, 25))
        candidate = Candidate(
            organization=organization,
            person=made.person(45, 22, has_number=False),
            association_post=made.dice.choice(["办公室干事", "会员部主任", "项目主管", ""]),
            contacts=made.dice.choice(["王振华、李国庆", "陈志远", ""]),
            applied_on=on,
        )
        days: dict[Stage, date] = {}
        for stage, step in zip(ORDER[:reached], STEPS, strict=False):
            on += timedelta(days=step)
            days[stage] = on
            paper = "入党申请书" if stage == Stage.APPLIED else f"{stage.label}材料"
            made.add(
                DevelopmentStage(
                    candidate=candidate, stage=stage, happened_on=on, document=paper, recorded_at=world.now
                )
            )
        if Stage.ADMITTED in days:
            candidate.introducers = "王振华、李国庆"
        candidate.standing = standing_of(days, is_closed=False)
        made.add(candidate)


def _floating(world: World, rosters: dict[int, list[PartyMember]]) -> None:
    """Some are away: for long, for weeks, abroad with and without a contact of late; one is back."""
    rows = []
    for place, members in enumerate(list(rosters.values())[4:10]):
        start = world.today - timedelta(days=(300, 40, 250, 420, 210, 380)[place])
        rows.append(
            FloatingMember(
                organization_id=members[0].organization_id,
                member=members[len(members) // 2 - 1],
                starts_on=start,
                place=("广东省深圳市某公司", "湖北省武汉市某项目部", "英国伦敦")[place % 3],
                is_abroad=place % 3 == 2,
                keeper="组织委员",
                contacted_on=world.today - timedelta(days=30) if place in (0, 5) else None,
                ends_on=world.today - timedelta(days=15) if place == 3 else None,
            )
        )
    insert(FloatingMember, rows)


def _returns(world: World, dice: Random, rosters: dict[int, list[PartyMember]]) -> None:
    """Last year's numbers of two thirds of the organisations, most of which keep no roster."""
    year, rows = world.today.year - 1, []
    existing = PartyOrganization.objects.filter(dissolved_on=None, established_on__lt=date(year, 1, 1)).order_by("pk")
    for organization in existing:
        number = (organization.full_member_count or 0) + (organization.probationary_member_count or 0)
        if not number or dice.random() > (0.15 if organization.pk in rosters else 0.75):
            continue
        moved_in, moved_out = dice.choice([0, 0, 0, 1, 2]), dice.choice([0, 0, 0, 0, 1])
        admitted, died = dice.choice([0, 0, 0, 1]), dice.choice([0, 0, 0, 0, 0, 0, 1])
        off = dice.choice([0] * 14 + [1])
        opening = number - moved_in - admitted + moved_out + died - off
        if opening < 0:
            continue
        rows.append(
            MemberReturn(
                organization=organization,
                year=year,
                opening=opening,
                admitted=admitted,
                moved_in=moved_in,
                died=died,
                moved_out=moved_out,
                actual=number,
                remark="补登原有党员1名。" if off else "",
                updated_at=world.now,
            )
        )
    insert(MemberReturn, rows)


def _own_covers() -> dict[int, CoveredAssociation]:
    """The association of each organisation of its own."""
    rows = CoveredAssociation.objects.filter(ends_on=None, organization__establishment_mode="individual")
    rows = rows.exclude(organization__kind=OrganizationKind.JOINT_BRANCH).select_related("association", "organization")
    return {row.organization_id: row for row in rows.order_by("pk")}


def _posts(world: World, dice: Random) -> None:
    """Two secretaries of five hold a post in their association, as one and the same person."""
    covers, rows = _own_covers(), []
    for secretary in Secretary.objects.filter(ends_on=None).order_by("pk"):
        cover = covers.get(secretary.organization_id)
        if cover is None or dice.random() > 0.4:
            continue
        post = dice.choice(["vice_president", "vice_president", "director", "executive_director", "supervisor"])
        start = cover.association.term_started_on
        rows.append(
            Officer(
                association=cover.association,
                person_id=secretary.person_id,
                post=post,
                political_status="party_member",
                starts_on=start,
                term_started_on=start,
            )
        )
    insert(Officer, rows)
    Officer.objects.update(updated_at=world.now)


def _cultivation(world: World, dice: Random, rosters: dict[int, list[PartyMember]]) -> None:
    """Members and officers on the way in the four directions, some of whom arrived."""
    covers, rows = _own_covers(), []
    for place, (pk, members) in enumerate(sorted(rosters.items())[:28]):
        start = world.today - timedelta(days=dice.randint(120, 500))
        cover = covers.get(pk)
        if place % 4 == 0 and cover is not None:
            officer = Officer.objects.filter(association=cover.association, ends_on=None, post="vice_president").first()
            if officer is not None and officer.person_id not in {member.person_id for member in members}:
                rows.append(
                    Cultivation(
                        organization_id=pk,
                        person_id=officer.person_id,
                        direction=Direction.TO_MEMBER,
                        position="副会长",
                        mentor="王振华",
                        starts_on=start,
                    )
                )
            continue
        member = members[-1]
        row = Cultivation(
            organization_id=pk,
            person_id=member.person_id,
            direction=Direction.TO_SECRETARY if place % 4 == 1 else Direction.TO_MANAGEMENT,
            position=dice.choice(["会员部干事", "培训部副主任", "办公室主任"]),
            mentor="李国庆",
            starts_on=start,
        )
        if row.direction == Direction.TO_MANAGEMENT and dice.random() < 0.5:
            row.result = dice.choice(["manager", "manager", "pacesetter"])
            row.ends_on = start + timedelta(days=dice.randint(60, 110))
        rows.append(row)
    insert(Cultivation, rows)


def _training(world: World, dice: Random, rosters: dict[int, list[PartyMember]]) -> None:
    """An academy with its courses, trainings of organisations, and who attended as far as names are known."""
    academy = insert(Academy, [Academy(name="湖湘两新学院", key="湖湘两新学院", host="省委社会工作部")])[0]
    year = world.new_year
    sessions, attendances = [], []

    def hold(title: str, audience: str, on: date, days: int, **values: Any) -> TrainingSession | None:
        ends_on = on + timedelta(days=days - 1)
        if ends_on > world.today:
            return None
        session = TrainingSession(
            title=title, audience=audience, starts_on=on, ends_on=ends_on, hours=Decimal(8 * days), **values
        )
        sessions.append(session)
        return session

    def attend(session: TrainingSession | None, person: Any, organization: Any, hours: Decimal | None = None) -> None:
        if session is not None:
            attendances.append(
                TrainingAttendance(
                    session=session,
                    person_id=person,
                    organization_id=organization,
                    hours=hours or session.hours,
                    recorded_at=world.now,
                )
            )

    secretaries = list(Secretary.objects.filter(ends_on=None, organization__dissolved_on=None).order_by("pk"))
    for number, first in enumerate((year - timedelta(days=240), year - timedelta(days=60), year + timedelta(days=40))):
        course = hold(
            f"社会组织党组织书记示范培训班（第{number + 1}期）",
            "secretary",
            first,
            3,
            academy=academy,
            is_centralized=True,
        )
        for secretary in secretaries[number::4]:
            attend(course, secretary.person_id, secretary.organization_id)
    hold("党员会长（理事长）专题研讨班", "member_president", year + timedelta(days=30), 2, participant_count=46)
    hold(
        "党务工作者业务培训班",
        "cadre",
        year - timedelta(days=20),
        2,
        organizer=world.committees[DEMONSTRATION_COMMITTEE],
        participant_count=58,
    )
    for pk, members in sorted(rosters.items())[:20]:
        for offset in (-100, 12, 60, 130, 220):
            on = year + timedelta(days=offset + dice.randint(0, 25))
            session = hold("党员集中学习", "member", on, 2, organization_id=pk)
            for member in members:
                if dice.random() < 0.85:
                    attend(session, member.person_id, pk, Decimal(dice.choice([8, 12, 16])))
    insert(TrainingSession, sessions)
    insert(TrainingAttendance, attendances)


def do_member_acts(world: World, actor: Actor) -> None:
    """Acts of the last days, through the services: one transfer that waits to be received, and some care."""
    rows = scoped(PartyMember, actor).filter(ends_on=None, membership_state="full", party_post="")
    rows = rows.select_related("organization__committee", "person").order_by("pk")
    own = world.committees[DEMONSTRATION_COMMITTEE]
    member = next((row for row in rows if row.organization.committee_id not in (None, own.pk)), None)
    if member is not None:
        send(
            member,
            target_committee=own,
            issued_on=world.today - timedelta(days=3),
            letter_number=f"〔{world.today.year}〕第18号",
            reason="工作单位变动",
            actor=actor,
            now=world.now,
            version=member.version,
        )
    branches = list(scoped(PartyOrganization, actor).filter(dissolved_on=None, committee=own).order_by("pk")[:6])
    given = (("funding", "", "8000", "年度党建工作经费"), ("visit", "何家明", "", "春节前走访"))
    more = (("subsidy", "罗晓春", "2000", "困难补助"), ("venue", "", "", "党员活动室"))
    for place, organization in enumerate(branches):
        kind, name, amount, reason = (*given, *more)[place % 4]
        on = world.today - timedelta(days=10 + place * 9)
        if organization.established_on is not None and organization.established_on > on:
            continue
        keep_care(
            organization,
            kind=kind,
            name=name,
            happened_on=on,
            amount=Decimal(amount) if amount else None,
            reason=reason,
            actor=actor,
            now=world.now,
        )
