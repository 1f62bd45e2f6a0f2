"""Commendation rounds of the demonstration: one decided, one before the public with an objection, one without basis;
and what the public reads about the campaign. Dice of their own."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from campaigns.commendations.enums import NominationState, RoundState, Way
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from campaigns.commendations.scoring_models import Assessment, AssessmentScore, Recusal
from campaigns.commendations.services import holder_of, public_line
from campaigns.commendations.transitions import AWARD, CHOOSE, DECIDE, OPEN, PUBLICISE
from campaigns.methods.models import MethodRecord
from campaigns.plans.enums import OF_GROUPS, MethodForm, Target, UnitState
from campaigns.plans.models import Campaign, CriterionSet, Method, Unit
from partybuilding.members.models import PartyMember, Secretary
from partybuilding.organizations.enums import GroupKind
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization
from partybuilding.standing.commending import ORGANIZATION
from portal import gates
from portal.access.roles import Role
from portal.accounts.models import User
from portal.files.models import StoredFile
from portal.files.services import store
from portal.gates import Level
from portal.home.demonstration.closes import paper
from portal.home.demonstration.moves import moved
from portal.home.demonstration.world import SEED, World, insert
from portal.memberships.models import Membership
from portal.publishing.enums import ObjectionState, PublicationKind, PublicationState
from portal.publishing.models import Objection, Publication, PublicationLine, Topic
from portal.regulations.calendar import add_working_days
from portal.reporting.printing import document_date
from portal.workflow.models import WorkflowEvent
from portal.workflow.transitions import Transition

KINDS = (
    ("社会组织先进党组织", Target.ORGANIZATION, 4),
    ("社会组织优秀共产党员", Target.MEMBER, 3),
    ("社会组织优秀党务工作者", Target.WORKER, 2),
)
DEEDS = {
    Target.ORGANIZATION: "班子健全，组织生活规范，带领会员企业办成一批实事，党员群众普遍满意。",
    Target.MEMBER: "立足岗位作表率，主动承担急难任务，热心服务会员企业和职工群众。",
    Target.WORKER: "长期从事党务工作，制度健全、台账清楚，党员教育管理扎实有效。",
    Target.GROUP: "在党组织带动下开展创建先进集体活动，为职工办实事成效明显。",
    Target.GROUP_MEMBER: "立足岗位争当先进，热心服务职工群众。",
}
GROUP_KINDS = (
    ("群团组织先进集体", Target.GROUP, 2),
    ("群团组织先进个人", Target.GROUP_MEMBER, 1),
)
PERSONS = (Target.MEMBER, Target.WORKER)
NAMES = ("陈晓岚", "刘建军", "周敏")
ADMIN, STAFF = "社会工作部管理员 · 全省", "社会工作部工作人员 · 全省"
Recommended = PartyMember | Secretary | GroupOrganization | None
BASIS = ("关于做好社会组织党内表彰工作的通知", "湘组发〔2026〕6号")
WORKING_DAYS = 5


def make_commendations(world: World) -> None:
    """Rounds of the first campaign, which is the province's; units whose plan was accepted recommend."""
    dice = Random(SEED + 11)  # noqa: S311  invented data, nothing secret
    campaign = Campaign.objects.order_by("pk").first()
    assert campaign is not None  # noqa: S101  campaigns are made before
    makers = _Makers(world, campaign, dice)
    makers.decided()
    makers.before_the_public()
    AwardRound.objects.create(
        campaign=campaign,
        title="专项表彰",
        period=f"{campaign.starts_on.year}—{campaign.starts_on.year + 2}年",
        nominations_due_on=world.today + timedelta(days=60),
    )
    makers.public_texts()
    insert(WorkflowEvent, makers.moves)
    AwardRound.objects.update(created_at=world.now, updated_at=world.now)


class _Makers:
    """What the rounds share: who works on them, the topic, the units that recommend."""

    def __init__(self, world: World, campaign: Campaign, dice: Random) -> None:
        self.world, self.campaign, self.dice = world, campaign, dice
        self.staff = _user(Role.DEPARTMENT_STAFF)
        self.admin = _user(Role.DEPARTMENT_ADMIN)
        self.holder = holder_of(campaign)
        self.topic = Topic.objects.create(
            title=str(campaign), subject_model=Campaign._meta.label, subject_pk=str(campaign.pk)
        )
        rows = Unit.objects.filter(campaign=campaign, state=UnitState.ACCEPTED, organization__isnull=False)
        # who is recommended has done every method that comes before.
        methods = Method.objects.filter(campaign=campaign).exclude(form=MethodForm.COMMENDATION)
        done = Counter(MethodRecord.objects.filter(method__in=methods).values_list("unit", flat=True))
        wanted = methods.count()
        rows = rows.select_related("organization").order_by("pk")
        self.units = [unit for unit in rows if done[unit.pk] == wanted]
        self.basis: StoredFile = store(
            paper(), name="表彰依据.pdf", kind="award_basis", actor=None, now=world.now, known_type="application/pdf"
        )
        self.used: set[int] = set()
        self.moves: list[WorkflowEvent] = []

    def decided(self) -> None:
        """A round that is over, its honours given after publicity; one of them was taken back."""
        published = self.world.today - timedelta(days=45)
        one = self._round("“七一”评选表彰", published - timedelta(days=10), state=RoundState.OPEN)
        nominations = self._nominations(one, published - timedelta(days=20), KINDS + GROUP_KINDS)
        notice = self._notice(one, nominations, published)
        assert notice.ends_on is not None  # noqa: S101  just reckoned
        Objection.objects.create(
            state=ObjectionState.DISMISSED,
            receipt="DEM7A3QK9X",
            publication=notice,
            line=notice.lines.order_by("number").first(),
            text="反映其活动开展不经常。",
            sender="",
            received_at=self.world.at(published + timedelta(days=2)),
            investigator=self.admin,
            finding="查阅组织生活记录，走访会员企业，每月均有活动。",
            result="经核查，该党支部活动正常开展，反映的情况不属实。",
            concluded_by=self.admin,
            concluded_at=self.world.at(published + timedelta(days=4)),
        )
        decided_on = notice.ends_on + timedelta(days=2)
        self._decide(one, nominations, notice, decided_on)
        begun = one.nominations_due_on - timedelta(days=30)
        self._moved(
            one,
            (OPEN, RoundState.DRAFT, begun, STAFF, ""),
            (PUBLICISE, RoundState.OPEN, published - timedelta(days=1), STAFF, ""),
            (DECIDE, RoundState.PUBLICITY, decided_on, ADMIN, "公示无异议，研究同意表彰。"),
        )
        for row in nominations:
            chosen = (CHOOSE, NominationState.NOMINATED, published - timedelta(days=2), STAFF, row.reason)
            self._moved(row, chosen, (AWARD, NominationState.CHOSEN, decided_on, ADMIN, ""))

    def _decide(self, one: AwardRound, nominations: list[Nomination], notice: Publication, decided_on: date) -> None:
        assert notice.ends_on is not None  # noqa: S101  a notice of honours has a last day
        number, reason = f"湘社工〔{decided_on.year}〕30号", "公示无异议，研究同意表彰。"
        label = ADMIN
        AwardRound.objects.filter(pk=one.pk).update(
            state=RoundState.DECIDED,
            notice=notice,
            decided_at=self.world.at(decided_on),
            decided_by=self.admin,
            decided_label=label,
            decision_number=number,
            decision_reason=reason,
        )
        Nomination.objects.filter(pk__in=[row.pk for row in nominations]).update(state=NominationState.AWARDED)
        honours = [
            Commendation(
                nomination=row,
                notice=notice,
                number=f"{decided_on.year}-{one.pk:04d}-{place:04d}",
                name=public_line(row).name,
                title=row.kind.title,
                publicity_ended_on=notice.ends_on,
                decided_on=decided_on,
                document_number=number,
                reason=reason,
                decided_by=self.admin,
                decided_label=label,
                issuer_name=self.holder.scope.label,
            )
            for place, row in enumerate(nominations, start=1)
        ]
        last = honours[-1]
        last.revoked_on = min(decided_on + timedelta(days=20), self.world.today)
        last.revoked_number = f"湘社工〔{decided_on.year}〕41号"
        last.revoked_reason, last.revoked_by = "推荐材料不实", self.admin
        insert(Commendation, honours)
        self._complete(one, [row for row in honours if row.revoked_on is None and row.nomination.group_id is None])

    def _complete(self, one: AwardRound, honours: list[Commendation]) -> None:
        """What the decision completes: the method of commending, for the units of those who were commended."""
        method = Method.objects.filter(campaign=self.campaign, form=MethodForm.COMMENDATION).first()
        units = {unit.organization_id: unit for unit in self.units}
        for honour in honours:
            unit = units.get(honour.nomination.organization_id)
            if method is None or unit is None:
                continue
            values = {
                "done_on": honour.decided_on,
                "summary": f"{one}：{honour}，{honour.document_number}。",
                "award_round": one,
                "recorded_by": self.admin,
                "recorded_at": self.world.at(honour.decided_on),
            }
            MethodRecord.objects.update_or_create(unit=unit, method=method, defaults=values)

    def before_the_public(self) -> None:
        """A round whose list the public reads today, with an objection that nobody has looked into."""
        published = self.world.today - timedelta(days=2)
        one = self._round("年度评选表彰", published - timedelta(days=7), state=RoundState.OPEN)
        good = CriterionSet.objects.filter(campaigns=self.campaign, target=Target.ORGANIZATION).first()
        nominations = self._nominations(one, published - timedelta(days=15), KINDS[:2], good)
        self._scores(nominations, published - timedelta(days=3))
        notice = self._notice(one, nominations, published)
        AwardRound.objects.filter(pk=one.pk).update(state=RoundState.PUBLICITY, notice=notice)
        begun = one.nominations_due_on - timedelta(days=30)
        self._moved(
            one,
            (OPEN, RoundState.DRAFT, begun, STAFF, ""),
            (PUBLICISE, RoundState.OPEN, published - timedelta(days=1), STAFF, ""),
        )
        for row in nominations:
            self._moved(row, (CHOOSE, NominationState.NOMINATED, published - timedelta(days=2), STAFF, row.reason))
        Objection.objects.create(
            receipt="DEM4C6TR7Y",
            publication=notice,
            line=notice.lines.order_by("-number").first(),
            text="反映其今年没有参加过支部组织的志愿服务。",
            sender="",
            received_at=self.world.at(self.world.today - timedelta(days=1)),
        )

    def _round(self, title: str, due_on: date, *, state: str) -> AwardRound:
        return AwardRound.objects.create(
            campaign=self.campaign,
            title=title,
            basis_title=BASIS[0],
            basis_number=BASIS[1],
            basis_file=self.basis,
            nominations_due_on=due_on,
            state=state,
            opened_at=self.world.at(due_on - timedelta(days=30)),
        )

    def _nominations(
        self,
        one: AwardRound,
        day: date,
        kinds: tuple[tuple[str, Target, int], ...],
        good: CriterionSet | None = None,
    ) -> list[Nomination]:
        found: list[Nomination] = []
        for number, (title, target, most) in enumerate(kinds, start=1):
            people = self._people(target, most)
            if not people:
                continue  # a very small province has nobody of this kind
            kind = AwardKind.objects.create(
                round=one,
                number=number,
                title=title,
                target=target,
                total=len(people),
                criterion_set=good if target == Target.ORGANIZATION else None,
            )
            insert(Quota, [Quota(kind=kind, unit=unit, base_count=1, count=1) for unit, _person in people])
            found += [self._nomination(kind, unit, person, day) for unit, person in people]
        return insert(Nomination, found)

    def _people(self, target: Target, most: int) -> list[tuple[Unit, Recommended]]:
        """Units that have somebody to recommend, each unit once over all rounds."""
        found: list[tuple[Unit, Recommended]] = []
        for unit in self.units:
            if len(found) == most:
                break
            is_of_groups = target in OF_GROUPS
            if (unit.pk in self.used) != is_of_groups or self._is_vetoed(unit):
                continue
            person: Recommended = None
            if is_of_groups:
                person = self._group(unit)
            elif target == Target.MEMBER:
                person = PartyMember.objects.filter(organization=unit.organization_id, ends_on=None).first()
            elif target == Target.WORKER:
                person = Secretary.objects.filter(organization=unit.organization_id, ends_on=None).first()
            if person is not None or target == Target.ORGANIZATION:
                self.used.add(unit.pk)
                found.append((unit, person))
        return found

    def _is_vetoed(self, unit: Unit) -> bool:
        """What the registers say against the organisation today (R-115), so that a round can be brought to its end."""
        found = gates.check(ORGANIZATION, unit.organization, on=self.world.today)
        return any(one.level == Level.BLOCK for one in found)

    def _group(self, unit: Unit) -> GroupOrganization | None:
        """The workers' union of an association that the unit's organisation covers."""
        rows = CoveredAssociation.objects.filter(organization=unit.organization_id, ends_on=None)
        covered = rows.select_related("association").order_by("pk").first()
        if covered is None:
            return None
        association = covered.association
        names = {"name": f"{association}工会委员会", "starts_on": self.world.today - timedelta(days=900)}
        return GroupOrganization.objects.get_or_create(
            association=association, kind=GroupKind.UNION, ends_on=None, defaults=names
        )[0]

    def _moved(self, row: AwardRound | Nomination, *moves: tuple[Transition, str, date, str, str]) -> None:
        """The moves of a round or a recommendation: from which state, on which day, who made it and why."""
        for number, (move, source, day, by, words) in enumerate(moves, start=1):
            self.moves.append(moved(row, number, move, source, by, self.world.at(day), words))
        type(row).objects.filter(pk=row.pk).update(version=len(moves) + 1)

    def _nomination(self, kind: AwardKind, unit: Unit, person: Recommended, day: date) -> Nomination:
        participants = self.dice.randint(15, 60)
        return Nomination(
            state=NominationState.CHOSEN,
            kind=kind,
            unit=unit,
            organization=unit.organization,
            member=person if isinstance(person, PartyMember) else None,
            secretary=person if isinstance(person, Secretary) else None,
            group=person if isinstance(person, GroupOrganization) else None,
            person_name=self.dice.choice(NAMES) if kind.target == Target.GROUP_MEMBER else "",
            deeds=DEEDS[Target(kind.target)],
            recommended_on=day,
            way=self.dice.choice(Way.values),
            participant_count=participants,
            support_count=participants - self.dice.randint(0, 4),
            appraisal="excellent" if kind.target in PERSONS else "",
            dues_paid=True if kind.target in PERSONS else None,
            no_discipline=True if kind.target in PERSONS or kind.target == Target.GROUP_MEMBER else None,
            nominated_by=self.staff,
            nominated_label="党组织书记",
            nominated_at=self.world.at(day + timedelta(days=1)),
            reason="成绩突出，党员群众满意。",
        )

    def _scores(self, nominations: list[Nomination], day: date) -> None:
        scored = [row for row in nominations if row.kind.criterion_set_id is not None]
        made = insert(
            Assessment,
            [
                Assessment(
                    nomination=row,
                    scorer=self.admin,
                    scorer_label=ADMIN,
                    meets_preconditions=True,
                    assessed_at=self.world.at(day),
                )
                for row in scored
            ],
        )
        criteria = list(scored[0].kind.criterion_set.criteria.order_by("number")) if scored else []  # type: ignore[union-attr]
        insert(
            AssessmentScore,
            [
                AssessmentScore(assessment=row, criterion=one, value=self.dice.randint(80, 98))
                for row in made
                for one in criteria
            ],
        )
        if scored:
            Recusal.objects.create(
                nomination=scored[0],
                user=self.staff,
                label=STAFF,
                reason="曾在该社会组织任职",
                recused_at=self.world.at(day),
            )

    def _publication(self, kind: str, title: str, body: str, published: date, **fields: object) -> Publication:
        scope = self.holder.scope
        return Publication.objects.create(
            kind=kind,
            title=title,
            body=body,
            topic=self.topic,
            state=PublicationState.PUBLISHED,
            holder_kind=scope.kind,
            holder_pk=scope.pk,
            holder_path=scope.path,
            holder_label=scope.label,
            holder_role=self.holder.role,
            published_on=published,
            editor=self.staff,
            editor_label=STAFF,
            issuer=self.admin,
            issuer_label=ADMIN,
            issued_at=self.world.at(published),
            created_at=self.world.at(published - timedelta(days=1)),
            **fields,
        )

    def _notice(self, one: AwardRound, nominations: list[Nomination], published: date) -> Publication:
        end = add_working_days(published, WORKING_DAYS)
        notice = self._publication(
            PublicationKind.NOTICE,
            f"{one}拟表彰名单公示",
            f"根据{one.basis_title}（{one.basis_number}）开展{one}，现将拟表彰名单予以公示，接受监督。",
            published,
            basis=one.basis,
            contact="湖南省委社会工作部 0731-80000000",
            subject_model=AwardRound._meta.label,
            subject_pk=str(one.pk),
            working_days=WORKING_DAYS,
            ends_on=end.on,
            is_provisional=end.is_provisional,
        )
        insert(
            PublicationLine,
            [
                PublicationLine(
                    publication=notice,
                    number=number,
                    heading=line.heading,
                    name=line.name,
                    organization=line.organization,
                    post=line.post,
                    reason=line.reason,
                    subject_pk=line.subject_pk,
                )
                for number, line in enumerate(map(public_line, nominations), start=1)
            ],
        )
        return notice

    def public_texts(self) -> None:
        """How the campaign goes on, a bulletin, an article, and a draft that waits for its issuer."""
        units = Unit.objects.filter(campaign=self.campaign, left_on=None)
        accepted = units.filter(state=UnitState.ACCEPTED).count()
        day = self.world.today - timedelta(days=10)
        self._publication(
            PublicationKind.PROGRESS,
            "活动开展情况通报",
            f"截至{document_date(day)}，参加活动的单位{units.count():,}个，单位方案已备案{accepted:,}个。\n"
            "欢迎群众对活动开展情况提出意见建议。",
            day,
        )
        self._publication(
            PublicationKind.BULLETIN,
            "各地各单位动员部署情况",
            "各单位召开动员会议，结合实际确定主题和载体，公开承诺服务事项。",
            day - timedelta(days=20),
            issue_number=1,
        )
        article = self._publication(
            PublicationKind.ARTICLE,
            "把支部建在产业链上",
            "由链主企业党组织牵头，带动上下游会员企业共同学习、共同服务。",
            day - timedelta(days=8),
        )
        other = self._publication(
            PublicationKind.ARTICLE,
            "党员示范岗亮在会员服务窗口",
            "服务窗口设党员示范岗，亮身份、亮承诺，会员企业办事一次告知、一次办结。\n"
            "党员轮值接听咨询，问题当日答复，群众评议满意。",
            day - timedelta(days=6),
        )
        special = self._publication(
            PublicationKind.SPECIAL,
            "把承诺写在行业里",
            "各单位结合行业特点公开承诺、践诺服务，现将部分做法刊发，供学习借鉴。",
            day - timedelta(days=3),
            issue_number=1,
            note="社会组织党组织把创先争优落到会员企业看得见的服务上，本期刊发两篇做法。",
        )
        special.pieces.set([article, other])
        draft = self._publication(
            PublicationKind.BULLETIN, "公开承诺践诺情况", "各单位承诺事项进展顺利。", day, issue_number=2
        )
        Publication.objects.filter(pk=draft.pk).update(
            state=PublicationState.DRAFT, issuer=None, issuer_label="", issued_at=None, published_on=None
        )


def _user(role: str) -> User:
    """The first account that works in a role."""
    row = Membership.objects.filter(role=role).select_related("user").order_by("pk").first()
    assert row is not None  # noqa: S101  accounts are made before
    return row.user
