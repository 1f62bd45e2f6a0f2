"""Checklists: opened for new registrations, answered by the records, recorded by hand, closed with what is frozen."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from associations.checklists import answers
from associations.checklists.enums import StepState
from associations.checklists.models import Checklist, ChecklistStep, ChecklistTemplate
from associations.checklists.selectors import checklists_of, step_views
from associations.checklists.services import (
    close_checklist,
    load_templates,
    open_checklist,
    open_new_registrations,
    record_step,
)
from associations.registry.models import Association
from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.home.management.commands.load_reference import calendar_rows, checklist_rows
from portal.notices.models import Task
from portal.regulations.services import load_calendar
from tests import factories
from tests.personas import Persona, Personas, Province
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
SignIn = Callable[[Persona], Client]
FOLDER = settings.BASE_DIR / "fixtures" / "reference"
REGISTERED = date(2026, 6, 22)


@pytest.fixture(autouse=True)
def templates(province: Province) -> None:
    anhui = factories.make_region("340000", "安徽省")
    factories.make_region("340100", "合肥市", anhui)
    assert province.changsha
    load_calendar(calendar_rows(FOLDER))
    load_templates(checklist_rows(FOLDER))


@pytest.fixture
def fresh(province: Province) -> Association:
    """Registered eight days ago with the clause and four members, looked after by the committee."""
    association = factories.make_association(
        "湖南省低空经济行业协会",
        region=province.hunan,
        party_committee=province.committee,
        established_on=REGISTERED,
        charter_has_party_clause=True,
        charter_party_clause_on=REGISTERED,
    )
    factories.make_member_count(association, date(2026, 6, 24), 4)
    return association


def states(personas: Personas, association: Association, day: date) -> list[str]:
    actor = personas.department_staff.actor
    with acting_as(actor):
        found = checklists_of(actor, association)
        return [str(one.state) for one in step_views(found, day)[found[0].pk]]


def test_reference_data_is_taken_in_once_and_corrected(province: Province) -> None:
    assert load_templates(checklist_rows(FOLDER)) == 0
    ChecklistTemplate.objects.get(code="three_sync").steps.filter(number=1).update(text="旧文字")
    assert load_templates(checklist_rows(FOLDER)) == 1
    assert ChecklistTemplate.objects.get(code="six_sync").steps.count() == 6


def test_a_new_registration_opens_one_with_a_clock_and_a_task(
    personas: Personas, now: datetime, fresh: Association
) -> None:
    assert open_new_registrations(now) == 1
    assert open_new_registrations(now) == 0
    row = Checklist.objects.get()
    # five working days after 2026-06-22.
    assert (row.association, row.code, row.due_on) == (fresh, "three_sync", date(2026, 6, 29))
    task = Task.objects.get()
    assert (task.for_role, task.body_pk, task.due_on) == (
        "party_committee",
        personas.province.committee.pk,
        date(2026, 6, 29),
    )
    # Four members, no decision: step two waits.
    assert states(personas, fresh, date(2026, 6, 30)) == ["answered", "open", "answered"]
    assert states(personas, fresh, date(2026, 6, 23)) == ["open", "open", "answered"]


def test_old_and_ended_associations_open_nothing_and_hefei_opens_two(
    personas: Personas, province: Province, now: datetime
) -> None:
    from portal.regions.models import Region

    factories.make_association(region=province.hunan, established_on=date(2026, 5, 1))
    factories.make_association(region=province.hunan, established_on=REGISTERED, status="deregistered")
    hefei = factories.make_association(
        region=Region.objects.get(code="340100"), established_on=REGISTERED, registration_level="city"
    )
    assert open_new_registrations(now) == 2
    assert list(Checklist.objects.order_by("code").values_list("association", "code", "due_on")) == [
        (hefei.pk, "six_sync", None),
        (hefei.pk, "three_sync", date(2026, 6, 29)),
    ]
    # Nobody's committee: the Social Work Department of the place.
    assert Task.objects.get().for_role == "regional_office"


@pytest.mark.parametrize(
    ("count", "kind", "state"),
    [
        (4, "founding", "answered"),
        (4, "deferral", "answered"),
        (4, "organiser", "open"),
        (4, "", "open"),
        (2, "organiser", "answered"),
        (2, "", "open"),
        (0, "", "answered"),
        (4, "own", "answered"),
        (4, "joint", "open"),
        (2, "joint", "answered"),
    ],
)
def test_step_two_is_answered_by_what_was_decided(province: Province, count: int, kind: str, state: str) -> None:
    day = date(2026, 6, 30)
    one = factories.make_association(region=province.hunan)
    factories.make_member_count(one, date(2026, 6, 24), count)
    if kind in ("founding", "deferral"):
        factories.make_plan(one, kind)
    elif kind == "organiser":
        factories.make_instructor_assignment(factories.make_instructor(kind="organiser"), one, day)
    elif kind == "own":
        factories.make_organization("", one)
    elif kind == "joint":
        factories.make_organization("", one, kind="joint_branch", establishment_mode="joint")
    found = answers.answers(["founding_decided"], [one.pk], day)
    assert ("answered" if found else "open") == state


def second() -> ChecklistStep:
    """The second step of the only checklist, as it is now."""
    with everything("test data"):
        return ChecklistStep.objects.select_related("checklist__association", "checklist__template").get(number=2)


def test_recording_a_step_and_closing_keeps_what_the_records_said(
    personas: Personas, now: datetime, fresh: Association
) -> None:
    open_new_registrations(now)
    actor = personas.party_committee.actor
    row = Checklist.objects.get()
    with acting_as(actor):
        with pytest.raises(Refused) as early:
            close_checklist(row, actor=actor, now=now, version=row.version)
        assert "第2步「明确组建党组织的安排」" in early.value.reason
        step = second()
        for values, code in (
            ({"done_on": date(2026, 7, 1)}, "date.future"),
            ({"done_on": date(2026, 6, 21)}, "checklist.dates"),
            ({"evidence": " "}, "invalid"),
        ):
            with pytest.raises(Refused) as refusal:
                record_step(
                    step,
                    **{"done_on": REGISTERED, "evidence": "党委会议纪要"} | values,
                    actor=actor,
                    now=now,
                    version=second().checklist.version,
                )
            assert refusal.value.code == code
        step = second()
        record_step(
            step,
            done_on=date(2026, 6, 25),
            evidence="党委会议纪要〔2026〕8号",
            actor=actor,
            now=now,
            version=step.checklist.version,
        )
        row = second().checklist
        close_checklist(row, actor=actor, now=now, version=row.version)
        with pytest.raises(Refused) as again:
            close_checklist(row, actor=actor, now=now, version=row.version)
    assert again.value.code == "checklist.closed"
    assert Task.objects.get().state == "closed"
    # What is reported later no longer changes it.
    fresh.party_member_counts.all().delete()
    assert states(personas, fresh, date(2026, 6, 30)) == [StepState.DONE] * 3


def test_opening_by_hand(personas: Personas, now: datetime) -> None:
    actor, tea = personas.registrar.actor, personas.province.tea
    three, six = ChecklistTemplate.objects.get(code="three_sync"), ChecklistTemplate.objects.get(code="six_sync")
    with acting_as(actor):
        open_checklist(tea, three, actor=actor, now=now)
        with pytest.raises(Refused) as known:
            open_checklist(tea, three, actor=actor, now=now)
        with pytest.raises(Refused) as elsewhere:
            open_checklist(tea, six, actor=actor, now=now)
    assert (known.value.code, elsewhere.value.code) == ("checklist.known", "checklist.template")


def test_journey_at_the_desk(personas: Personas, now: datetime, fresh: Association, sign_in: SignIn) -> None:
    open_new_registrations(now)
    client, row = sign_in(personas.party_committee), Checklist.objects.get()
    page = client.get("/checklists/?state=late&code=three_sync").content.decode()
    assert ("湖南省低空经济行业协会" in page, "2/3" in page, "不影响发证" in page) == (True, True, True)
    page = client.get(f"/checklists/{row.pk}/").content.decode()
    assert "已填报组织关系在本组织的正式党员 4 名。" in page
    assert "还有 1 步没有办理" in client.get(f"/checklists/{row.pk}/close/").content.decode()
    step = ChecklistStep.objects.get(number=2)
    given = {"done_on": "2026-06-25", "evidence": "党委会议纪要", "version": str(row.version)}
    assert client.post(f"/checklists/{row.pk}/steps/{step.pk}/", given).status_code == 302
    row.refresh_from_db()
    assert client.post(f"/checklists/{row.pk}/close/", {"version": str(row.version)}).status_code == 302
    assert client.get("/checklists/?state=open").context["page"].total == 0
    tab = client.get(f"/associations/{fresh.pk}/?tab=establishment").content.decode()
    assert ("党建“三同步”" in tab, "3/3" in tab) == (True, True)


def test_the_desk_asks_few_queries(personas: Personas, province: Province, sign_in: SignIn) -> None:
    client = sign_in(personas.department_staff)
    from django.utils import timezone

    def add(times: int) -> None:
        for _ in range(times):
            one = factories.make_association(
                region=province.hunan,
                party_committee=province.committee,
                established_on=timezone.localdate() - timedelta(days=3),
            )
            factories.make_member_count(one, timezone.localdate(), 2)
        open_new_registrations(timezone.now())

    add(1)
    first = query_count(client, "/checklists/")
    add(29)
    assert query_count(client, "/checklists/") == first <= 15


def test_an_association_sees_no_checklist(personas: Personas, now: datetime, sign_in: SignIn) -> None:
    checklist = factories.make_checklist(personas.province.tea)
    client = sign_in(personas.association_filer)
    assert client.get(f"/checklists/{checklist.pk}/").status_code in (403, 404)
    page: Any = client.get(f"/associations/{personas.province.tea.pk}/?tab=establishment").content.decode()
    assert "办理清单" not in page
