"""Bad input of the monthly close: refused with the rule, nothing written."""

from datetime import date
from typing import Any

import pytest

from partybuilding.closing import services
from partybuilding.closing.enums import How, UnitState
from partybuilding.closing.facts import correct_fact
from partybuilding.closing.models import Close
from partybuilding.closing.selectors import unit_list
from partybuilding.organizations.models import CoveredAssociation
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.reporting import services as reporting
from tests.partybuilding.closing.conftest import FIRST_OF_JUNE, MAY, Story, moment, paper


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2026-07", "close.future"),
        ("2030-01", "close.future"),
        ("1999-05", "close.nothing"),
        ("5月", "close.month"),
        ("2026-13", "close.month"),
    ],
)
def test_month_that_cannot_be_closed_is_refused(story: Story, month: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.open_close(month, actor=story.admin.actor, now=FIRST_OF_JUNE)
    assert refused.value.code == code
    with everything("test"):
        assert not Close.objects.exists()


def test_second_close_of_a_month_and_one_before_the_last_are_refused(story: Story) -> None:
    story.issue(MAY, FIRST_OF_JUNE)
    for month, code in ((MAY, "close.known"), ("2026-03", "close.order")):
        with pytest.raises(Refused) as refused:
            services.open_close(month, actor=story.admin.actor, now=FIRST_OF_JUNE)
        assert refused.value.code == code


def test_close_waits_for_the_one_before(story: Story) -> None:
    story.open("2026-05")
    with pytest.raises(Refused) as refused:
        services.open_close("2026-06", actor=story.admin.actor, now=FIRST_OF_JUNE)
    assert refused.value.code == "close.waiting"


def test_only_the_administrator_opens_a_close(story: Story) -> None:
    for name in ("department_staff", "regional_office", "party_committee", "registrar"):
        with pytest.raises(Refused, match="不能建立月报"):
            services.open_close(MAY, actor=story.personas[name].actor, now=FIRST_OF_JUNE)


def test_list_that_was_not_opened_is_not_confirmed(story: Story) -> None:
    unit = story.units(story.open())["湖南省商贸行业党委"]
    with pytest.raises(Refused) as refused:
        services.confirm_unit(
            unit,
            how=How.CHECKED,
            seen="",
            actor=story.personas.other_committee.actor,
            version=unit.version,
            now=FIRST_OF_JUNE,
        )
    assert refused.value.code == "close.unseen"


def test_list_that_changed_meanwhile_is_a_conflict(story: Story, found: Any) -> None:
    unit = story.units(story.open())["湖南省商贸行业党委"]
    actor = story.personas.other_committee.actor
    with everything("test"):
        seen = unit_list(unit, actor).fingerprint
    found(story.province.city_trade, date(2026, 5, 12))
    with pytest.raises(Conflict, match="名单在您打开之后有变化"):
        services.confirm_unit(unit, how=How.CHECKED, seen=seen, actor=actor, version=unit.version, now=FIRST_OF_JUNE)
    assert story.units(unit.close)["湖南省商贸行业党委"].state == UnitState.AWAITING


def test_list_is_confirmed_once_and_by_its_own_body(story: Story) -> None:
    close = story.open()
    unit = story.units(close)["湖南省商贸行业党委"]
    for name in ("party_committee", "regional_office", "department_admin", "department_staff"):
        with pytest.raises(Refused, match="不能代为确认"):
            story.confirm(unit, story.personas[name])
    confirmed = story.confirm(unit, story.personas.other_committee)
    with pytest.raises(Refused, match="当前状态是「已确认」"):
        story.confirm(confirmed, story.personas.other_committee)
    stale = story.units(close)["湖南省商贸行业党委"]
    stale.version -= 1
    with pytest.raises((Conflict, Refused)):
        story.confirm(stale, story.personas.other_committee)


def test_unchanged_is_not_said_of_a_changed_list(story: Story, found: Any) -> None:
    close = story.open()
    found(story.province.city_trade, date(2026, 5, 12))
    unit = story.units(close)["湖南省商贸行业党委"]
    with pytest.raises(Refused, match="1 家变化"):
        story.confirm(unit, story.personas.other_committee, How.UNCHANGED)
    assert story.confirm(unit, story.personas.other_committee, How.CHECKED).change_count == 1


def test_close_that_nobody_confirmed_is_not_issued(story: Story) -> None:
    story.open()
    run = story.draft()
    assert run.state == "draft", run.failure_text
    with pytest.raises(Refused, match="都没有确认名单"):
        story.sign(run)
    assert story.again(run).state == "in_review"


def test_close_with_some_units_is_issued_with_the_others_marked(story: Story, found: Any) -> None:
    close = story.open()
    found(story.province.city_trade, date(2026, 5, 12))
    story.confirm(story.units(close)["长沙市（未明确党委）"], story.personas.regional_office)
    run = story.draft()
    assert [one.text for one in reporting_findings(run)] == [
        "2 个单位没有确认，按上月数列入并标明：湖南省商贸行业党委、湖南省茶叶行业党委。"
    ]
    assert run.data is not None
    table = next(table for table in run.data["tables"] if table["key"] == "units")
    answers = {row["cells"][0]["value"]: row["cells"][1]["value"] for row in table["rows"][1:]}
    assert answers == {
        "湖南省商贸行业党委": "未确认，沿用上月",
        "湖南省茶叶行业党委": "未确认，沿用上月",
        "长沙市（未明确党委）": "已确认",
    }
    assert story.sign(run).state == "locked"


def reporting_findings(run: Any) -> list[Any]:
    from partybuilding.closing.drafting import findings

    return findings(run)


def test_draft_is_not_signed_before_review(story: Story) -> None:
    close = story.open()
    story.confirm_all(close)
    run = story.draft()
    with pytest.raises(Refused, match="先送审"):
        reporting.lock_run(run, actor=story.admin.actor, version=run.version, base_url="", now=FIRST_OF_JUNE)


def test_change_without_reason_blocks_until_a_document_says_why(story: Story) -> None:
    close = story.open()
    with everything("test"):
        CoveredAssociation.objects.filter(association=story.province.trade).delete()
    story.confirm_all(close)
    run = story.draft()
    with pytest.raises(Refused, match="1 家的变动没有原因：湖南省商贸业协会"):
        story.sign(run)
    services.correct(
        close,
        [story.province.trade],
        number="湘社工〔2026〕12号",
        text="党组织登记有误，已按文件删除。",
        file=paper(story.admin.actor),
        actor=story.admin.actor,
        now=FIRST_OF_JUNE,
    )
    with pytest.raises(Refused, match="又登记了 1 件更正"):
        story.sign(run)
    second = story.new_version(run)
    assert story.sign(second).state == "locked"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": " "}, "correction.document"),
        ({"text": ""}, "correction.document"),
        ({"file": None}, "correction.document"),
        ({"starts_on": date(2026, 5, 9), "ends_on": date(2026, 5, 1)}, "correction.dates"),
        ({"starts_on": date(2014, 1, 1)}, "correction.before"),
        ({"starts_on": date(2031, 1, 1)}, "date.future"),
        ({"fact": "cover-999999"}, "correction.fact"),
    ],
)
def test_correction_needs_a_document_and_dates_that_can_be(story: Story, change: dict[str, Any], code: str) -> None:
    close = story.open()
    with everything("test"):
        row = CoveredAssociation.objects.get(association=story.province.trade)
    given: dict[str, Any] = {
        "fact": f"cover-{row.pk}",
        "starts_on": date(2020, 1, 1),
        "ends_on": None,
        "number": "1号",
        "text": "日期有误",
        "file": paper(story.admin.actor),
    }
    with pytest.raises(Refused) as refused:
        correct_fact(
            close,
            story.province.trade,
            actor=story.admin.actor,
            version=story.province.trade.version,
            now=FIRST_OF_JUNE,
            **(given | change),
        )
    assert refused.value.code == code
    with everything("test"):
        row.refresh_from_db()
        assert not close.corrections.exists()
    assert row.starts_on is None


def test_committee_records_no_correction(story: Story) -> None:
    close = story.open()
    with pytest.raises(Refused, match="不能登记月报更正"):
        services.correct(
            close,
            [story.province.trade],
            number="1号",
            text="有误",
            file=paper(None),
            actor=story.personas.other_committee.actor,
            now=FIRST_OF_JUNE,
        )


def test_second_draft_of_a_month_is_a_new_version_not_another_report(story: Story) -> None:
    story.open()
    first = story.draft()
    second = story.draft(now=moment(date(2026, 6, 1), 9))
    assert second.state == "failed"
    assert second.failure_text.startswith(f"2026年5月两个覆盖月报已有草稿 {first.number}")


def test_draft_for_a_day_without_a_close_fails_with_the_remedy(story: Story) -> None:
    run = story.draft(date(2026, 5, 20))
    assert (run.state, run.failure_code) == ("failed", "close.none")
