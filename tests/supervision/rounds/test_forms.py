"""The form files that come with the portal, and how editions are kept."""

from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from partybuilding.organizations.enums import EstablishmentMode
from portal.access.decisions import Refused
from portal.filing.definition import CarryCheck, FieldType, SumCheck
from portal.filing.examination import Given, examine
from supervision.inspections.prefill import facts_of
from supervision.rounds import editions
from supervision.rounds.models import FormVersion
from supervision.rounds.selectors import form_of
from supervision.rounds.sources import SOURCES
from tests.supervision.makers import make_track

NOW = datetime(2026, 1, 5, 9, tzinfo=timezone.get_default_timezone())
FORMS = {path.stem: editions.check(path.read_text(encoding="utf-8")) for path in editions.shipped_files()}
# R-035, seed 002.
PARTY_BLOCK = {
    "charter_has_party_clause",
    "charter_party_clause_on",
    "party_organization_name",
    "establishment_mode",
    "party_established_on",
    "party_member_count",
    "probationary_member_count",
    "party_secretary",
    "party_superior",
    "party_instructor",
    "party_activity_count",
    "party_dues",
    "has_party_organization",
    "why_no_organization",
}
SMALL = """\
code: x
version: 1
title: 小表
sections:
  - {code: a, title: 甲, groups: [{fields: [{code: n, label: 数, type: integer}]}]}
"""


def test_there_is_a_form_for_every_kind():
    assert sorted(FORMS) == ["foundation", "other", "service_institution", "social_group"]
    assert {name: form.code for name, form in FORMS.items()} == {name: name for name in FORMS}


def test_the_full_form_has_nine_sections_and_about_140_indicators():
    form = FORMS["social_group"]
    assert [one.code for one in form.sections] == [
        "basic",
        "members",
        "staff",
        "activities",
        "party",
        "conduct",
        "finance",
        "statements",
        "summary",
    ]
    assert sum(1 for one in form.asked if not one.is_locked) == 143
    assert [one.title for one in form.section("statements").groups] == ["资产负债表", "业务活动表", "现金流量表"]


def test_the_full_form_fills_every_figure_column_and_exports_every_answer():
    form = FORMS["social_group"]
    assert {one.column for one in form.fields.values() if one.column} == set(editions.figure_columns())
    assert sorted(form.export_order) == sorted(one.code for one in form.asked)


@pytest.mark.parametrize("name", FORMS)
def test_the_party_block_is_whole_and_only_one_section_is_the_committees(name):
    form = FORMS[name]
    (party,) = [one for one in form.sections if one.is_party]
    assert {one.code for one in party.fields} >= PARTY_BLOCK
    assert any(isinstance(one, SumCheck) for one in form.checks)
    assert any(isinstance(one, CarryCheck) for one in form.checks)


@pytest.mark.parametrize("name", FORMS)
def test_three_members_without_an_organisation_must_say_why_and_are_flagged(name):
    answers = {"has_party_organization": "no", "why_no_organization": "other", "party_member_count": "3"}
    found = examine(Given(FORMS[name], answers))
    assert "why_no_organization_text" in {one.field for one in found.problems}
    assert "should_have_party" in {one.code for one in found.flags}
    found = examine(Given(FORMS[name], {**answers, "party_member_count": "2"}))
    assert "why_no_organization_text" not in {one.field for one in found.problems}
    assert "should_have_party" not in {one.code for one in found.flags}


@pytest.mark.parametrize("name", FORMS)
def test_choices_that_the_register_fills_have_its_labels(name):
    choices = {one.code: one.label for one in FORMS[name].fields["establishment_mode"].choices}
    assert choices == dict(EstablishmentMode.choices)


@pytest.mark.parametrize("name", FORMS)
def test_a_year_after_a_bad_conclusion_asks_for_rectification(name):
    found = examine(Given(FORMS[name], {}, register={"last.conclusion": "基本合格"}))
    assert found.fields["last_conclusion"].value == "basic"
    assert found.fields["rectification"].is_required
    found = examine(Given(FORMS[name], {}, register={"last.conclusion": "合格"}))
    assert not found.fields["rectification"].is_shown


@pytest.mark.parametrize("name", FORMS)
def test_nothing_personal_stands_in_a_figure_column(name):
    assert [one.code for one in FORMS[name].fields.values() if one.is_personal and one.column] == []
    assert {one.code for one in FORMS[name].fields.values() if one.type is FieldType.PHONE and not one.is_personal} <= {
        "office_phone"
    }


def test_an_edition_is_kept_once_and_read_once(db):
    kept, is_written = editions.take_in(SMALL, now=NOW)
    again, is_written_again = editions.take_in(SMALL, now=NOW)
    assert (is_written, is_written_again, again.pk) == (True, False, kept.pk)
    assert form_of(kept) is form_of(again)


def test_an_edition_in_use_never_changes(db):
    kept, _ = editions.take_in(SMALL, now=NOW)
    changed, _ = editions.take_in(SMALL.replace("小表", "大表"), now=NOW)
    assert (changed.pk, changed.title, form_of(changed).title) == (kept.pk, "大表", "大表")
    make_track(form=changed)
    with pytest.raises(Refused, match="请在文件里把 version 改为 2。"):
        editions.take_in(SMALL, now=NOW)
    editions.take_in(SMALL.replace("version: 1", "version: 2"), now=NOW)
    assert FormVersion.objects.filter(code="x").count() == 2


def test_commands_take_in_and_check_files(db, tmp_path: Path, capsys):
    out = StringIO()
    call_command("load_forms", stdout=out)
    call_command("load_forms", stdout=out)
    assert out.getvalue().splitlines()[3::4] == [
        "social_group.yaml：社会团体年度检查报告书（第1版）已载入。",
        "social_group.yaml：社会团体年度检查报告书（第1版）未变。",
    ]
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(SMALL, encoding="utf-8")
    bad.write_text(SMALL.replace("integer", "number"), encoding="utf-8")
    out = StringIO()
    call_command("check_form", str(good), stdout=out)
    assert out.getvalue() == "小表（x 第 1 版）可以使用：1 个部分，1 项指标，0 条核对，0 条提示。\n"
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_form", str(bad), stdout=out)
    assert out.getvalue().splitlines()[-1] == "bad.yaml：1 处错误。"
    with pytest.raises(CommandError, match="第 5 行"):
        call_command("load_forms", str(bad))
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("check_form", str(tmp_path / "none.yaml"))


def test_prefill_knows_exactly_the_sources_that_forms_may_name(province):
    facts = facts_of(province.tea, NOW.date())
    assert set(facts) == SOURCES
