"""What units of the demonstration did under their campaigns: records, pledges, reviews, comments, counts, ballots."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from campaigns.ballots.enums import BallotState, Choice
from campaigns.ballots.models import Ballot, BallotCode, BallotResult, BallotTally, PaperCount
from campaigns.ballots.rules import published
from campaigns.methods.enums import Channel, Fulfilment, MeetingKind
from campaigns.methods.models import Comment, MethodRecord, Pledge, PledgeEdition, SelfReview
from campaigns.plans.enums import ItemKind, MethodForm
from campaigns.plans.models import Campaign, CampaignItem, Method, Unit
from partybuilding.members.models import PartyMember
from portal.accounts.models import User
from portal.files.services import store
from portal.home.demonstration.closes import paper
from portal.home.demonstration.world import SEED, World, insert

# Of a hundred units that may go on to a method: how many have done it.
SHARE = {
    MethodForm.PLEDGE: 88,
    MethodForm.REVIEW: 80,
    MethodForm.COMMENT: 70,
    MethodForm.APPRAISAL: 60,
    MethodForm.COMMENDATION: 25,
    MethodForm.RECORD: 75,
}
PLEDGES = ("每周接待会员企业一次", "为会员企业办一件实事", "带头遵守行业自律公约", "每季度走访困难会员一次")
SUMMARY = "按实施方案开展，情况已向党员和群众通报。"
REVIEWED = ("联系会员企业不够经常，活动形式比较单一。", "支部将建立走访台账，每季度通报一次。")
SAID = ("组织有力，党员示范岗作用明显。", "小微会员企业覆盖不够。", "把服务延伸到小微企业，年底前补齐短板。")
PLEDGED, CORRECTED, BALLOTS, OPEN_FOR = 3, 4, 6, timedelta(days=7)


def make_campaign_methods(world: World) -> None:
    """Methods in their order: a unit goes on to one only when what it waits for is done."""
    dice = Random(SEED + 31)  # noqa: S311  invented data, nothing secret
    recorder = User.objects.order_by("pk").first()
    assert recorder is not None  # noqa: S101  accounts are made before
    for campaign in Campaign.objects.order_by("pk"):
        units = Unit.objects.filter(campaign=campaign, organization__isnull=False).select_related("organization")
        methods = list(Method.objects.filter(campaign=campaign).order_by("number").prefetch_related("requires"))
        _records(campaign, list(units.order_by("pk")), methods, world, dice, recorder)


def _records(
    campaign: Campaign, units: list[Unit], methods: list[Method], world: World, dice: Random, recorder: User
) -> None:
    needed = {one.pk: {other.pk for other in one.requires.all()} for one in methods}
    span = max((world.today - campaign.starts_on).days, len(methods) + 1)
    made: dict[str, list[MethodRecord]] = defaultdict(list)
    for unit in units:
        done: set[int] = set()
        for place, method in enumerate(methods, start=1):
            if not needed[method.pk] <= done or dice.randrange(100) >= SHARE[MethodForm(method.form)]:
                continue
            done.add(method.pk)
            after = span * place // (len(methods) + 1) + dice.randrange(-5, 6)
            day = min(campaign.starts_on + timedelta(days=max(place, after)), world.today)
            made[method.form].append(_record(unit, method, day, world, dice, recorder))
    insert(MethodRecord, [row for rows in made.values() for row in rows])
    _pledges(campaign, made[MethodForm.PLEDGE], world, dice)
    _reviews(made[MethodForm.REVIEW])
    _comments(made[MethodForm.COMMENT])
    _appraisals(made[MethodForm.APPRAISAL], units, methods, world, dice, recorder)


def _record(unit: Unit, method: Method, day: date, world: World, dice: Random, recorder: User) -> MethodRecord:
    organization = unit.organization
    assert organization is not None  # noqa: S101  the caller chose such units
    members = (organization.full_member_count or 0) + (organization.probationary_member_count or 0)
    counts: dict[str, int | None] = {"expected_count": None, "present_count": None}
    if method.form in {MethodForm.PLEDGE, MethodForm.REVIEW} and members:
        counts = {"expected_count": members, "present_count": max(1, members - dice.randrange(0, 3))}
    return MethodRecord(
        unit=unit,
        method=method,
        done_on=day,
        summary="" if method.form in {MethodForm.REVIEW, MethodForm.COMMENT} else SUMMARY,
        recorded_by=recorder,
        recorded_at=world.at(day),
        **counts,
    )


def _pledges(campaign: Campaign, records: list[MethodRecord], world: World, dice: Random) -> None:
    """The organisation's own pledge; of some also those of a few members."""
    aspects = list(CampaignItem.objects.filter(campaign=campaign, kind=ItemKind.ASPECT).order_by("number"))
    own = {row.unit.organization_id for row in records[::4]}
    members: dict[int, list[PartyMember]] = defaultdict(list)
    for member in PartyMember.objects.filter(organization__in=own, ends_on=None).order_by("pk"):
        members[member.organization_id].append(member)
    made = []
    for row in records:
        for member in [None, *members[row.unit.organization_id or 0][:PLEDGED]]:
            judged = dice.random() < 0.5
            ratings = dice.choices(Fulfilment.values, weights=(80, 17, 3), k=3) if judged else ["", "", ""]
            names = ("self_rating", "branch_rating", "mass_rating")
            made.append(
                Pledge(
                    unit=row.unit,
                    method=row.method,
                    member=member,
                    text=dice.choice(PLEDGES),
                    published_on=row.done_on,
                    channel=dice.choice(Channel.values),
                    rated_on=min(row.done_on + timedelta(days=60), world.today) if judged else None,
                    recorded_at=row.recorded_at,
                    **dict(zip(names, ratings, strict=True)),
                )
            )
    made = insert(Pledge, made)
    if aspects:
        through: Any = Pledge.aspects.through
        insert(
            through,
            [
                through(pledge_id=one.pk, campaignitem_id=item.pk)
                for one in made
                for item in dice.sample(aspects, min(2, len(aspects)))
            ],
        )

    _correct([one for one in made if one.rated_on is None and one.member is None][:CORRECTED], records, world)


def _correct(pledges: list[Pledge], records: list[MethodRecord], world: World) -> None:
    """Some said more a week later, and made it public anew; the words from before are kept."""
    recorders = {row.unit_id: row.recorded_by for row in records}
    editions = []
    for one in pledges:
        assert one.published_on is not None  # noqa: S101  they were made public above
        anew = min(one.published_on + timedelta(days=7), world.today)
        editions.append(
            PledgeEdition(
                pledge=one,
                text="为会员企业做好服务",
                published_on=one.published_on,
                channel=one.channel,
                reason="原承诺不够具体，补充内容后重新公布。",
                replaced_by=recorders[one.unit_id],
                replaced_at=world.at(anew),
            )
        )
        one.published_on = anew
    insert(PledgeEdition, editions)
    Pledge.objects.bulk_update(pledges, ["published_on"])


def _reviews(records: list[MethodRecord]) -> None:
    problems, summary = REVIEWED
    insert(
        SelfReview,
        [
            SelfReview(
                record=row,
                kind=MeetingKind.LIFE_MEETING,
                statement_count=row.present_count or 3,
                guest_count=2,
                problems=problems,
                secretary_summary=summary,
            )
            for row in records
        ],
    )


def _comments(records: list[MethodRecord]) -> None:
    texts = dict(zip(("achievements", "problems", "direction"), SAID, strict=True))
    insert(
        Comment,
        [
            Comment(
                record=row,
                occasion=MeetingKind.DEMOCRATIC_LIFE,
                body=str(row.unit.committee or "社会工作部")[:120],
                post="党委书记",
                **texts,
            )
            for row in records
        ],
    )


def _appraisals(
    records: list[MethodRecord], units: list[Unit], methods: list[Method], world: World, dice: Random, recorder: User
) -> None:
    """Most by counted paper, a few by code; one ballot goes on, of a unit that has not been appraised."""
    method = next((one for one in methods if one.form == MethodForm.APPRAISAL), None)
    if method is None or not records:
        return
    file = store(paper(), name="计票单.pdf", kind="paper_count", actor=None, now=world.now)
    insert(PaperCount, [_paper(row, file, dice, recorder) for row in records[BALLOTS:]])
    for row in records[:BALLOTS]:
        _counted(row, world, dice, recorder)
    appraised = {row.unit_id for row in records}
    waiting = next((unit for unit in units if unit.pk not in appraised), None)
    if waiting is not None:
        _open(waiting, method, world, recorder)


def _paper(row: MethodRecord, file: Any, dice: Random, recorder: User) -> PaperCount:
    voters = dice.randint(12, 60)
    valid = voters - dice.randint(0, 3)
    dissatisfied, basic = dice.choice((0, 0, 1, 2)), dice.randint(1, valid // 4)
    return PaperCount(
        unit=row.unit,
        method=row.method,
        held_on=row.done_on,
        voter_count=voters,
        issued_count=voters,
        returned_count=valid,
        valid_count=valid,
        satisfied_count=valid - basic - dissatisfied,
        basic_count=basic,
        dissatisfied_count=dissatisfied,
        teller_one="计票人甲",
        teller_two="计票人乙",
        file=file,
        recorded_by=recorder,
        recorded_at=row.recorded_at,
    )


def _ballot(unit: Unit, method: Method, closes_at: datetime, recorder: User) -> Ballot:
    opens_at = closes_at - OPEN_FOR
    return Ballot(
        unit=unit,
        method=method,
        title=f"对{unit}创先争优情况的评议"[:120],
        voter_count=45,
        minimum_count=10,
        opens_at=opens_at,
        closes_at=closes_at,
        teller_one="监票人甲",
        teller_two="监票人乙",
        printed_at=opens_at - timedelta(days=1),
        fetched_at=opens_at - timedelta(days=1),
        prepared_by=recorder,
        created_at=opens_at - timedelta(days=2),
    )


def _counted(row: MethodRecord, world: World, dice: Random, recorder: User) -> None:
    ballot = _ballot(row.unit, row.method, world.at(row.done_on), recorder)
    votes = (dice.randint(22, 30), dice.randint(4, 9), dice.choice((0, 1, 2, 4)))
    result = published(*votes, smallest=3)
    ballot.state, ballot.counted_at, ballot.cast_count = BallotState.COUNTED, ballot.closes_at, sum(votes)
    ballot.rate_kind, ballot.content_count = result.kind, result.content
    ballot.save()
    insert(
        BallotResult,
        [
            BallotResult(ballot=ballot, number=number, cell=cell, count=count)
            for number, (cell, count) in enumerate(result.cells, start=1)
        ],
    )


def _open(unit: Unit, method: Method, world: World, recorder: User) -> None:
    """Goes on today; its codes are on no paper, so nobody can vote in it."""
    ballot = _ballot(unit, method, world.now + timedelta(days=5), recorder)
    ballot.save()
    insert(BallotTally, [BallotTally(ballot=ballot, choice=choice) for choice in Choice.values])
    hashes = [sha256(f"{SEED}-{unit.pk}-{number}".encode()).hexdigest() for number in range(ballot.voter_count)]
    insert(BallotCode, [BallotCode(ballot=ballot, code_hash=one) for one in hashes])
