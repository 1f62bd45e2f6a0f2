"""Scoring recommendations by the campaign's criteria: reading and writing, with recusal (C-42)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db import transaction
from django.db.models import Exists, OuterRef

from associations.registry.services import checked
from campaigns.commendations.enums import RoundState
from campaigns.commendations.models import Nomination
from campaigns.commendations.rules import AssessFacts, may_assess, mean_score, scoring_problems
from campaigns.commendations.scoring_models import Assessment, AssessmentScore, Recusal
from campaigns.plans.models import Criterion
from campaigns.plans.running import check_runner
from campaigns.plans.selectors import is_own_unit, is_runner
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.services import record
from portal.regulations.rules import rounded_half_up

WHY = "the scores of one recommendation that the caller has reached"


@dataclass(frozen=True, slots=True)
class Scoring:
    """What was said of one recommendation: a mean that only advises (R-191), and what keeps it off the list."""

    assessments: list[Assessment]
    recusals: list[Recusal]
    mean: Fraction | None
    problems: list[str]

    @property
    def text(self) -> str | None:
        return None if self.mean is None else str(rounded_half_up(self.mean, 1))


def scoring_of(nomination: Nomination) -> Scoring:
    """Every score of one recommendation; those of people who stood aside since do not count."""
    if nomination.kind.criterion_set_id is None:
        return Scoring([], [], None, [])
    with everything(WHY):
        recusals = list(Recusal.objects.filter(nomination=nomination).select_related("user").order_by("pk"))
        aside = {one.user_id for one in recusals}
        rows = Assessment.objects.filter(nomination=nomination).exclude(scorer__in=aside)
        assessments = list(rows.select_related("scorer").prefetch_related("scores").order_by("assessed_at", "pk"))
        values = [(one.meets_preconditions, [score.value for score in one.scores.all()]) for one in assessments]
    mean = mean_score([scores for _meets, scores in values])
    return Scoring(assessments, recusals, mean, scoring_problems(has_criteria=True, assessments=values))


def mean_scores(nominations: Iterable[Nomination]) -> dict[int, Fraction]:
    """The mean of each recommendation that was scored, as `scoring_of` says of one; one query however many."""
    scored = [one.pk for one in nominations if one.kind.criterion_set_id is not None]
    if not scored:
        return {}
    values: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    with everything(WHY):
        aside = Recusal.objects.filter(
            nomination=OuterRef("assessment__nomination"), user=OuterRef("assessment__scorer")
        )
        rows = AssessmentScore.objects.filter(~Exists(aside), assessment__nomination__in=scored)
        for nomination, assessment, number in rows.values_list("assessment__nomination", "assessment", "value"):
            values[nomination][assessment].append(number)
    means = {pk: mean_score(list(found.values())) for pk, found in values.items()}
    return {pk: mean for pk, mean in means.items() if mean is not None}


def assess_facts(
    nomination: Nomination,
    actor: Actor,
    *,
    meets_preconditions: bool | None = None,
    values: Mapping[Criterion, int] | None = None,
    comment: str = "",
) -> AssessFacts:
    """What decides whether the actor may score a recommendation."""
    one = nomination.kind.round
    with everything(WHY):
        is_recused = Recusal.objects.filter(nomination=nomination, user=actor.user_id).exists()
    return AssessFacts(
        is_runner=is_runner(one.campaign, actor),
        is_open=one.state == RoundState.OPEN,
        has_criteria=nomination.kind.criterion_set_id is not None,
        is_nominator=nomination.nominated_by_id == actor.user_id,
        is_own=is_own_unit(nomination.unit, actor),
        is_recused=is_recused,
        meets_preconditions=meets_preconditions,
        values=None if values is None else list(values.values()),
        comment=comment,
    )


def assess(
    nomination: Nomination,
    *,
    meets_preconditions: bool,
    values: Mapping[Criterion, int],
    comment: str,
    actor: Actor,
    now: datetime,
) -> Assessment:
    """Score one recommendation, or score it anew while the round is open; every criterion gets a score.

    Raises `Refused` for who recommended it or stood aside, and for a criterion without a score.
    """
    check_runner(nomination.kind.round.campaign, actor, "评分")
    facts = assess_facts(nomination, actor, meets_preconditions=meets_preconditions, values=values, comment=comment)
    decision = may_assess(facts)
    if not decision:
        raise Refused("award.assess", decision.reason)
    wanted = set(Criterion.objects.filter(criterion_set=nomination.kind.criterion_set_id))
    if set(values) != wanted:
        raise Refused("award.criteria", "有的标准没有评分，或不是这一类别的标准。请逐条评分。")
    with transaction.atomic(), everything(WHY):
        Assessment.objects.filter(nomination=nomination, scorer=actor.user_id).delete()
        row = Assessment(
            nomination=nomination,
            scorer_id=actor.user_id,
            scorer_label=actor.label[:200],
            meets_preconditions=meets_preconditions,
            comment=comment.strip(),
            assessed_at=now,
        )
        checked(row).save()
        AssessmentScore.objects.bulk_create(
            AssessmentScore(assessment=row, criterion=criterion, value=value) for criterion, value in values.items()
        )
        after = {"meets_preconditions": meets_preconditions, "values": list(values.values())}
        record("campaigns.assess", actor=actor, subject=nomination, after=after, now=now)
    return row


def recuse(nomination: Nomination, *, reason: str, actor: Actor, now: datetime) -> Recusal:
    """Stand aside from one recommendation; a score given before no longer counts."""
    check_runner(nomination.kind.round.campaign, actor, "登记回避")
    if not reason.strip():
        raise Refused("award.recusal", "登记回避须写明原因。请填写。")
    row = Recusal(
        nomination=nomination, user_id=actor.user_id, label=actor.label[:200], reason=reason.strip(), recused_at=now
    )
    with transaction.atomic():
        checked(row).save()
        record("campaigns.recuse", actor=actor, subject=nomination, reason=reason, now=now)
    return row
