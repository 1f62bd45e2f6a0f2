"""Rounds of evaluation in the demonstration: last year's, and this year's with the nine grades of the seed (4+4+1)."""

from collections import Counter
from datetime import date, timedelta

from associations.evaluation.batch_services import (
    announce,
    open_batch,
    record_applications,
    record_results,
    set_indicators,
)
from associations.evaluation.enums import GradeLevel
from associations.evaluation.models import EvaluationBatch, Grade
from associations.evaluation.selectors import eligible_in
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.home.demonstration.world import World

APPLY = 14
RESULTS = (("4A", 4), ("3A", 4), ("2A", 1))
# 一级指标, 指标, points last year, points this year, Party building or not: 10 % then, 15 % now.
INDICATORS = (
    ("基础条件", "法人资格", 30, 30, ""),
    ("基础条件", "章程（含党的建设内容）", 20, 20, "是"),
    ("基础条件", "登记备案和年检年报", 50, 40, ""),
    ("内部治理", "会员大会和理事会", 90, 80, ""),
    ("内部治理", "党组织建设", 50, 70, "是"),
    ("内部治理", "党建工作和作用发挥", 30, 60, "是"),
    ("内部治理", "财务资产管理", 180, 160, ""),
    ("内部治理", "人力资源和档案证章管理", 100, 90, ""),
    ("工作绩效", "提供服务", 200, 200, ""),
    ("工作绩效", "反映诉求和行业自律", 150, 150, ""),
    ("社会评价", "内部评价和外部评价", 100, 100, ""),
)


def make_evaluations(world: World, actor: Actor) -> None:
    """Both rounds, done through the services."""
    _last_year(world, actor)
    opened = world.today - timedelta(days=120)
    batch = open_batch(
        title=f"{opened.year}年全省性社会组织评估",
        number=f"湘民发〔{opened.year}〕9号",
        opens_on=opened,
        due_on=world.today - timedelta(days=60),
        actor=actor,
        now=world.now,
    )
    _indicators(batch, actor, world, 3)
    some = list(eligible_in(batch, actor).order_by("pk")[:APPLY])
    made = record_applications(
        batch,
        names="\n".join(one.uscc for one in some),
        level=GradeLevel.AAAA,
        applied_on=world.today - timedelta(days=70),
        actor=actor,
        now=world.now,
    )
    granted = [(level, number) for level, number in RESULTS if len(made) >= sum(count for _level, count in RESULTS)]
    if not granted:
        return
    batch.refresh_from_db()
    announce(
        batch,
        announced_on=world.today - timedelta(days=12),
        announcement=f"湘民发〔{world.today.year}〕41号",
        counts=dict(granted),
        actor=actor,
        version=batch.version,
        now=world.now,
    )
    start = 0
    for level, number in granted:
        own = made[start : start + number]
        for one in own:
            one.batch = batch
        record_results(own, level=level, actor=actor, now=world.now)
        start += number


def _indicators(batch: EvaluationBatch, actor: Actor, world: World, column: int) -> None:
    lines = "\n".join(f"{one[0]}\t{one[1]}\t{one[column]}\t{one[4]}" for one in INDICATORS)
    set_indicators(batch, text=lines, actor=actor, version=batch.version, now=world.now)


def _last_year(world: World, actor: Actor) -> None:
    """Last year's round; its announcement is one that grades of the register already name."""
    year = world.today.year - 1
    batch = open_batch(
        title=f"{year}年全省性社会组织评估",
        number=f"湘民发〔{year}〕6号",
        opens_on=date(year, 1, 10),
        due_on=date(year, 4, 30),
        actor=actor,
        now=world.now,
    )
    _indicators(batch, actor, world, 2)
    batch.refresh_from_db()
    graded = scoped(Grade, actor).filter(
        announced_on__year=year, announced_on__gt=batch.due_on, association__registration_level="province"
    )
    first = graded.order_by("announced_on", "pk").first()
    if first is not None:
        same = graded.filter(announced_on=first.announced_on, document_number=first.document_number)
        announce(
            batch,
            announced_on=first.announced_on,
            announcement=first.document_number,
            counts=Counter(same.values_list("level", flat=True)),
            actor=actor,
            version=batch.version,
            now=world.now,
        )
