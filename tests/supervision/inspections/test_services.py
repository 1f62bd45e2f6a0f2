"""The association's writes: saving never loses, handing in happens once."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from associations.registry.models import Association
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from supervision.inspections import services
from supervision.inspections.enums import InspectionState, SectionState, Stage
from supervision.inspections.models import InspectionFigures, InspectionSection, SignaturePage, Submission
from supervision.inspections.sealed import opened_answers
from supervision.inspections.selectors import correction_of, filing_of, latest_submission
from supervision.reviews.models import Remark, Return
from supervision.rounds.models import Extension
from tests.personas import Personas
from tests.supervision.filled import NOW, begun, day, filled, hand_in, handed_in, save, section_row, sign, small_track
from tests.supervision.forms import PHONE
from tests.supervision.makers import make_inspection, make_round


@pytest.fixture
def tea(personas: Personas) -> Association:
    tea = personas.province.tea
    Association.objects.filter(pk=tea.pk).update(domicile="长沙市芙蓉路1号", unit_member_count=20)
    tea.refresh_from_db()
    return tea


def test_filing_begins_with_what_the_register_knows(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    basic = section_row(inspection, "basic")
    assert inspection.state == InspectionState.DRAFTING
    assert basic.answers == {"address": "长沙市芙蓉路1号"}
    assert basic.origins == {"address": {"from": "register", "on": "2026-03-02"}}
    filing = filing_of(inspection, NOW.date())
    assert filing.answers["name"] == tea.name
    assert filing.examination.fields["name"].is_locked


def test_filing_is_begun_once(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    again = make_again(inspection.pk)
    again.state, again.version = InspectionState.NOT_STARTED, 1
    services.start(again, actor=personas.association_filer.actor, version=1, now=NOW)
    with everything("test data"):
        assert InspectionSection.objects.filter(inspection=inspection).count() == 3


def make_again(pk: int) -> services.Inspection:
    with everything("test data"):
        return services.Inspection.objects.get(pk=pk)


def test_saved_text_is_kept_as_typed_and_personal_answers_are_sealed(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    row = save(
        inspection,
        "basic",
        {"members": "１２家", "contact_phone": PHONE, "name": "别的名称"},
        personas.association_filer,
    )
    assert (row.version, row.answers["members"], "name" in row.answers) == (2, "１２家", False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers, sealed FROM supervision_inspectionsection WHERE code = 'basic'")
        kept = str(cursor.fetchone())
    assert PHONE not in kept
    assert opened_answers(section_row(inspection, "basic")) == {"contact_phone": PHONE}
    assert PHONE not in json.dumps(list(AuditEvent.objects.values_list("before", "after")), ensure_ascii=False)


def test_saving_the_same_again_changes_nothing(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    save(inspection, "basic", {"members": "12"}, personas.association_filer)
    count = AuditEvent.objects.count()
    # The page that was left sent it too, so its version is the older one.
    assert save(inspection, "basic", {"members": "12"}, personas.association_filer, version=1).version == 2
    assert AuditEvent.objects.count() == count


def test_two_tabs_with_different_texts_both_keep_theirs(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    save(inspection, "basic", {"members": "12", "contact_phone": PHONE}, personas.association_filer)
    with pytest.raises(Conflict) as conflict:
        save(
            inspection,
            "basic",
            {"members": "13", "contact_phone": "0731-85551999"},
            personas.association_filer,
            version=1,
        )
    assert "已在 09:00 修改「基本情况」" in conflict.value.reason
    assert conflict.value.ours == {"单位会员数": "13", "联系电话": "0731-****1999"}
    assert conflict.value.theirs == {"单位会员数": "12", "联系电话": "0731-****1234"}
    assert section_row(inspection, "basic").answers["members"] == "12"


def test_save_after_the_hand_in_is_refused_with_its_reason(personas: Personas, tea: Association) -> None:
    inspection = handed_in(tea, personas.association_filer)
    with pytest.raises(Refused) as refused:
        save(inspection, "money", {"fees": "1"}, personas.association_filer)
    assert refused.value.code == "filing.closed"
    assert "业务主管单位初审中" in refused.value.reason


def test_as_last_year_takes_last_years_answers_and_leaves_what_was_typed(personas: Personas, tea: Association) -> None:
    earlier = small_track(round=make_round(report_year=2024))
    handed_in(tea, personas.association_filer, earlier)
    inspection = begun(tea, personas.association_filer)
    assert section_row(inspection, "basic").answers["topics"] == ["train"]
    assert "members" not in section_row(inspection, "basic").answers
    save(inspection, "money", {"fees": "110"}, personas.association_filer)
    row = save(inspection, "money", {}, personas.association_filer, as_last_year=True, state=SectionState.DONE)
    assert row.is_as_last_year
    assert row.answers == {"fees": "110", "other": "20", "income": "120"}
    assert row.origins == {name: {"from": "last_year", "on": "2024"} for name in ("other", "income")}
    filing = filing_of(inspection, NOW.date())
    assert filing.examination.fields["fees"].last == Decimal("100.00")
    assert [one.code for one in filing.examination.sections["money"].problems] == ["income_sum"]


def test_hand_in_keeps_everything_and_counts_its_figures(personas: Personas, tea: Association) -> None:
    inspection = filled(tea, personas.association_filer)
    sign(inspection, personas.association_filer)
    submission = hand_in(inspection, personas.association_filer)
    assert (inspection.state, inspection.is_late, submission.sequence) == (InspectionState.WITH_SUPERVISOR, False, 1)
    assert inspection.supervisor == personas.province.unit
    assert submission.answers["basic"]["name"] == tea.name
    assert submission.answers["money"] == {"fees": "100", "other": "20", "income": "120"}
    assert "contact_phone" not in submission.answers["basic"]
    assert opened_answers(submission) == {"contact_phone": PHONE}
    with everything("test data"):
        figures = InspectionFigures.objects.get(inspection=inspection)
    assert (figures.unit_member_count, figures.income_total, figures.staff_count) == (12, Decimal(120), None)


def test_second_click_and_second_tab_get_the_same_receipt(personas: Personas, tea: Association) -> None:
    inspection = filled(tea, personas.association_filer)
    sign(inspection, personas.association_filer)
    stale = make_again(inspection.pk)
    first = hand_in(inspection, personas.association_filer)
    code = first.content_code
    for one in (inspection, stale):
        again = services.submit(one, version=2, content_code=code, actor=personas.association_filer.actor, now=NOW)
        assert again.pk == first.pk
    with everything("test data"):
        assert Submission.objects.count() == 1


def test_hand_in_of_another_text_than_the_one_seen_is_a_conflict(personas: Personas, tea: Association) -> None:
    inspection = filled(tea, personas.association_filer)
    sign(inspection, personas.association_filer)
    code = filing_of(inspection, NOW.date()).content_code
    save(inspection, "basic", {"topics": ["trade"]}, personas.association_filer)
    with pytest.raises(Conflict, match="填报内容又有改动"):
        services.submit(
            inspection,
            version=inspection.version,
            content_code=code,
            actor=personas.association_filer.actor,
            now=NOW,
        )
    assert section_row(inspection, "basic").is_open
    assert latest_submission(inspection) is None


def test_missing_answers_and_a_missing_signature_are_told(personas: Personas, tea: Association) -> None:
    inspection = begun(tea, personas.association_filer)
    with pytest.raises(Refused, match="填写"):
        hand_in(inspection, personas.association_filer)
    with pytest.raises(Refused, match="需要填写或说明"):
        services.make_signature_page(inspection, actor=personas.association_filer.actor, now=NOW)
    ready = filled(tea, personas.association_filer, small_track(round=make_round(report_year=2023)))
    with pytest.raises(Refused, match="签章页"):
        hand_in(ready, personas.association_filer)


def test_signature_page_stands_for_one_content(personas: Personas, tea: Association) -> None:
    inspection = filled(tea, personas.association_filer)
    first = services.make_signature_page(inspection, actor=personas.association_filer.actor, now=NOW)
    again = services.make_signature_page(inspection, actor=personas.association_filer.actor, now=NOW)
    assert again.pk == first.pk
    sign(inspection, personas.association_filer)
    save(inspection, "basic", {"members": "13"}, personas.association_filer)
    filing = filing_of(inspection, NOW.date())
    assert (filing.signed, len(filing.outdated_signed)) == ([], 1)
    # Another spelling of the same value asks for no new signature.
    save(inspection, "basic", {"members": "１２家"}, personas.association_filer)
    assert len(filing_of(inspection, NOW.date()).signed) == 1
    with everything("test data"):
        assert SignaturePage.objects.count() == 1


@pytest.mark.parametrize(
    ("clock", "is_late"),
    [("2026-03-31 23:59:59", False), ("2026-04-01 00:00:00", True)],
)
def test_due_date_includes_its_last_second(personas: Personas, tea: Association, clock: str, is_late: bool) -> None:
    inspection = filled(tea, personas.association_filer)
    sign(inspection, personas.association_filer)
    submission = hand_in(inspection, personas.association_filer, day(*clock.split()))
    assert (submission.is_late, inspection.is_late) == (is_late, is_late)


def test_closed_round_takes_only_what_the_registrar_extended(personas: Personas, tea: Association) -> None:
    track = small_track(round=make_round(closes_on=date(2026, 6, 30)))
    inspection = filled(tea, personas.association_filer, track)
    sign(inspection, personas.association_filer)
    after = day("2026-07-01", "00:00:00")
    with pytest.raises(Refused) as refused:
        hand_in(inspection, personas.association_filer, after)
    assert refused.value.code == "filing.deadline"
    assert refused.value.reason == (
        f"{inspection.round.title}已于 2026-06-30 截止。如需补报，请联系省民政厅社会组织管理局 0731-84502000；"
        "已填内容仍可查看和导出。"
    )
    # What is typed is still kept.
    save(inspection, "basic", {"topics": ["trade"]}, personas.association_filer, now=after)
    sign(inspection, personas.association_filer)
    Extension.objects.create(inspection=inspection, until=date(2026, 7, 5), reason="换届", decided_at=NOW)
    assert not hand_in(inspection, personas.association_filer, day("2026-07-05", "23:59:59")).is_late


def returned(inspection: services.Inspection, *fields: tuple[str, str]) -> Return:
    """A return as reviews make one, without their services."""
    with everything("test data"):
        sent = Return.objects.create(
            inspection=inspection,
            submission=Submission.objects.get(inspection=inspection),
            stage=Stage.SUPERVISOR,
            due_on=date(2026, 3, 20),
            returner_label="湖南省农业农村厅",
            returned_at=NOW + timedelta(hours=1),
        )
        for section, field in fields:
            Remark.objects.create(
                inspection=inspection,
                stage=Stage.SUPERVISOR,
                section=section,
                field=field,
                text=f"请核对{field}",
                sent_in=sent,
                written_at=NOW,
            )
        services.Inspection.objects.filter(pk=inspection.pk).update(
            state=InspectionState.RETURNED,
            returned_from=Stage.SUPERVISOR,
            step_due_on=sent.due_on,
            returned_at=sent.returned_at,
            version=inspection.version + 1,
        )
        services.open_for_correction(inspection, fields)
    inspection.refresh_from_db()
    return sent


def test_return_opens_what_it_names_and_the_rest_on_request(personas: Personas, tea: Association) -> None:
    inspection = handed_in(tea, personas.association_filer)
    returned(inspection, ("money", "fees"), ("basic", "members"))
    correction = correction_of(inspection, filing_of(inspection, NOW.date()).form)
    assert correction is not None
    assert [one.field for one in correction.wanted] == ["members", "fees"]
    assert [section_row(inspection, code).is_open for code in ("basic", "money", "balance")] == [True, True, False]
    with pytest.raises(Refused):
        save(inspection, "balance", {"sheet_cash_opening": "9"}, personas.association_filer)
    services.unlock_section(inspection, "balance", actor=personas.association_filer.actor, now=NOW)
    assert save(inspection, "balance", {"sheet_cash_opening": "9"}, personas.association_filer).version == 3


def test_correction_goes_back_to_who_returned_it(personas: Personas, tea: Association) -> None:
    inspection = handed_in(tea, personas.association_filer)
    sent = returned(inspection, ("basic", "members"))
    save(inspection, "basic", {"members": "14"}, personas.association_filer)
    sign(inspection, personas.association_filer)
    second = hand_in(inspection, personas.association_filer, day("2026-03-19"))
    sent.refresh_from_db()
    assert (second.sequence, second.stage, second.is_late) == (2, Stage.SUPERVISOR, False)
    assert (sent.answered_by, inspection.state) == (second, InspectionState.WITH_SUPERVISOR)


def test_what_is_filed_here_cannot_be_recorded_as_filed_elsewhere(personas: Personas, tea: Association) -> None:
    inspection = filled(tea, personas.association_filer)
    code = filing_of(inspection, NOW.date()).content_code
    with pytest.raises(Refused, match="本批次在本系统报送"):
        services.file_elsewhere(
            inspection,
            filed_on=date(2026, 3, 1),
            acceptance_number="1号",
            version=inspection.version,
            content_code=code,
            actor=personas.association_filer.actor,
            now=NOW,
        )
    assert inspection.state == InspectionState.DRAFTING


def test_filing_at_the_registrars_keeps_day_and_number(personas: Personas, tea: Association) -> None:
    track = small_track(round=make_round(place="registrar"))
    inspection = filled(tea, personas.association_filer, track)
    code = filing_of(inspection, NOW.date()).content_code
    given = {"version": inspection.version, "content_code": code, "actor": personas.association_filer.actor, "now": NOW}
    with pytest.raises(Refused, match="受理编号"):
        services.file_elsewhere(inspection, filed_on=date(2026, 3, 1), acceptance_number=" ", **given)
    with pytest.raises(Refused, match="还没有到"):
        services.file_elsewhere(inspection, filed_on=date(2026, 3, 3), acceptance_number="湘社〔2026〕1号", **given)
    with pytest.raises(Refused, match="不在这里提交"):
        services.submit(inspection, **given)
    done = services.file_elsewhere(inspection, filed_on=date(2026, 3, 1), acceptance_number="湘社〔2026〕1号", **given)
    assert (inspection.state, done.acceptance_number) == (InspectionState.FILED_ELSEWHERE, "湘社〔2026〕1号")


def test_nothing_is_begun_in_a_filing_that_is_not_expected(personas: Personas, tea: Association) -> None:
    inspection = make_inspection(tea, small_track(), InspectionState.EXEMPTED)
    with pytest.raises(Refused):
        services.start(inspection, actor=personas.association_filer.actor, version=1, now=NOW)
