"""Bad input of a campaign, at every door: each is refused with its rule by the form, by the service (the one way of a
command) and in a job; and there is no import, no command and no other job that writes these tables at all."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from campaigns.commendations import deciding
from campaigns.commendations import services as awards
from campaigns.commendations.models import Commendation, Nomination, Quota
from campaigns.methods import services as methods
from campaigns.methods.models import MethodRecord
from campaigns.plans import part_services
from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Method, Phase
from portal import importing
from portal.access.actor import Actor, acting_as
from portal.access.scoping import everything
from portal.celery import app
from portal.importing.command import Order, carry_out
from portal.jobs.models import Job
from portal.jobs.runner import JobContext, run
from portal.jobs.services import request
from portal.publishing import services as publishing
from portal.publishing.models import Objection
from tests.campaigns.commendations.conftest import DECIDABLE, GIVEN, PUBLISHED, Chain, chain
from tests.campaigns.commendations.test_services import object_to, refused
from tests.campaigns.makers import END, START, make_campaign
from tests.campaigns.method_makers import add_methods
from tests.conftest import ROOT, session_of
from tests.personas import Persona

__all__ = ["chain"]
WING = {"campaigns", "publishing"}


@dataclass
class Bad:
    """One bad input: how a form posts it, how a service is called with it, what it must not write, what is said."""

    who: Persona | None
    url: str
    posted: dict[str, Any]
    call: Callable[[Actor | None, datetime], Any]
    written: type[Model]
    words: str
    at: datetime = PUBLISHED
    # Where the form does not even offer it, it says so in its own words.
    form_words: str = ""


def phases_that_overlap(chain: Chain) -> Bad:
    """R-111."""
    draft = make_campaign(chain.personas.province, "草稿")
    Phase.objects.create(campaign=draft, number=1, title="第一阶段", starts_on=START, ends_on=date(2026, 6, 30))
    values = {"number": 2, "title": "第二阶段", "focus": "", "starts_on": date(2026, 6, 30), "ends_on": END}
    return Bad(
        chain.personas.department_staff,
        reverse("campaigns:phase_new", args=[draft.pk]),
        values | {"version": draft.version},
        lambda actor, now: part_services.save_phase(
            chain.fresh(draft), None, actor=_some(actor), now=now, version=draft.version, **values
        ),
        Phase,
        "各阶段不能重叠，请调整起止日期。",
    )


def _some(actor: Actor | None) -> Actor:
    assert actor is not None
    return actor


def method_before_its_prerequisite(chain: Chain) -> Bad:
    """R-112: 自我讲评 waits for 公开承诺."""
    review = add_methods(chain.campaign)[1]
    values = {"done_on": date(2026, 5, 20)}
    given = {
        **values,
        "kind": "life_meeting",
        "expected": 9,
        "present": 8,
        "statements": 8,
        "guests": 0,
        "secretary_summary": "小结",
    }
    return Bad(
        chain.personas.branch_secretary,
        reverse("campaigns:method_record", args=[chain.tea.pk, review.number]),
        given | {"version": chain.tea.version},
        lambda actor, now: methods.check_record(chain.tea, review, date(2026, 5, 20), _some(actor), now),
        MethodRecord,
        "「自我讲评」须先完成「公开承诺」。请先登记。",
    )


def quota_that_does_not_add_up(chain: Chain) -> Bad:
    """R-115a."""
    with everything("test data"):
        Quota.objects.create(kind=chain.kind, unit=chain.tea, count=1)
    return Bad(
        chain.personas.department_staff,
        reverse("campaigns:award_quotas", args=[chain.kind.pk]),
        {f"unit_{chain.tea.pk}": 2, "version": chain.round.version},
        lambda actor, now: awards.set_quotas(
            chain.kind, {chain.tea: 2}, actor=_some(actor), now=now, version=chain.round.version
        ),
        Quota,
        "名额共 1 个，填写合计 2 个，不相等。",
    )


def nominee_of_another_unit(chain: Chain) -> Bad:
    """R-115: a unit recommends its own."""
    chain.open()
    quota = Quota.objects.get(kind=chain.kind)
    foreign = chain.trade.organization
    assert foreign is not None
    return Bad(
        chain.personas.branch_secretary,
        reverse("campaigns:nomination_new", args=[quota.pk]),
        {name: value for name, value in GIVEN.items() if value not in (None, "")} | {"organization": foreign.pk},
        lambda actor, now: awards.nominate(
            chain.kind, chain.tea, organization=foreign, actor=_some(actor), now=now, **GIVEN
        ),
        Nomination,
        "推荐对象不属于本单位",
        form_words="党组织没有",
    )


def objection_after_the_last_day(chain: Chain) -> Bad:
    """R-117: published on 1 June, open until 8 June."""
    chain.published()
    notice = chain.fresh(chain.round).notice
    return Bad(
        None,
        reverse("publishing:object", args=[notice.pk]),
        {"text": "情况不实"},
        lambda actor, now: publishing.lodge_objection(notice, text="情况不实", line=None, address="", now=now),
        Objection,
        "公示已于 2026-06-08 结束，今天不能再提出异议。",
        at=DECIDABLE,
    )


def _decision(chain: Chain, words: str, at: datetime = DECIDABLE) -> Bad:
    one = chain.fresh(chain.round)
    given = {"document_number": "湘社工〔2026〕30号", "reason": "公示无异议"}
    return Bad(
        chain.personas.department_admin,
        reverse("campaigns:award_round_decide", args=[one.pk]),
        given | {"version": one.version},
        lambda actor, now: deciding.decide(chain.fresh(one), actor=_some(actor), now=now, version=one.version, **given),
        Commendation,
        words,
        at=at,
    )


def decision_with_an_open_objection(chain: Chain) -> Bad:
    """R-117."""
    chain.published()
    object_to(chain.fresh(chain.round).notice, PUBLISHED + timedelta(days=1))
    return _decision(chain, "还有 1 件异议没有核查结论，不能作出决定。")


def decision_before_the_end_of_publicity(chain: Chain) -> Bad:
    """R-117."""
    chain.published()
    return _decision(chain, "2026-06-09 起才能作出决定", at=DECIDABLE - timedelta(days=1))


def decision_against_a_veto(chain: Chain) -> Bad:
    """R-112, R-115: since the list was drawn up, something speaks against the nominee."""
    chain.published()
    Method.objects.create(campaign=chain.campaign, number=1, title="公开承诺", form=MethodForm.PLEDGE)
    return _decision(chain, "还没有完成「公开承诺」，不能推荐")


def round_without_its_basis(chain: Chain) -> Bad:
    """R-116."""
    chain.round.basis_number = ""
    chain.round.save()
    return Bad(
        chain.personas.department_staff,
        reverse("campaigns:award_round_open", args=[chain.round.pk]),
        {"version": chain.round.version},
        lambda actor, now: awards.open_round(
            chain.fresh(chain.round), actor=_some(actor), now=now, version=chain.round.version
        ),
        Nomination,
        "按「三个不得」不能开展评选表彰",
    )


@pytest.mark.parametrize(
    "make",
    [
        phases_that_overlap,
        method_before_its_prerequisite,
        quota_that_does_not_add_up,
        nominee_of_another_unit,
        objection_after_the_last_day,
        decision_with_an_open_objection,
        decision_before_the_end_of_publicity,
        decision_against_a_veto,
        round_without_its_basis,
    ],
    ids=lambda make: make.__name__,
)
def test_refused_with_its_rule_by_form_service_and_job(
    chain: Chain, make: Callable[[Chain], Bad], frozen: Callable[[datetime], None], no_bells: None
) -> None:
    bad = make(chain)
    frozen(bad.at)
    with everything("test data"):
        before = list(bad.written.objects.values_list("pk", flat=True))

    client = Client()
    if bad.who is not None:
        client.cookies["sessionid"] = session_of(bad.who)
    answer = client.post(bad.url, {name: str(value) for name, value in bad.posted.items()})
    assert (answer.status_code, (bad.form_words or bad.words) in answer.content.decode()) == (422, True)

    actor = bad.who.actor if bad.who is not None else None
    with acting_as(actor):
        assert bad.words in refused(lambda: bad.call(actor, bad.at))

    job = request("campaigns.enrol", kind="test", subject=None, label="任务", parameters={}, actor=actor, now=bad.at)
    run(job.pk, lambda context: _work(bad, context))
    with everything("test data"):
        failed = Job.objects.get(pk=job.pk)
        assert (failed.state, bad.words in failed.error_message) == ("failed", True)
        assert list(bad.written.objects.values_list("pk", flat=True)) == before


def _work(bad: Bad, context: JobContext) -> None:
    bad.call(context.actor, bad.at)


# Doors that there are not ----------------------------------------------------------------------------------------


def test_no_import_writes_a_campaign() -> None:
    tables = {table._meta.app_label for kind in importing.kinds().values() for table in kind.tables().values()}
    assert tables & WING == set()


def test_the_import_command_knows_no_campaign(chain: Chain, tmp_path: Path) -> None:
    """By the command line as in the browser: there is no such kind."""
    path = tmp_path / "推荐.xlsx"
    path.write_bytes(b"")
    actor = chain.personas.department_admin.actor
    for kind in ("campaigns", "nominations", "commendations", "publications"):
        with acting_as(actor):
            answer = carry_out(Order(kind=kind, path=path), actor=actor, now=PUBLISHED)
        assert answer["state"] == "refused"


def _imported(path: Path) -> set[str]:
    """The modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


def test_no_command_writes_a_campaign_but_the_demonstration() -> None:
    """Reference data and the demonstration apart, no command of ours reaches into these rooms."""
    reaching = {}
    for name, home in get_commands().items():
        path = ROOT / str(home).replace(".", "/") / "management" / "commands" / f"{name}.py"
        if not path.is_file():
            continue
        own = {
            one for one in _imported(path) if one.split(".")[0] == "campaigns" or one.startswith("portal.publishing")
        }
        if own:
            reaching[name] = own
    assert reaching == {"load_reference": {"campaigns.plans.services", "campaigns.plans.services.load_criteria"}}


def test_the_jobs_of_the_wing_are_these() -> None:
    """Each takes in units, prints, lays out or reminds; none recommends, records a method, objects or decides."""
    names = {name for name in app.tasks if name.split(".")[0] in WING}
    assert names == {
        "campaigns.enrol",
        "campaigns.print_ballot",
        "campaigns.build_certificate",
        "campaigns.remind",
        "publishing.build_issue",
    }
