"""Paper counts and ballots by code as they are organised: what completes the method, what is refused or printed."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.ballots import services, slips, voting
from campaigns.ballots.codes import code_hash
from campaigns.ballots.enums import Answer
from campaigns.ballots.models import Ballot, BallotCode, BallotTally, PaperCount
from campaigns.ballots.rules import PaperFacts
from campaigns.methods.models import MethodRecord
from campaigns.plans.models import Method, Unit
from campaigns.tasks import print_ballot
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.accounts.codes import ALPHABET
from portal.audit.models import AuditEvent
from portal.files.services import store
from portal.jobs.models import JobState
from tests.campaigns.method_makers import add_codes, make_ballot, running
from tests.conftest import session_of
from tests.people.makers import make_party_member
from tests.personas import Persona, Personas

pytestmark = pytest.mark.usefixtures("parameters", "no_bells")
DAY = date(2026, 5, 20)
EXAMPLE = PaperFacts(30, 28, 26, 25, 18, 6, 1, "甲", "乙")
CODE = re.compile(rf"(?:[{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}")


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def paper(unit: Unit, method: Method, persona: Persona, now: datetime, **fields: Any) -> PaperCount:
    file = store(b"%PDF-1.4", name="计票单.pdf", kind="paper_count", actor=None, now=now)
    values: dict[str, Any] = {"level": "organization", "member": None, "held_on": DAY, "facts": EXAMPLE, "file": file}
    with acting_as(persona.actor):
        unit.refresh_from_db()
        return services.record_paper(
            unit, method, actor=persona.actor, now=now, version=unit.version, **values | fields
        )


def prepare(unit: Unit, method: Method, persona: Persona, **fields: Any) -> Ballot:
    now = timezone.now()
    values: dict[str, Any] = {"title": "评议", "voter_count": 33, "minimum_count": None, "teller_one": "甲"}
    values |= {"teller_two": "乙", "opens_at": now + timedelta(hours=1), "closes_at": now + timedelta(hours=2)}
    with acting_as(persona.actor):
        unit.refresh_from_db()
        return services.prepare_ballot(
            unit, method, actor=persona.actor, now=now, version=unit.version, **values | fields
        )


def test_an_organisation_is_appraised_and_so_are_its_members(personas: Personas, now: datetime) -> None:
    """C-46 on both levels; the count about the organisation completes the method with R-114's 96.0 %."""
    _campaign, methods, unit = running(personas.province)
    branch, method = personas.branch_secretary, methods[3]
    member = make_party_member(personas.province.tea_branch)
    stranger = make_party_member(personas.province.trade_branch)
    row = paper(unit, method, branch, now)
    record = MethodRecord.objects.get()
    assert (record.done_on, record.present_count, "96.0%" in record.summary) == (DAY, 25, True)
    of_member = paper(unit, method, branch, now, level="member", member=member)
    assert of_member.member == member
    assert "名册中选择" in refused(lambda: paper(unit, method, branch, now, level="member", member=stranger))
    assert "名册中选择" in refused(lambda: paper(unit, method, branch, now, level="member"))
    assert "已登记完成" in refused(lambda: paper(unit, method, branch, now))
    assert MethodRecord.objects.count() == 1

    def take_back(one: PaperCount, reason: str = "登记有误") -> None:
        with acting_as(branch.actor):
            services.withdraw_paper(one, reason=reason, actor=branch.actor, now=now, version=one.version)

    assert "请先撤回「群众评议」的登记" in refused(lambda: take_back(row))
    assert "须写明原因" in refused(lambda: take_back(of_member, " "))
    take_back(of_member)
    assert PaperCount.objects.get() == row


def test_a_count_that_does_not_add_up_is_refused(personas: Personas, now: datetime) -> None:
    _campaign, methods, unit = running(personas.province)
    branch = personas.branch_secretary
    wrong = PaperFacts(30, 28, 26, 25, 18, 6, 2, "甲", "乙")
    assert "不符" in refused(lambda: paper(unit, methods[3], branch, now, facts=wrong))
    same = PaperFacts(30, 28, 26, 25, 18, 6, 1, "甲", "甲")
    assert "同一人" in refused(lambda: paper(unit, methods[3], branch, now, facts=same))
    make_ballot(unit, methods[3], personas)
    assert "没有计票的投票" in refused(lambda: paper(unit, methods[3], branch, now))


def test_a_ballot_is_prepared_printed_once_and_voted_with_the_paper(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the form to the paper: codes stand on the slips alone; a new printout withdraws the earlier one."""
    printed: list[str] = []

    def lay_out(source: str) -> bytes:
        printed.append(source)
        return b"%PDF-" + source.encode()

    monkeypatch.setattr(slips, "html_to_pdf", lay_out)
    _campaign, methods, unit = running(personas.province)
    branch = personas.branch_secretary
    assert "少于 30 人" in refused(lambda: prepare(unit, methods[3], branch, voter_count=29))
    ballot = prepare(unit, methods[3], branch)
    assert (ballot.minimum_count, BallotTally.objects.count(), BallotCode.objects.count()) == (10, 3, 0)
    assert "已有一场没有计票的投票" in refused(lambda: prepare(unit, methods[3], branch))
    client = Client()
    client.cookies["sessionid"] = session_of(branch)
    page = reverse("campaigns:ballot", args=[ballot.pk])
    assert "选票还没有生成" in client.post(page, follow=True).content.decode()
    for _time in range(2):
        ballot.refresh_from_db()
        now = timezone.now()
        with acting_as(branch.actor):
            job = slips.print_slips(
                ballot, address="http://portal/vote/", actor=branch.actor, now=now, version=ballot.version
            )
        print_ballot(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.SUCCEEDED
    codes = [CODE.findall(one) for one in printed]
    assert [len(set(some)) for some in codes] == [33, 33]
    kept = set(BallotCode.objects.values_list("code_hash", flat=True))
    assert kept == {code_hash(code) for code in codes[1]}
    ballot.refresh_from_db()
    assert codes[1][0].encode() not in slips.files.path_of(ballot.file).read_bytes()
    answer = client.post(page)
    assert (answer.content.startswith(b"%PDF-"), answer["Cache-Control"]) == (True, "private, no-store")
    assert "不能再次取用" in client.post(page, follow=True).content.decode()
    during = ballot.opens_at + timedelta(minutes=1)
    assert voting.cast(codes[0][0], "basic", now=during) == Answer.WRONG
    assert voting.cast(codes[1][0], "basic", now=during) == Answer.TAKEN
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"campaigns.prepare_ballot", "campaigns.print_ballot", "campaigns.fetch_ballot"} <= actions


def test_no_slips_after_the_opening_and_a_cancelled_ballot_is_forgotten_unread(
    personas: Personas, now: datetime
) -> None:
    _campaign, methods, unit = running(personas.province)
    branch, ballot = personas.branch_secretary, make_ballot(unit, methods[3], personas)
    code = add_codes(ballot, 40)[0]
    moment = timezone.now()
    voting.cast(code, "basic", now=moment)

    def cancel(at: datetime, reason: str = "人数有误") -> None:
        with acting_as(branch.actor):
            services.cancel_ballot(ballot, reason=reason, actor=branch.actor, now=at, version=ballot.version)

    with acting_as(branch.actor):
        assert "已经开始" in refused(
            lambda: slips.print_slips(ballot, address="", actor=branch.actor, now=moment, version=ballot.version)
        )
    assert "须写明原因" in refused(lambda: cancel(moment, ""))
    assert "已经结束" in refused(lambda: cancel(ballot.closes_at))
    cancel(moment)
    assert (ballot.state, BallotCode.objects.count(), BallotTally.objects.count()) == ("cancelled", 0, 0)
    assert prepare(unit, methods[3], branch).state == "prepared"


def test_the_forms_of_appraisal_go_through_the_pages(personas: Personas) -> None:
    _campaign, _methods, unit = running(personas.province)
    client = Client()
    client.cookies["sessionid"] = session_of(personas.branch_secretary)
    page = reverse("campaigns:unit_method", args=[unit.pk, 4])
    assert "组织投票" in client.get(page).content.decode()
    soon = timezone.localdate() + timedelta(days=2)
    given = {"title": "评议", "voter_count": "40", "opens_on": soon.isoformat(), "opens_hour": "8", "closes_hour": "18"}
    given |= {"closes_on": soon.isoformat(), "teller_one": "甲", "teller_two": "乙", "version": str(unit.version)}
    form = reverse("campaigns:ballot_new", args=[unit.pk, 4])
    assert "少于三张的选项合并公布" in client.get(form).content.decode()
    assert client.post(form, given).status_code == 302
    ballot = Ballot.objects.get()
    assert (ballot.minimum_count, timezone.localtime(ballot.opens_at).hour) == (10, 8)
    assert "待计票" in client.get(page).content.decode()
    cancel = reverse("campaigns:ballot_cancel", args=[ballot.pk])
    assert client.post(cancel, {"reason": "改用纸质票", "version": str(ballot.version)}).status_code == 302
    paper_form = reverse("campaigns:paper_new", args=[unit.pk, 4])
    assert "计票单照片" in client.get(paper_form).content.decode()
    assert client.post(paper_form, {"version": str(unit.version)}).status_code == 422
