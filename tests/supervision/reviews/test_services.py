"""The three stages, what they write, and whom they refuse."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from partybuilding.embedding.models import HookCheck
from portal.access.actor import Actor, acting_as
from portal.access.decisions import Conflict, Refused
from portal.access.roles import Role
from portal.access.scoping import everything
from portal.notices.models import Task
from portal.regulations.models import CalendarYear
from portal.workflow.services import history
from supervision.inspections.enums import Conclusion, InspectionState, Stage
from supervision.inspections.models import Inspection, InspectionSection
from supervision.reviews import batches, services
from supervision.reviews.models import Opinion, Remark, Return
from tests.personas import BY_ROLE, Personas
from tests.supervision.makers import make_inspection, make_submission

State = InspectionState
NOW = datetime(2026, 3, 20, 10, tzinfo=timezone.get_default_timezone())
TODAY = NOW.date()
DESK = {
    State.WITH_SUPERVISOR: "supervising_unit",
    State.WITH_COMMITTEE: "party_committee",
    State.WITH_REGISTRAR: "registrar",
}


@pytest.fixture(autouse=True)
def _calendar(reference: None) -> None:
    CalendarYear.objects.create(year=2026, is_provisional=False, published_on=date(2025, 11, 4), source="国办发明电")


@pytest.fixture
def at(personas: Personas) -> Callable[..., Inspection]:
    """A filing of the tea association that was handed in, on the desk of a stage."""

    def make(state: str = State.WITH_SUPERVISOR, **fields: Any) -> Inspection:
        province = personas.province
        assert province.tea_branch  # nothing speaks against the association
        bodies = {
            "supervisor": province.unit,
            "committee": province.branch_committee,
            "registrar": province.registrar,
        }
        inspection = make_inspection(province.tea, state=state, **bodies | fields)
        make_submission(inspection)
        for code in ("basic", "party"):
            InspectionSection.objects.create(inspection=inspection, code=code, is_open=False)
        return inspection

    return make


def by(actor: Actor, inspection: Inspection, **given: Any) -> dict[str, Any]:
    return {"actor": actor, "version": inspection.version, "now": NOW} | given


def test_a_filing_walks_over_the_three_desks(at: Callable[..., Inspection], personas: Personas) -> None:
    one = at()
    unit, committee, registrar = (personas[DESK[state]].actor for state in DESK)
    with acting_as(unit):
        services.forward(one, text="初审同意。", **by(unit, one))
    assert (one.state, one.step_due_on, one.version) == (State.WITH_COMMITTEE, date(2026, 4, 3), 2)
    with acting_as(committee):
        services.forward(one, text="", **by(committee, one))
    assert one.state == State.WITH_REGISTRAR
    with acting_as(registrar):
        services.conclude(one, conclusion="passed", reason="", on=TODAY, **by(registrar, one))
    assert (one.state, one.conclusion, one.conclusion_source, one.step_due_on) == (
        State.CONCLUDED,
        "passed",
        "account",
        None,
    )
    opinions = Opinion.objects.order_by("pk").values_list("stage", "text", "giver_label")
    assert list(opinions) == [
        ("supervisor", "初审同意。", "湖南省农业农村厅"),
        ("committee", "同意。", "湖南省综合行业党委"),
        ("registrar", "结论：合格。", "湖南省民政厅"),
    ]
    assert [move.transition for move in history(one)] == ["agree_to_committee", "clear_to_registrar", "conclude"]


def test_a_stage_that_the_association_lacks_is_left_out(at: Callable[..., Inspection], personas: Personas) -> None:
    one, unit = at(committee=None), personas.supervising_unit.actor
    with acting_as(unit):
        services.forward(one, text="", **by(unit, one))
    assert one.state == State.WITH_REGISTRAR


STEPS: dict[str, Callable[[Inspection, dict[str, Any]], Any]] = {
    "forward": lambda one, who: services.forward(one, text="", **who),
    "send_back": lambda one, who: services.send_back(one, comment="请补正", **who),
    "conclude": lambda one, who: services.conclude(one, conclusion="passed", reason="", on=TODAY, **who),
    "record": lambda one, who: services.record_conclusion(
        one, conclusion="passed", number="1号", on=TODAY, reason="", **who
    ),
    "reconsider": lambda one, who: services.reconsider(one, reason="复查", **who),
}
ALLOWED = {
    ("forward", State.WITH_SUPERVISOR, Role.SUPERVISING_UNIT),
    ("forward", State.WITH_COMMITTEE, Role.PARTY_COMMITTEE),
    ("send_back", State.WITH_SUPERVISOR, Role.SUPERVISING_UNIT),
    ("send_back", State.WITH_COMMITTEE, Role.PARTY_COMMITTEE),
    ("send_back", State.WITH_REGISTRAR, Role.REGISTRAR),
    ("conclude", State.WITH_REGISTRAR, Role.REGISTRAR),
    ("reconsider", State.CONCLUDED, Role.REGISTRAR),
    *(
        ("record", state, role)
        for state in State
        if state not in {State.CONCLUDED, State.EXEMPTED}
        for role in (Role.REGISTRAR, Role.DEPARTMENT_ADMIN)
    ),
    ("record", State.CONCLUDED, Role.REGISTRAR),
    ("record", State.CONCLUDED, Role.DEPARTMENT_ADMIN),
}


def test_every_other_step_state_and_role_is_refused(at: Callable[..., Inspection], personas: Personas) -> None:
    """One filing; its state and version are put back for each try."""
    one = at(State.WITH_REGISTRAR)
    recorded = {"conclusion": "passed", "concluded_at": NOW, "conclusion_number": "1号", "conclusion_source": "entry"}
    open_again = {"conclusion": "", "concluded_at": None, "conclusion_number": "", "conclusion_source": ""}
    allowed = set()
    for state in State:
        for role in Role:
            actor = personas[BY_ROLE[role]].actor
            for name, step in STEPS.items():
                fields = {"state": state} | (recorded if state == State.CONCLUDED else open_again)
                fields |= {"returned_from": Stage.SUPERVISOR}
                with everything("test data"):
                    Inspection.objects.filter(pk=one.pk).update(**fields)
                one.refresh_from_db()
                with acting_as(actor):
                    try:
                        step(one, by(actor, one))
                    except Refused:
                        continue
                allowed.add((name, state, role))
    assert allowed == ALLOWED


def test_the_second_of_two_reviewers_gets_both_versions(at: Callable[..., Inspection], personas: Personas) -> None:
    one, unit = at(), personas.supervising_unit.actor
    same = Inspection.objects.get(pk=one.pk)
    with acting_as(unit):
        services.send_back(one, comment="请补充会费标准", **by(unit, one))
        with pytest.raises(Conflict) as caught:
            services.forward(same, text="同意报送", **by(unit, same, version=1))
    assert caught.value.ours == {"办理": "出具初审意见", "意见": "同意报送"}
    assert caught.value.theirs["办理"] == "已退回补正"
    assert caught.value.theirs["意见"].endswith("请补充会费标准")
    assert (Return.objects.count(), Opinion.objects.count()) == (1, 0)


def test_return_carries_the_remarks_and_opens_only_what_they_name(
    at: Callable[..., Inspection], personas: Personas
) -> None:
    one, unit = at(), personas.supervising_unit.actor
    with acting_as(unit):
        services.remark(one, section="basic", field="income_total", text="与审计报告不一致", actor=unit, now=NOW)
        services.remark(one, section="basic", field="fee", text="请补会费标准", actor=unit, now=NOW)
        sent = services.send_back(one, comment="", **by(unit, one))
    assert (one.state, one.returned_from, one.return_count, one.step_due_on) == (
        State.RETURNED,
        "supervisor",
        1,
        date(2026, 3, 27),
    )
    assert (sent.due_on, sent.is_due_provisional) == (date(2026, 3, 27), False)
    assert set(Remark.objects.values_list("field", "sent_in")) == {("income_total", sent.pk), ("fee", sent.pk)}
    assert dict(InspectionSection.objects.values_list("code", "is_open")) == {"basic": True, "party": False}
    task = Task.objects.get()
    assert (task.kind, task.for_role, task.body_pk, task.due_on) == (
        "inspection_return",
        "association_filer",
        one.association_id,
        date(2026, 3, 27),
    )


def test_return_without_a_word_is_refused_and_a_comment_alone_opens_everything(
    at: Callable[..., Inspection], personas: Personas
) -> None:
    one, registrar = at(State.WITH_REGISTRAR), personas.registrar.actor
    with acting_as(registrar):
        with pytest.raises(Refused, match="没有写明要改什么"):
            services.send_back(one, comment="  ", **by(registrar, one))
        with pytest.raises(Refused, match="不晚于今天"):
            services.send_back(one, comment="请补", due_on=TODAY, **by(registrar, one))
        services.send_back(one, comment="材料不清晰，请全部重新核对", due_on=date(2026, 5, 1), **by(registrar, one))
    assert set(InspectionSection.objects.values_list("is_open", flat=True)) == {True}


def test_due_day_in_a_year_not_yet_published_is_provisional(at: Callable[..., Inspection], personas: Personas) -> None:
    CalendarYear.objects.filter(year=2026).update(is_provisional=True, published_on=None)
    one, unit = at(), personas.supervising_unit.actor
    with acting_as(unit):
        assert services.send_back(one, comment="请补", **by(unit, one)).is_due_provisional


def test_remark_is_kept_changed_and_taken_back(at: Callable[..., Inspection], personas: Personas) -> None:
    one, unit = at(), personas.supervising_unit.actor

    def write(text: str, seen: str | None = None) -> Remark | None:
        return services.remark(one, section="basic", field="fee", text=text, actor=unit, now=NOW, seen=seen)

    with acting_as(unit):
        first = write("请补")
        again = write(" 请补会费\n标准 ", seen="请补")
        assert first is not None
        assert again is not None
        assert (first.pk, again.text) == (again.pk, "请补会费 标准")
        with pytest.raises(Conflict) as caught:
            write("不同的意见", seen="请补")
        assert caught.value.theirs == {"意见": "请补会费 标准"}
        with pytest.raises(Refused, match="最多 500 个字"):
            write("长" * 501)
        services.unremark(again, actor=unit, now=NOW)
    assert not Remark.objects.exists()


def test_remarks_are_written_on_the_own_desk_only(at: Callable[..., Inspection], personas: Personas) -> None:
    one = at()
    for key in ("party_committee", "registrar", "department_admin", "other_unit"):
        actor = personas[key].actor
        with acting_as(actor), pytest.raises(Refused):
            services.remark(one, section="basic", field="fee", text="请补", actor=actor, now=NOW)


def test_nobody_goes_on_over_unsent_remarks(at: Callable[..., Inspection], personas: Personas) -> None:
    one, unit = at(), personas.supervising_unit.actor
    with acting_as(unit):
        services.remark(one, section="basic", field="fee", text="请补", actor=unit, now=NOW)
        with pytest.raises(Refused, match="有 1 条意见还没有发出"):
            services.forward(one, text="", **by(unit, one))
        services.forward(one, text="", set_aside=True, **by(unit, one))
    assert (one.state, Remark.objects.count()) == (State.WITH_COMMITTEE, 0)


def test_sent_remark_stays(at: Callable[..., Inspection], personas: Personas) -> None:
    one, unit = at(), personas.supervising_unit.actor
    with acting_as(unit):
        kept = services.remark(one, section="basic", field="fee", text="请补", actor=unit, now=NOW)
        services.send_back(one, comment="", **by(unit, one))
        assert kept is not None
        kept.refresh_from_db()
        with pytest.raises(Refused, match="不能删去"):
            services.unremark(kept, actor=unit, now=NOW)


def test_record_without_number_or_from_the_future_is_refused(at: Callable[..., Inspection], personas: Personas) -> None:
    one, admin = at(State.NOT_STARTED, submitted_at=None, first_submitted_at=None), personas.department_admin.actor
    given = {"conclusion": "basic", "reason": "逾期未换届", "on": TODAY} | by(admin, one)
    with acting_as(admin):
        with pytest.raises(Refused, match="须有文号"):
            services.record_conclusion(one, **given | {"number": " "})
        with pytest.raises(Refused, match="还没有到"):
            services.record_conclusion(one, **given | {"number": "1号", "on": date(2026, 3, 21)})
        services.record_conclusion(one, **given | {"number": "湘民年检〔2026〕1号"})
    assert (one.state, one.conclusion, one.conclusion_number, one.conclusion_source) == (
        State.CONCLUDED,
        "basic",
        "湘民年检〔2026〕1号",
        "entry",
    )


def test_record_is_amended_by_entry_and_a_decision_only_reconsidered(
    at: Callable[..., Inspection], personas: Personas
) -> None:
    one, admin, registrar = at(State.WITH_REGISTRAR), personas.department_admin.actor, personas.registrar.actor
    with acting_as(registrar):
        services.conclude(one, conclusion="basic", reason="逾期未换届", on=TODAY, **by(registrar, one))
    given = {"conclusion": "passed", "number": "1号", "reason": "", "on": TODAY}
    with acting_as(admin), pytest.raises(Refused, match="撤回结论重新审查"):
        services.record_conclusion(one, **given | by(admin, one))
    with acting_as(registrar):
        services.reconsider(one, reason="复核属实已整改", **by(registrar, one))
    assert (one.state, one.conclusion, one.conclusion_on, one.concluded_at) == (State.WITH_REGISTRAR, "", None, None)
    assert history(one)[-1].comment == "原结论「基本合格」。复核属实已整改"


def test_what_was_only_recorded_is_not_reconsidered(at: Callable[..., Inspection], personas: Personas) -> None:
    one, registrar = at(State.DRAFTING, submitted_at=None, first_submitted_at=None), personas.registrar.actor
    with acting_as(registrar):
        services.record_conclusion(
            one, conclusion=Conclusion.PASSED, number="1号", on=TODAY, reason="", **by(registrar, one)
        )
        with pytest.raises(Refused, match="没有在本系统报送"):
            services.reconsider(one, reason="复查", **by(registrar, one))


def test_urging_lays_a_task_on_whoever_has_it_and_the_step_closes_it(
    at: Callable[..., Inspection], personas: Personas
) -> None:
    one, admin, unit = at(), personas.department_admin.actor, personas.supervising_unit.actor
    with acting_as(admin):
        task = services.urge(one, text="请抓紧初审", due_on=date(2026, 3, 25), actor=admin, now=NOW)
        with pytest.raises(Refused, match="不晚于今天"):
            services.urge(one, text="", due_on=TODAY, actor=admin, now=NOW)
    assert (task.for_role, task.body_pk, task.state) == ("supervising_unit", personas.province.unit.pk, "open")
    with acting_as(unit):
        with pytest.raises(Refused, match="由社会工作部办理"):
            services.urge(one, text="", due_on=date(2026, 3, 25), actor=unit, now=NOW)
        services.forward(one, text="", **by(unit, one))
    task.refresh_from_db()
    assert (task.state, task.evidence) == ("closed", "已出具初审意见")


def test_urging_needs_somebody_whose_turn_it_is(at: Callable[..., Inspection], personas: Personas) -> None:
    admin = personas.department_admin.actor
    with acting_as(admin):
        done = at(State.CONCLUDED)
        with pytest.raises(Refused, match="没有需要催办的单位"):
            services.urge(done, text="", due_on=date(2026, 3, 25), actor=admin, now=NOW)
        nobody = at(State.WITH_COMMITTEE, committee=None)
        with pytest.raises(Refused, match="没有登记承办单位"):
            services.urge(nobody, text="", due_on=date(2026, 3, 25), actor=admin, now=NOW)
        back = at(State.RETURNED)
        assert services.urge(back, text="", due_on=date(2026, 3, 25), actor=admin, now=NOW).body_kind == "association"


def test_batch_passes_the_clean_ones_and_leaves_a_sample(at: Callable[..., Inspection], personas: Personas) -> None:
    unit = personas.supervising_unit.actor
    clean = [at() for _ in range(4)]
    flagged = at(flag_count=2)
    with acting_as(unit):
        given = [(one, one.version) for one in [*clean[:-1], flagged]] + [(clean[-1], 99)]
        done = batches.batch_forward(given, actor=unit, now=NOW)
        again = batches.batch_forward([(one, one.version) for one in done.sampled], actor=unit, now=NOW)
    assert len(done.sampled) == 1
    assert {one.pk for one in [*done.done, *done.sampled, *(one for one, _ in done.refused)]} == {
        one.pk for one in [*clean, flagged]
    }
    assert {one.pk: why for one, why in done.refused}[flagged.pk] == "有 2 条规则提示，须逐件审核。"
    assert set(Opinion.objects.values_list("is_batch", "is_sampled")) == {(True, False)}
    assert [why for _one, why in again.refused] == ["已抽为抽查件，须逐件审核。"]
    done.sampled[0].refresh_from_db()
    with acting_as(unit):
        services.forward(done.sampled[0], text="抽查无误", **by(unit, done.sampled[0]))
    assert Opinion.objects.get(text="抽查无误").is_sampled


def test_registrar_concludes_a_batch_as_passed(at: Callable[..., Inspection], personas: Personas) -> None:
    registrar = personas.registrar.actor
    several = [at(State.WITH_REGISTRAR) for _ in range(3)]
    with acting_as(registrar):
        done = batches.batch_conclude([(one, one.version) for one in several], actor=registrar, now=NOW)
    assert (len(done.done), len(done.sampled), done.refused) == (2, 1, ())
    assert {one.conclusion for one in done.done} == {"passed"}


def test_a_conclusion_keeps_what_the_gate_of_party_building_said(
    at: Callable[..., Inspection], personas: Personas
) -> None:
    registrar, one = personas.registrar.actor, at(State.WITH_REGISTRAR)
    with acting_as(registrar):
        services.conclude(one, conclusion="passed", reason="", on=TODAY, **by(registrar, one))
    check = HookCheck.objects.get(association=one.association)
    assert (check.stage, check.checked_on, check.note[-5:]) == ("inspection", TODAY, "结论合格。")
    assert "R-080" in check.findings


def test_watchers_have_no_batch(at: Callable[..., Inspection], personas: Personas) -> None:
    admin = personas.department_admin.actor
    with acting_as(admin), pytest.raises(Refused, match="不能批量审核"):
        batches.batch_forward([(at(), 1)], actor=admin, now=NOW)
