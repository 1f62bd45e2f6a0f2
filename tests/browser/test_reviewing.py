"""A reviewer's day, counted: a clean filing in two clicks, a return with two remarks in six at most; with scripts and
without, on a desk and on a phone; and nothing that axe finds on any page."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from portal.access.scoping import everything
from portal.regulations.models import CalendarYear
from supervision.inspections.enums import InspectionState, Stage
from supervision.inspections.models import Inspection
from supervision.reviews.models import Remark, Return
from tests.browser.conftest import Visit, Visitor
from tests.personas import Personas
from tests.supervision.filled import filled, hand_in, sign
from tests.supervision.forms import SMALL
from tests.supervision.makers import make_form_version, make_round, make_track

WAYS = [("desk", True), ("desk", False), ("phone", True), ("phone", False)]
CLEAN_CLICKS, RETURN_CLICKS = 2, 6
ROW = "table.list tbody td.card-title a"


@pytest.fixture
def waiting(personas: Personas, transactional_db: None, reference: None) -> list[Inspection]:
    """Two filings of the tea association that were handed in today."""
    now = timezone.now()
    today = timezone.localdate(now)
    for year in (today.year, today.year + 1):
        published = date(year - 1, 11, 4)
        CalendarYear.objects.create(year=year, is_provisional=False, published_on=published, source="国办发明电")
    personas.province.fill()
    found = []
    for number in range(2):
        dates = {"to_supervisor_by": today, "to_registrar_by": today + timedelta(days=60)}
        a_round = make_round(report_year=today.year - 1 - number, closes_on=None)
        track = make_track(a_round, make_form_version(SMALL), **dates)
        one = filled(personas.province.tea, personas.association_filer, track)
        sign(one, personas.association_filer, now)
        hand_in(one, personas.association_filer, now)
        found.append(one)
    with everything("test data"):
        Inspection.objects.update(flag_count=0)
    return found


def state_of(inspection: Inspection) -> str:
    with everything("test data"):
        return str(Inspection.objects.get(pk=inspection.pk).state)


class Officer:
    """The hand that clicks, and how often."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page
        self.clicks = 0

    def click(self, selector: str, *, nth: int = 0) -> None:
        self.clicks += 1
        self.page.locator(selector).nth(nth).click()
        self.page.wait_for_load_state()

    def remark(self, place: str, words: str, *, scripts: bool) -> None:
        """Open the box beside a field and type; without scripts the tabulator leads into it."""
        self.click(f"[id='line-{place}'] details.review-remark > summary")
        if scripts:
            self.page.locator("textarea:focus").wait_for()
        else:
            self.page.keyboard.press("Tab")
        self.page.keyboard.type(words)


@pytest.mark.parametrize(("width", "scripts"), WAYS)
def test_clean_filing_is_two_clicks(
    visit: Visit, waiting: list[Inspection], personas: Personas, width: str, scripts: bool
) -> None:
    visitor = visit(personas.supervising_unit, width, java_script_enabled=scripts)
    officer = Officer(visitor)
    visitor.open("/reviews/")
    officer.click(ROW)
    officer.click("button[name=do][value=forward]")
    assert officer.clicks == CLEAN_CLICKS
    assert sorted(state_of(one) for one in waiting) == [InspectionState.WITH_COMMITTEE, InspectionState.WITH_SUPERVISOR]
    # The next one of the queue is open already.
    assert visitor.page.locator("button[name=do][value=forward]").count() == 1
    assert visitor.problems == []


@pytest.mark.parametrize(("width", "scripts"), WAYS)
def test_return_with_two_remarks_is_six_clicks_at_most(
    visit: Visit, waiting: list[Inspection], personas: Personas, width: str, scripts: bool
) -> None:
    visitor = visit(personas.supervising_unit, width, java_script_enabled=scripts)
    officer = Officer(visitor)
    visitor.open("/reviews/")
    officer.click(ROW)
    officer.remark("basic.members", "与登记信息不一致，请核对", scripts=scripts)
    officer.remark("basic.has_event", "请补充论坛名称", scripts=scripts)
    officer.click("button[name=do][value=return]")
    assert "退回 2 处" in visitor.page.inner_text("main form button[type=submit]")
    officer.click("main form button[type=submit]")
    assert officer.clicks <= RETURN_CLICKS
    with everything("test data"):
        sent = Return.objects.get()
        remarks = set(Remark.objects.filter(sent_in=sent).values_list("field", "text"))
    assert remarks == {("members", "与登记信息不一致，请核对"), ("has_event", "请补充论坛名称")}
    assert visitor.problems == []


def test_keys_lead_through_the_lines_and_words_are_kept_at_once(
    visit: Visit, waiting: list[Inspection], personas: Personas
) -> None:
    page = visit(personas.supervising_unit).open("/reviews/")
    page.locator(ROW).first.click()
    page.wait_for_selector("[data-return]")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.wait_for_selector(".is-current")
    page.keyboard.press("c")
    page.keyboard.type("请核对")
    page.keyboard.press("Escape")
    page.wait_for_selector(".review-kept")
    with everything("test data"):
        assert Remark.objects.get().text == "请核对"
    assert page.inner_text("[data-return]") == "退回 1 处"
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.value") == "return"
    page.keyboard.press("]")
    page.wait_for_url(f"**/reviews/{max(one.pk for one in waiting)}/**")


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_pages_of_a_review_are_readable_for_all(
    visit: Visit, waiting: list[Inspection], personas: Personas, width: str
) -> None:
    one, other = waiting
    flag = {"section": "basic", "field": "members", "code": "outlier", "text": "会员数变动较大。", "level": "explain"}
    with everything("test data"):
        one.submissions.update(flags=[flag])
        Inspection.objects.filter(pk=other.pk).update(state=InspectionState.WITH_REGISTRAR)
        Remark.objects.create(
            inspection=one,
            stage=Stage.SUPERVISOR,
            section="basic",
            field="members",
            text="请核对",
            written_at=timezone.now(),
        )
    pages = {
        "supervising_unit": (
            *("/reviews/", f"/reviews/{one.pk}/", f"/reviews/{one.pk}/return/", f"/reviews/{one.pk}/reveal/"),
            f"/reviews/{one.pk}/history/?submission=1",
        ),
        "registrar": (f"/reviews/{other.pk}/", f"/reviews/{other.pk}/record/"),
        "department_admin": (
            *("/reviews/", f"/reviews/{one.pk}/", f"/reviews/{one.pk}/urge/"),
            f"/associations/{one.association_id}/?tab=inspections",
        ),
    }
    found = {}
    for persona, paths in pages.items():
        visitor = visit(personas[persona], width)
        for path in paths:
            visitor.open(path)
            wrong = [*visitor.violations(), *visitor.problems]
            if visitor.overflows() > 0:
                wrong.append(f"{visitor.overflows()} px too wide")
            if wrong:
                found[f"{persona} {path}"] = wrong
    assert found == {}
