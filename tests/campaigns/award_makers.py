"""Commendation rounds for tests, and rows of every part for the scope table."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from campaigns.commendations.enums import RoundState, Way
from campaigns.commendations.models import AwardKind, AwardRound, Commendation, Nomination, Quota
from campaigns.commendations.scoring_models import Assessment, AssessmentScore, Recusal
from campaigns.plans.enums import Target
from campaigns.plans.models import Campaign, Criterion, CriterionSet, Unit
from portal.access.scoping import everything
from portal.files.models import StoredFile
from portal.files.services import store
from portal.publishing.enums import HolderKind, PublicationKind, PublicationState
from portal.publishing.models import Objection, Publication, PublicationLine, Topic
from tests.campaigns.makers import REACH, UNIT_REACH, campaigns, units
from tests.personas import PERSONAS, Personas

Rows = dict[str, Model]
DUE = date(2026, 7, 15)


def basis_file() -> StoredFile:
    return store(b"%PDF-1.4", name="依据.pdf", kind="award_basis", actor=None, now=timezone.now())


def make_round(campaign: Campaign, *, title: str = "“七一”评选表彰", **fields: Any) -> AwardRound:
    values: dict[str, Any] = {
        "basis_title": "关于开展党内表彰的通知",
        "basis_number": "湘办发〔2026〕8号",
        "nominations_due_on": DUE,
    }
    if "basis_file" not in fields:
        values["basis_file"] = basis_file()
    return AwardRound.objects.create(campaign=campaign, title=title, **values | fields)


def make_kind(one: AwardRound, *, target: str = Target.ORGANIZATION, total: int = 1, **fields: Any) -> AwardKind:
    values = {"number": AwardKind.objects.filter(round=one).count() + 1, "title": f"社会组织先进{target}"}
    return AwardKind.objects.create(round=one, target=target, total=total, **values | fields)


def make_nomination(kind: AwardKind, unit: Unit, user: Any, **fields: Any) -> Nomination:
    values: dict[str, Any] = {
        "organization": unit.organization,
        "deeds": "组织健全，作用突出",
        "recommended_on": date(2026, 6, 20),
        "way": Way.MEETING,
        "participant_count": 30,
        "support_count": 28,
        "nominated_by": user,
        "nominated_label": "书记",
        "nominated_at": timezone.now(),
    }
    return Nomination.objects.create(kind=kind, unit=unit, **values | fields)


def make_publication(personas: Personas, **fields: Any) -> Publication:
    values: dict[str, Any] = {
        "kind": PublicationKind.ARTICLE,
        "title": "活动开展情况",
        "body": "各单位认真开展。",
        "holder_kind": HolderKind.PROVINCE,
        "holder_label": "湖南省社会工作部",
        "holder_role": "department_staff",
        "editor": personas.department_admin.user,
        "editor_label": "管理员",
        "created_at": timezone.now(),
    }
    return Publication.objects.create(**values | fields)


# The scope table ---------------------------------------------------------------------------------------------------


def rounds(personas: Personas) -> Rows:
    """One open round of every campaign, and two that are only planned."""
    known: Rows = personas.__dict__.setdefault("scope_award_rounds", {})
    if not known:
        for name, campaign in campaigns(personas).items():
            made: Any = campaign
            known[name] = make_round(made, state=RoundState.OPEN, opened_at=timezone.now())
        province: Any = campaigns(personas)["province"]
        known["plan"] = make_round(province, title="专项表彰")
        own: Any = campaigns(personas)["own"]
        known["mine"] = make_round(own, title="党委评选")
    return dict(known)


def kinds(personas: Personas) -> Rows:
    known: Rows = personas.__dict__.setdefault("scope_award_kinds", {})
    if not known:
        for name, one in rounds(personas).items():
            made: Any = one
            known[name] = make_kind(made)
    return dict(known)


def quotas(personas: Personas) -> Rows:
    made: Any = kinds(personas)
    parts: Any = units(personas)
    unit_of = {"province": "tea", "draft": "early", "own": "guest", "other": "other", "plan": "tea", "mine": "guest"}
    return {name: Quota.objects.create(kind=kind, unit=parts[unit_of[name]], count=1) for name, kind in made.items()}


def nominations(personas: Personas) -> Rows:
    """One of every unit."""
    known: Rows = personas.__dict__.setdefault("scope_nominations", {})
    if not known:
        made: Any = kinds(personas)
        campaign_of = {"tea": "province", "trade": "province", "other": "other", "guest": "own", "early": "draft"}
        for name, unit in units(personas).items():
            part: Any = unit
            known[name] = make_nomination(made[campaign_of[name]], part, personas.department_admin.user)
    return dict(known)


def honours(personas: Personas) -> Rows:
    """Beside them what one unit recommended: another's organisation, not yet and as an honour; its own as an honour, in
    the same campaign and in one that others read."""
    found = nominations(personas)
    rounds_of: Any = rounds(personas)
    all_units: Any = units(personas)
    tea, trade = all_units["tea"].organization, all_units["trade"].organization
    for name, round_name, unit, organization, state in (
        ("named", "province", "trade", tea, "nominated"),
        ("honoured", "province", "trade", tea, "awarded"),
        ("beside", "province", "trade", trade, "awarded"),
        ("apart", "other", "other", trade, "awarded"),
    ):
        kind = make_kind(rounds_of[round_name], title=name)
        user = personas.department_admin.user
        found[name] = make_nomination(kind, all_units[unit], user, organization=organization, state=state)
    return found


def commendations(personas: Personas) -> Rows:
    made: Rows = {}
    first = date(2026, 6, 1)
    for number, (name, nomination) in enumerate(nominations(personas).items(), start=1):
        part: Any = nomination
        notice = make_publication(
            personas,
            kind=PublicationKind.NOTICE,
            state=PublicationState.PUBLISHED,
            working_days=5,
            published_on=first,
            ends_on=date(2026, 6, 8),
            issuer=personas.department_staff.user,
            issued_at=timezone.now(),
        )
        line = {"heading": "先进党组织", "name": "党支部", "reason": "作用突出", "subject_pk": str(part.pk)}
        PublicationLine.objects.create(publication=notice, number=1, **line)
        decided = {"decided_by": personas.department_admin.user, "decided_at": timezone.now()}
        made_round = {"notice": notice, "state": RoundState.DECIDED, **decided}
        texts = {"decision_number": "湘社工〔2026〕30号", "decision_reason": "公示无异议"}
        with everything("test data"):
            AwardRound.objects.filter(pk=part.kind.round_id).update(**made_round, **texts, opened_at=timezone.now())
            Nomination.objects.filter(pk=part.pk).update(state="awarded")
        made[name] = Commendation.objects.create(
            nomination=part,
            notice=notice,
            number=f"S{number:04d}",
            name=str(nomination),
            title="先进党组织",
            publicity_ended_on=date(2026, 6, 8),
            decided_on=date(2026, 6, 9),
            document_number="湘社工〔2026〕30号",
            reason="公示无异议",
            decided_by=personas.department_admin.user,
            decided_label="管理员",
            issuer_name="湖南省社会工作部",
        )
    return made


def of_nominations(make: Any) -> Any:
    return lambda personas: {name: make(one, personas) for name, one in nominations(personas).items()}


def _assessment(nomination: Any, personas: Personas) -> Assessment:
    """One a nomination, also when its scores are asked for as well."""
    made, _is_new = Assessment.objects.get_or_create(
        nomination=nomination,
        scorer=personas.department_staff.user,
        defaults={"scorer_label": "工作人员", "meets_preconditions": True, "assessed_at": timezone.now()},
    )
    return made


def _score(nomination: Any, personas: Personas) -> AssessmentScore:
    good, _is_new = CriterionSet.objects.get_or_create(code="t", defaults={"title": "五个好", "target": "organization"})
    criterion, _is_new = Criterion.objects.get_or_create(criterion_set=good, number=1, defaults={"title": "好"})
    return AssessmentScore.objects.create(assessment=_assessment(nomination, personas), criterion=criterion, value=90)


def _recusal(nomination: Any, personas: Personas) -> Recusal:
    user = personas.department_staff.user
    return Recusal.objects.create(
        nomination=nomination, user=user, label="工作人员", reason="亲属", recused_at=timezone.now()
    )


def published(personas: Personas) -> dict[str, Any]:
    """The stamps of something that is out."""
    return {
        "state": PublicationState.PUBLISHED,
        "issuer": personas.department_staff.user,
        "issuer_label": "工作人员",
        "issued_at": timezone.now(),
        "published_on": date(2026, 6, 1),
    }


def publications(personas: Personas) -> Rows:
    """The province's, a place's, a committee's and another one's, all out; the notice runs on."""
    known: Rows = personas.__dict__.setdefault("scope_publications", {})
    if known:
        return dict(known)
    province = personas.province
    out = published(personas)
    department = {"holder_kind": HolderKind.DEPARTMENT, "holder_role": "party_committee"}
    known |= {
        "province": make_publication(personas, **out),
        "place": make_publication(personas, **out, holder_kind=HolderKind.REGION, holder_path=province.changsha.path),
        "own": make_publication(personas, **out, **department, holder_pk=province.committee.pk),
        "other": make_publication(personas, **out, **department, holder_pk=province.other_committee.pk),
    }
    return dict(known)


def of_publications(make: Any) -> Any:
    return lambda personas: {name: make(one, personas) for name, one in publications(personas).items()}


def _objection(publication: Any, personas: Personas) -> Objection:
    return Objection.objects.create(
        receipt=f"R{publication.pk}", publication=publication, text="情况不实", sender="", received_at=timezone.now()
    )


def _topic(personas: Personas) -> Rows:
    with everything("test data"):
        topic, _is_new = Topic.objects.get_or_create(
            subject_model="campaigns.Campaign", subject_pk="0", defaults={"title": "创先争优专题"}
        )
        if not topic.publications.exists():
            make_publication(personas, topic=topic, **published(personas))
    return {"one": topic}


PLANNED = {"department_admin": {"plan", "mine"}, "department_staff": {"plan", "mine"}, "party_committee": {"mine"}}
OPEN_REACH = {key: names | PLANNED.get(key, set()) for key, names in REACH.items()}
PUBLISHING: dict[str, set[str]] = {
    key: {
        "department_admin": {"province", "place", "own", "other"},
        "department_staff": {"province", "place", "own", "other"},
        "regional_office": {"place"},
        "party_committee": {"own"},
        "other_committee": {"other"},
    }.get(key, set())
    for key in PERSONAS
}
PUBLISHER_KEYS = {
    "department_admin",
    "department_staff",
    "regional_office",
    "other_regional_office",
    "county_office",
    "supervising_unit",
    "other_unit",
    "party_committee",
    "other_committee",
}
ALL = {"tea", "trade", "other", "early", "guest"}
RUNNING = {
    "department_admin": ALL,
    "department_staff": ALL,
    "party_committee": {"guest"},
    "other_committee": {"other"},
}
BY_TRADE = {"named", "honoured", "beside", "apart"}
HONOURS = {
    "department_admin": BY_TRADE,
    "department_staff": BY_TRADE,
    "other_committee": BY_TRADE,
    "party_committee": {"honoured"},
    "branch_secretary": {"honoured"},
}
HONOUR_REACH = {key: names | HONOURS.get(key, set()) for key, names in UNIT_REACH.items()}
RUNNER_REACH: dict[str, set[str]] = {key: RUNNING.get(key, set()) for key in PERSONAS}
TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.AwardRound": (rounds, OPEN_REACH),
    "campaigns.AwardKind": (kinds, OPEN_REACH),
    "campaigns.Quota": (quotas, OPEN_REACH),
    "campaigns.Nomination": (honours, HONOUR_REACH),
    "campaigns.Commendation": (commendations, UNIT_REACH),
    "campaigns.Assessment": (of_nominations(_assessment), RUNNER_REACH),
    "campaigns.AssessmentScore": (of_nominations(_score), RUNNER_REACH),
    "campaigns.Recusal": (of_nominations(_recusal), RUNNER_REACH),
    "publishing.Topic": (_topic, {key: {"one"} if key in PUBLISHER_KEYS else set() for key in PERSONAS}),
    "publishing.Publication": (publications, PUBLISHING),
    "publishing.PublicationLine": (
        of_publications(
            lambda one, personas: PublicationLine.objects.create(
                publication=one, number=1, heading="先进党组织", name="党支部", reason="作用突出"
            )
        ),
        PUBLISHING,
    ),
    "publishing.Objection": (of_publications(_objection), PUBLISHING),
}
