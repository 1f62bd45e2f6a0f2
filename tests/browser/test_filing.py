"""The year of a secretary, counted: clicks, pages, typed fields; with scripts and without, on a desk and on a phone."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, TimeoutError, expect

from associations.registry.models import Association
from portal.access.scoping import everything
from portal.files.services import store
from supervision.inspections import services
from supervision.inspections.enums import InspectionState, SectionState, Stage
from supervision.inspections.models import Attachment, Inspection, Submission
from supervision.inspections.selectors import filing_of
from supervision.reviews.models import Remark, Return
from tests.browser.conftest import Visit
from tests.personas import Personas
from tests.supervision.filled import filled, hand_in, save, section_row, sign
from tests.supervision.full_year import answers_of, source_of, whole_form
from tests.supervision.makers import make_form_version, make_inspection, make_round, make_track

CLICKS, LOADS, TYPED, PREFILLED = 22, 12, 15, 0.7
FIX_CLICKS = 6
PASSWORD = "correct horse battery"
WIDTHS = [("desk", True), ("desk", False), ("phone", True)]
# A desk at 125 % shows that much; a phone whose browser runs no scripts.
ZOOMED = {"width": 1093, "height": 614}
FURTHER = [pytest.param("zoomed", True, marks=pytest.mark.heavy), pytest.param("phone", False, marks=pytest.mark.heavy)]
NUMBERS = {
    "staff_over_60": "0",
    "staff_under_36": "2",
    "full_time_staff_count": "4",
    "serving_official_count": "0",
    "meets_as_charter": "yes",
    "award_activity_count": "0",
}


def picture() -> dict[str, Any]:
    stream = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(stream, "JPEG")
    return {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


class Hand:
    """A person at the page: counts what the person does."""

    def __init__(self, page: Page, *, scripts: bool) -> None:
        self.page, self.scripts = page, scripts
        self.clicks = self.loads = self.typed = 0
        page.on("load", self._loaded)

    def _loaded(self, page: Page) -> None:
        self.loads += 1

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        self.typed += 1
        target.fill(text)

    def choose(self, target: Locator) -> None:
        """One click opens the folder; the file is then there or on its way."""
        self.clicks += 1
        target.set_input_files(picture())
        if self.scripts:
            expect(self.page.locator(".file-list").first).to_be_visible()

    def paste(self, target: Locator, lines: list[str]) -> None:
        """A column copied from a spreadsheet goes in at once."""
        self.typed += 1
        target.evaluate(
            """(input, text) => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                const paste = {clipboardData: data, bubbles: true, cancelable: true};
                input.dispatchEvent(new ClipboardEvent("paste", paste));
            }""",
            "\n".join(lines),
        )


@pytest.fixture
def last_year(personas: Personas, transactional_db: None) -> Inspection:
    """Last year's filing of the tea association, handed in; this year's waits."""
    today = timezone.localdate()
    version = make_form_version(source_of())
    filer = personas.association_filer
    assert personas.province.registrar
    Association.objects.filter(pk=personas.province.tea.pk).update(
        registration_mode="dual",
        industry_category="农业",
        established_on=date(2005, 9, 16),
        domicile="长沙市芙蓉路1号",
        registered_fund=50_000,
    )
    with everything("test data"):
        before = make_track(
            make_round(report_year=today.year - 2), version, to_supervisor_by=today, to_registrar_by=today
        )
        earlier = make_inspection(personas.province.tea, before)
    then = timezone.now() - timedelta(days=330)
    services.start(earlier, actor=filer.actor, version=1, now=then)
    for code, answers in answers_of(whole_form(), **NUMBERS).items():
        save(earlier, code, answers, filer, state=SectionState.DONE, now=then)
    filing = filing_of(earlier, today)
    services._keep(filing, 1, Stage.SUPERVISOR, filing.content_code, False, filer.actor, then, None)
    stored = store(b"%PDF-1.7", name="登记证书.pdf", kind="inspection", actor=None, now=then)
    Attachment.objects.create(inspection=earlier, field="registration_copy", file=stored, uploaded_at=then)
    with everything("test data"):
        Inspection.objects.filter(pk=earlier.pk).update(
            state=InspectionState.CONCLUDED,
            submitted_at=then,
            first_submitted_at=then,
            concluded_at=then,
            conclusion="passed",
            conclusion_on=today,
        )
        a_round = make_round(report_year=today.year - 1, opens_on=today, closes_on=today + timedelta(days=90))
        track = make_track(
            a_round,
            version,
            to_supervisor_by=today + timedelta(days=30),
            to_registrar_by=today + timedelta(days=60),
        )
        return make_inspection(personas.province.tea, track, number="NJ-2025-000123")


@pytest.mark.parametrize(("width", "scripts"), [*WIDTHS, *FURTHER])
def test_unchanged_year(
    personas: Personas,
    last_year: Inspection,
    visit: Visit,
    reference: None,
    record_property: Callable[[str, object], None],
    width: str,
    scripts: bool,
) -> None:
    is_zoomed = width == "zoomed"
    visitor = visit(personas.association_filer, "desk" if is_zoomed else width, java_script_enabled=scripts)
    if is_zoomed:
        visitor.page.set_viewport_size(ZOOMED)
    hand = Hand(visitor.page, scripts=scripts)
    page = visitor.open("/")
    hand.click(page.get_by_role("button", name="开始填报"))
    hand.click(page.get_by_role("button", name="全部沿用"))
    filing = filing_of(Inspection.objects.get(pk=last_year.pk), timezone.localdate())
    fields = [one for one in filing.examination.fields.values() if one.is_shown and one.field.type != "file"]
    asked = [one for one in fields if one.is_required or one.is_locked]
    prefilled = sum(one.value is not None for one in asked) / len(asked)
    save_button = page.get_by_role("button", name="保存并继续").last
    for _ in range(12):
        if page.url.endswith("/check/"):
            break
        finish(hand, page)
        here = page.url
        hand.click(save_button)
        try:
            page.wait_for_url(lambda url, here=here: url != here, timeout=8_000)
        except TimeoutError:
            said = page.locator(".error-summary, #save-problem, #save-state").all_inner_texts()
            raise AssertionError(f"{here}: {said}") from None
    hand.click(page.get_by_role("button", name="生成签章页").first)
    hand.choose(page.locator("#file-signature"))
    hand.click(page.get_by_label("我确认以上内容真实、完整"))
    hand.click(page.get_by_role("button", name="提交年检材料").last)
    expect(page.get_by_role("heading", name="年检材料已提交")).to_be_visible()
    assert Submission.objects.filter(inspection=last_year).count() == 1
    for name, count in (
        ("clicks", hand.clicks),
        ("loads", hand.loads),
        ("typed", hand.typed),
        ("prefilled", prefilled),
    ):
        record_property(name, count)
    assert hand.clicks <= CLICKS
    assert hand.loads <= LOADS
    assert prefilled >= PREFILLED
    assert hand.typed <= TYPED
    assert visitor.problems == []


def finish(hand: Hand, page: Page) -> None:
    """What an unchanged year still asks for on one page."""
    where = page.url.split("/sections/")[1].strip("/#").split("/")[0]
    if where == "basic":
        hand.click(page.locator("#f-has_changes-no"))
    elif where == "members":
        for code in ("new_member_count", "left_member_count", "new_branch_count"):
            hand.type(page.locator(f"#f-{code}"), "0")
    elif where == "activities":
        hand.choose(page.locator("#file-minutes_file"))
    elif where == "conduct":
        hand.type(page.locator("#f-penalty_count"), "0")
    elif where == "finance":
        hand.choose(page.locator("#file-audit_report"))
    elif where == "statements":
        for grid in page.locator("table.grid").all():
            last = grid.locator("tbody tr").first.locator("td .num").last
            rows = grid.locator("tbody tr").count()
            if hand.scripts:
                hand.paste(last, ["0"] * rows)
            else:
                box = grid.locator("xpath=../following-sibling::details[1]")
                hand.click(box.locator("summary"))
                hand.type(box.locator("textarea").last, "\n".join(["0"] * rows))
    elif where == "summary":
        hand.type(page.locator("#f-year_summary"), "按照章程开展业务活动。" * 12)
        hand.type(page.locator("#f-next_plan"), "继续开展业务活动。" * 8)
    else:
        raise AssertionError(f"asked for in {where}: {page.locator('.error-summary').all_inner_texts()}")


@pytest.mark.parametrize(("width", "scripts"), WIDTHS)
def test_two_fields_sent_back(personas: Personas, visit: Visit, reference: None, width: str, scripts: bool) -> None:
    filer = personas.association_filer
    today = timezone.localdate()
    a_round = make_round(report_year=today.year - 1, opens_on=today, closes_on=today + timedelta(days=90))
    track = make_track(a_round, to_supervisor_by=today + timedelta(days=9), to_registrar_by=today + timedelta(days=60))
    inspection = filled(personas.province.tea, filer, track)
    sign(inspection, filer)
    send_back(inspection, hand_in(inspection, filer, timezone.now()), ("basic", "members"), ("money", "other"))
    visitor = visit(filer, width, java_script_enabled=scripts)
    hand = Hand(visitor.page, scripts=scripts)
    page = visitor.open("/")
    hand.click(page.get_by_role("link", name="去修改"))
    assert page.url.endswith("/sections/basic/#f-members")
    expect(page.get_by_text("请核对单位会员数")).to_be_visible()
    hand.type(page.locator("#f-members"), "15")
    hand.click(page.get_by_role("button", name="保存并继续").last)
    page.wait_for_url("**/sections/money/#f-other")
    hand.type(page.locator("#f-other"), "20.00")
    hand.click(page.get_by_role("button", name="保存并继续").last)
    page.wait_for_url("**/sign/")
    expect(page.get_by_text("改动的是")).to_be_visible()
    hand.choose(page.locator("#file-signature"))
    hand.click(page.get_by_label("我确认以上内容真实、完整"))
    hand.click(page.get_by_role("button", name="提交年检材料").last)
    expect(page.get_by_role("heading", name="年检材料已提交")).to_be_visible()
    assert hand.clicks <= FIX_CLICKS
    assert visitor.problems == []


def send_back(inspection: Inspection, submission: Submission, *fields: tuple[str, str]) -> None:
    """A return as the supervising unit makes it."""
    with everything("test data"):
        sent = Return.objects.create(
            inspection=inspection,
            submission=submission,
            stage=Stage.SUPERVISOR,
            due_on=timezone.localdate() + timedelta(days=5),
            returner_label="湖南省农业农村厅",
            returned_at=timezone.now(),
        )
        for section, field in fields:
            label = {"members": "单位会员数", "other": "其他收入"}[field]
            Remark.objects.create(
                inspection=inspection,
                stage=Stage.SUPERVISOR,
                section=section,
                field=field,
                text=f"请核对{label}",
                sent_in=sent,
                written_at=timezone.now(),
            )
        Inspection.objects.filter(pk=inspection.pk).update(
            state=InspectionState.RETURNED,
            returned_from=Stage.SUPERVISOR,
            step_due_on=sent.due_on,
            returned_at=sent.returned_at,
            version=inspection.version + 1,
        )
        services.open_for_correction(inspection, fields)


def test_nothing_typed_is_lost_when_the_tab_is_closed_or_the_session_ends(
    personas: Personas, visit: Visit, reference: None
) -> None:
    filer = personas.association_filer
    filer.user.set_password(PASSWORD)
    filer.user.save()
    inspection = filled(personas.province.tea, filer)
    visitor = visit(filer)
    page = visitor.open(f"/filings/{inspection.pk}/sections/money/")
    page.locator("#f-fees").fill("101")
    page.close(run_before_unload=True)
    other = visitor.context.new_page()
    other.wait_for_timeout(300)
    assert section_row(inspection, "money").answers["fees"] == "101"
    other.goto(f"{visitor.base}/filings/{inspection.pk}/sections/money/")
    visitor.context.clear_cookies(name="sessionid")
    other.locator("#f-fees").fill("102")
    other.locator("#f-fees").blur()
    expect(other.get_by_text("已保存在服务器")).to_be_visible()
    other.get_by_role("link", name="重新登录").click()
    other.get_by_label("用户名").fill(filer.user.username)
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_text("已找回")).to_be_visible()
    expect(other.locator("#f-fees")).to_have_value("102")


def test_upload_that_breaks_off_says_so_and_goes_through_the_next_time(
    personas: Personas, visit: Visit, reference: None, tmp_path: Path
) -> None:
    inspection = filled(personas.province.tea, personas.association_filer)
    visitor = visit(personas.association_filer, "phone")
    page = visitor.open(f"/filings/{inspection.pk}/sections/money/")
    page.locator("#f-fees").fill("110")
    page.route("**/sections/money/", lambda route: route.abort("connectionreset"))
    page.locator("#file-audit").set_input_files(picture())
    expect(page.locator("[data-files=audit]").get_by_text("网络中断，文件没有传完，没有保存。")).to_be_visible()
    expect(page.locator("#f-fees")).to_have_value("110")
    page.unroute("**/sections/money/")
    big = tmp_path / "照片.jpg"
    with big.open("wb") as file:
        file.truncate(30 * 1024 * 1024)
    page.locator("#file-audit").set_input_files(big)
    expect(page.get_by_text("文件 30 MB，超过 20 MB 上限。")).to_be_visible()
    page.locator("#file-audit").set_input_files(picture())
    expect(page.locator("[data-files=audit] .file-list")).to_be_visible()
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_pages_are_accessible_and_fit(personas: Personas, visit: Visit, reference: None, width: str) -> None:
    filer = personas.association_filer
    inspection = filled(personas.province.tea, filer)
    visitor = visit(filer, width)
    save(inspection, "basic", {"members": "约12"}, filer, state=SectionState.DONE)
    wrong = []
    for path in ("", "sections/basic/", "sections/money/", "sections/balance/", "check/", "sign/", "elsewhere/"):
        visitor.open(f"/filings/{inspection.pk}/{path}")
        wrong += [f"{path}: {one}" for one in visitor.violations()]
        assert visitor.overflows() <= 0, path
    assert wrong == []
