"""A ballot cannot be traced, counted early, or cast twice: every table and the log are read before and after."""

import logging
import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.ballots import services, voting
from campaigns.ballots.codes import code_hash
from campaigns.ballots.enums import Answer, BallotState, Choice
from campaigns.ballots.models import Ballot, BallotCode, BallotResult, BallotTally
from campaigns.methods.models import MethodRecord
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.accounts.codes import normal_code
from tests.campaigns.method_makers import add_codes, make_ballot, running
from tests.conftest import session_of
from tests.personas import Personas

pytestmark = pytest.mark.usefixtures("parameters")


def opened(personas: Personas, number: int = 40, **fields: Any) -> tuple[Ballot, list[str]]:
    """An open ballot about the tea branch, with its codes."""
    _campaign, methods, unit = running(personas.province)
    ballot = make_ballot(unit, methods[3], personas, voter_count=number, **fields)
    return ballot, add_codes(ballot, number)


def every_table() -> dict[str, Counter[str]]:
    """Every row of every table of the database, as text: what a dump holds. Also tables that no model names."""
    found = {}
    with everything("what a dump holds"), connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608  names of our own tables
            found[name] = Counter(repr(row) for row in cursor.fetchall())
    return found


def change(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> dict[str, tuple[int, int]]:
    """Which tables changed: rows gone, rows new."""
    counted = {name: ((before[name] - after[name]).total(), (after[name] - before[name]).total()) for name in after}
    return {name: both for name, both in counted.items() if both != (0, 0)}


def vote(client: Client, code: str, choice: str) -> Any:
    url = reverse("campaigns:vote")
    shown = client.post(url, {"code": code})
    assert "满意" in shown.content.decode()
    return client.post(url, {"code": code, "choice": choice, "step": "vote"})


def test_no_table_and_no_log_joins_a_voter_and_a_vote(personas: Personas, caplog: pytest.LogCaptureFixture) -> None:
    """A vote takes one code away and adds one to a tally; nothing else in the whole database moves, and no log line
    holds a code or a choice, also where the voter is signed in."""
    ballot, codes = opened(personas)
    known = Client()
    known.cookies["sessionid"] = session_of(personas.branch_secretary)
    known.get(reverse("campaigns:vote"))
    tables = {BallotCode._meta.db_table: (1, 0), BallotTally._meta.db_table: (1, 1)}
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    caplog.set_level(logging.DEBUG)
    lines = []
    for client, code, choice in zip((Client(), known, known), codes, Choice.values, strict=False):
        before = every_table()
        caplog.clear()
        response = vote(client, code, choice)
        # Between choices only the number of milliseconds in the log differs.
        lines.append([record.getMessage().split(" in ")[0] for record in caplog.records if "cookie" not in record.name])
        assert (response.status_code, response["Location"]) == (302, reverse("campaigns:voted"))
        after = every_table()
        assert change(before, after) == tables
        kept = "".join(row for rows in after.values() for row in rows) + caplog.text
        for trace in (code, normal_code(code), code_hash(code)):
            assert trace not in kept
        assert choice not in caplog.text
    assert lines[0] == lines[1] == lines[2]
    assert BallotCode.objects.filter(ballot=ballot).count() == 37


def test_nothing_of_a_vote_has_a_time_or_a_person(personas: Personas) -> None:
    """By construction: the only columns beside a tally and an open code are the ballot, the choice, the hash."""
    kept = {model: {field.name for field in model._meta.get_fields()} for model in (BallotCode, BallotTally)}
    assert kept == {BallotCode: {"id", "ballot", "code_hash"}, BallotTally: {"id", "ballot", "choice", "count"}}
    pointing = [
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model in {BallotCode, BallotTally} and not field.auto_created
    ]
    assert pointing == []


def test_a_code_votes_once(personas: Personas) -> None:
    ballot, codes = opened(personas)
    now = timezone.now()
    assert voting.cast(codes[0].lower(), "satisfied", now=now) == Answer.TAKEN
    assert voting.cast(codes[0], "dissatisfied", now=now) == Answer.WRONG
    assert voting.cast("7KQ2-BXW9-M4TP", "basic", now=now) == Answer.WRONG
    assert voting.cast(codes[1], "basic", now=ballot.opens_at - timedelta(seconds=1)) == Answer.EARLY
    assert voting.cast(codes[1], "basic", now=ballot.closes_at) == Answer.LATE
    assert dict(BallotTally.objects.values_list("choice", "count")) == {"satisfied": 1, "basic": 0, "dissatisfied": 0}
    client = Client()
    again = client.post(reverse("campaigns:vote"), {"code": codes[0]})
    assert (again.status_code, "已经投过票" in again.content.decode()) == (422, True)
    empty = client.post(reverse("campaigns:vote"), {"code": codes[1], "step": "vote"})
    assert (empty.status_code, "请选一项" in empty.content.decode()) == (422, True)
    wrong = client.post(reverse("campaigns:vote"), {"code": codes[1], "choice": "against", "step": "vote"})
    assert (wrong.status_code, BallotTally.objects.get(choice="satisfied").count) == (422, 1)
    assert client.post(reverse("campaigns:vote"), {}).status_code == 422


def test_a_vote_without_its_tally_spends_no_code(personas: Personas) -> None:
    """Both or neither."""
    _ballot, codes = opened(personas)
    BallotTally.objects.filter(choice="basic").delete()
    with pytest.raises(LookupError):
        voting.cast(codes[0], "basic", now=timezone.now())
    assert BallotCode.objects.count() == 40


def test_nobody_counts_early_and_no_page_shows_it(personas: Personas) -> None:
    ballot, codes = opened(personas)
    for code in codes[:12]:
        voting.cast(code, "satisfied", now=timezone.now())
    with pytest.raises(Refused, match="投票还没有结束"):
        services.count_ballot(ballot, now=ballot.closes_at - timedelta(seconds=1))
    assert services.count_due(ballot.closes_at - timedelta(seconds=1)) == 0
    client = Client()
    client.cookies["sessionid"] = session_of(personas.department_admin)
    text = client.get(reverse("campaigns:ballot", args=[ballot.pk])).content.decode()
    assert ("结束前任何人看不到结果" in text, "满意" in text) == (True, False)
    assert "投票结果" not in text


def test_counting_publishes_cells_and_forgets_the_rest(personas: Personas) -> None:
    """After it neither codes nor tallies are left, so no later dump holds a cell under three."""
    ballot, codes = opened(personas)
    for code, choice in zip(codes, ["satisfied"] * 20 + ["basic"] * 8 + ["dissatisfied"] * 2, strict=False):
        assert voting.cast(code, choice, now=timezone.now()) == Answer.TAKEN
    assert services.count_due(ballot.closes_at) == 1
    assert services.count_due(ballot.closes_at) == 0
    ballot.refresh_from_db()
    assert (ballot.state, ballot.cast_count, ballot.content_count, ballot.rate_kind) == ("counted", 30, 28, "at_least")
    cells = dict(BallotResult.objects.values_list("cell", "count"))
    assert cells == {"satisfied": 20, "basic_dissatisfied": 10}
    assert (BallotCode.objects.count(), BallotTally.objects.count()) == (0, 0)
    assert voting.cast(codes[35], "basic", now=timezone.now()) == Answer.WRONG
    record = MethodRecord.objects.get()
    assert (record.method_id, record.present_count, record.expected_count) == (ballot.method_id, 30, 40)
    client = Client()
    client.cookies["sessionid"] = session_of(personas.branch_secretary)
    text = client.get(reverse("campaigns:ballot", args=[ballot.pk])).content.decode()
    assert ("不低于93.3%" in text, "基本满意或不满意" in text) == (True, True)


def test_too_few_votes_are_not_shown(personas: Personas) -> None:
    ballot, codes = opened(personas)
    for code in codes[:9]:
        voting.cast(code, "satisfied", now=timezone.now())
    services.count_due(ballot.closes_at)
    ballot.refresh_from_db()
    assert (ballot.state, ballot.cast_count, ballot.content_count) == (BallotState.VOID, 9, None)
    assert (BallotResult.objects.count(), BallotTally.objects.count(), MethodRecord.objects.count()) == (0, 0, 0)


# Many at once --------------------------------------------------------------------------------------------------------


def stormed(personas: Personas, voters: int, threads: int) -> None:
    """Every code votes twice at the same time, from many threads, while others try to count; one vote a code."""
    ballot, codes = opened(personas, voters)
    now = timezone.now()
    work = [(code, choice) for place, code in enumerate(codes) for choice in (Choice.values[place % 3], "satisfied")]
    lock, outcomes, strange = threading.Lock(), Counter(), []
    start = threading.Barrier(threads)

    def run() -> None:
        try:
            start.wait()
            while True:
                with lock:
                    if not work:
                        return
                    code, choice = work.pop()
                answer = voting.cast(code, choice, now=now)
                with lock:
                    outcomes[answer] += 1
        except BaseException as problem:
            strange.append(problem)
        finally:
            connection.close()

    running_ones = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running_ones:
        thread.start()
    for thread in running_ones:
        thread.join()
    assert strange == []
    assert outcomes == {Answer.TAKEN: voters, Answer.WRONG: voters}
    with everything("test data"):
        assert sum(BallotTally.objects.values_list("count", flat=True)) == voters
        assert BallotCode.objects.count() == 0
    services.count_ballot(ballot, now=ballot.closes_at)
    with everything("test data"):
        assert sum(BallotResult.objects.values_list("count", flat=True)) == voters


@pytest.fixture
def ready(personas: Personas, transactional_db: None) -> Personas:
    assert personas.province.tea_branch
    assert personas.branch_secretary
    return personas


def test_thirty_people_vote_twice_at_once(ready: Personas) -> None:
    stormed(ready, 30, 6)


@pytest.mark.heavy
def test_five_hundred_people_vote_twice_at_once(ready: Personas) -> None:
    stormed(ready, 500, 25)
