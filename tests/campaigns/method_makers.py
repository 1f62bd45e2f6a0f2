"""What units did, for tests: a running campaign with five methods, a unit, and rows of every table by unit."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from campaigns.ballots.codes import code_hash, new_code
from campaigns.ballots.enums import Choice
from campaigns.ballots.models import Ballot, BallotCode, BallotResult, BallotTally, PaperCount
from campaigns.methods.models import Comment, MethodRecord, Pledge, PledgeEdition, SelfReview
from campaigns.plans.enums import CampaignState, MethodForm
from campaigns.plans.models import Campaign, Method, Unit
from portal.files.services import store
from tests.campaigns.makers import START, UNIT_REACH, make_campaign, make_unit, units
from tests.personas import Personas, Province

Rows = dict[str, Model]
METHODS = (
    ("公开承诺", MethodForm.PLEDGE, ()),
    ("自我讲评", MethodForm.REVIEW, (1,)),
    ("领导点评", MethodForm.COMMENT, (2,)),
    ("群众评议", MethodForm.APPRAISAL, ()),
    ("评选表彰", MethodForm.COMMENDATION, (1, 2, 3, 4)),
)


def add_methods(campaign: Campaign) -> list[Method]:
    """The five methods of the document of 2010, under names of their own."""
    made = [
        Method.objects.create(campaign=campaign, number=number, title=title, form=form)
        for number, (title, form, _needs) in enumerate(METHODS, start=1)
    ]
    for method, (_title, _form, needs) in zip(made, METHODS, strict=True):
        method.requires.set([made[number - 1] for number in needs])
    return made


def running(province: Province) -> tuple[Campaign, list[Method], Unit]:
    """A campaign that goes on, its five methods, and the tea branch as a unit."""
    campaign = make_campaign(province, state=CampaignState.RUNNING, issued_at=timezone.now())
    return campaign, add_methods(campaign), make_unit(campaign, province.tea_branch)


def make_record(unit: Unit, method: Method, personas: Personas, **fields: Any) -> MethodRecord:
    values: dict[str, Any] = {"done_on": date(2026, 5, 8), "recorded_at": timezone.now()}
    values["recorded_by"] = personas.branch_secretary.user
    return MethodRecord.objects.create(unit=unit, method=method, **values | fields)


# The scope table ---------------------------------------------------------------------------------------------------


def method_of(unit: Unit, form: str) -> Method:
    """A method of the unit's campaign with this form; each campaign gets one a form."""
    number = 10 + MethodForm.values.index(form)
    values = {"number": number, "title": f"方式{number}"}
    return Method.objects.get_or_create(campaign=unit.campaign, form=form, defaults=values)[0]


def of_units(form: str, make: Any) -> Any:
    """Rows of one table, by the name of their unit."""
    return lambda personas: {
        name: make(unit, method_of(unit, form), personas)
        for name, unit in units(personas).items()
        if isinstance(unit, Unit)
    }


def _record(unit: Unit, method: Method, personas: Personas) -> MethodRecord:
    file = store(b"%PDF-1.4", name="材料.pdf", kind="method_record", actor=None, now=timezone.now())
    return make_record(unit, method, personas, done_on=START, file=file)


def make_paper(unit: Unit, method: Method, personas: Personas, **fields: Any) -> PaperCount:
    """The worked example of R-114: 18 satisfied and 6 basically satisfied of 25."""
    names = ("voter_count", "issued_count", "returned_count", "valid_count", "satisfied_count", "basic_count")
    values: dict[str, Any] = dict(zip(names, (30, 28, 26, 25, 18, 6), strict=True)) | {"dissatisfied_count": 1}
    values |= {"teller_one": "甲", "teller_two": "乙", "held_on": date(2026, 5, 20), "recorded_at": timezone.now()}
    values["file"] = store(b"%PDF-1.4", name="计票单.pdf", kind="paper_count", actor=None, now=timezone.now())
    values["recorded_by"] = personas.branch_secretary.user
    return PaperCount.objects.create(unit=unit, method=method, **values | fields)


def make_ballot(unit: Unit, method: Method, personas: Personas, **fields: Any) -> Ballot:
    """Prepared, open since an hour and for another, with empty tallies and no codes."""
    now = timezone.now()
    values: dict[str, Any] = {"title": "评议", "voter_count": 40, "minimum_count": 10, "created_at": now}
    values |= {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=1)}
    values |= {"printed_at": now, "teller_one": "甲", "teller_two": "乙", "prepared_by": personas.branch_secretary.user}
    ballot = Ballot.objects.create(unit=unit, method=method, **values | fields)
    BallotTally.objects.bulk_create(BallotTally(ballot=ballot, choice=choice) for choice in Choice.values)
    return ballot


def add_codes(ballot: Ballot, number: int) -> list[str]:
    """Codes as the paper has them."""
    codes = [new_code() for _ in range(number)]
    BallotCode.objects.bulk_create(BallotCode(ballot=ballot, code_hash=code_hash(code)) for code in codes)
    return codes


def _code(unit: Unit, method: Method, personas: Personas) -> BallotCode:
    add_codes(ballot := make_ballot(unit, method, personas, state="cancelled"), 1)
    return BallotCode.objects.get(ballot=ballot)


def _tally(unit: Unit, method: Method, personas: Personas) -> BallotTally:
    return BallotTally.objects.filter(ballot=make_ballot(unit, method, personas, state="cancelled"))[0]


def _result(unit: Unit, method: Method, personas: Personas) -> BallotResult:
    ballot = make_ballot(unit, method, personas, state="cancelled")
    return BallotResult.objects.create(ballot=ballot, number=1, cell="all", count=12)


def _review(unit: Unit, method: Method, personas: Personas) -> SelfReview:
    values = {"kind": "life_meeting", "statement_count": 8, "secretary_summary": "小结"}
    return SelfReview.objects.create(record=make_record(unit, method, personas), **values)


def _comment(unit: Unit, method: Method, personas: Personas) -> Comment:
    values = {
        "occasion": "visit",
        "body": "党委",
        "post": "书记",
        "achievements": "好",
        "problems": "差",
        "direction": "改",
    }
    return Comment.objects.create(record=make_record(unit, method, personas), **values)


def _pledge(unit: Unit, method: Method, personas: Personas) -> Pledge:
    values = {"text": "每周值班", "published_on": START, "channel": "posted", "recorded_at": timezone.now()}
    # One a unit, whether asked for itself or for what it said before.
    return Pledge.objects.get_or_create(unit=unit, method=method, defaults=values)[0]


def _edition(unit: Unit, method: Method, personas: Personas) -> PledgeEdition:
    values = {"text": "每月值班", "published_on": START, "channel": "posted", "reason": "更正次数"}
    pledge, by = _pledge(unit, method, personas), personas.branch_secretary.user
    return PledgeEdition.objects.create(pledge=pledge, replaced_by=by, replaced_at=timezone.now(), **values)


NOBODY: dict[str, set[str]] = {key: set() for key in UNIT_REACH}
TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.MethodRecord": (of_units(MethodForm.RECORD, _record), UNIT_REACH),
    "campaigns.SelfReview": (of_units(MethodForm.REVIEW, _review), UNIT_REACH),
    "campaigns.Comment": (of_units(MethodForm.COMMENT, _comment), UNIT_REACH),
    "campaigns.PledgeEdition": (of_units(MethodForm.PLEDGE, _edition), UNIT_REACH),
    "campaigns.Pledge": (of_units(MethodForm.PLEDGE, _pledge), UNIT_REACH),
    "campaigns.PaperCount": (of_units(MethodForm.APPRAISAL, make_paper), UNIT_REACH),
    "campaigns.Ballot": (of_units(MethodForm.APPRAISAL, make_ballot), UNIT_REACH),
    "campaigns.BallotCode": (of_units(MethodForm.APPRAISAL, _code), NOBODY),
    "campaigns.BallotTally": (of_units(MethodForm.APPRAISAL, _tally), NOBODY),
    "campaigns.BallotResult": (of_units(MethodForm.APPRAISAL, _result), UNIT_REACH),
}
