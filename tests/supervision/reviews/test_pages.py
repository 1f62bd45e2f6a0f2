"""The queues and the review page: what is shown, what a click does, what is refused."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.scoping import everything
from portal.audit.models import AccessEvent
from portal.privacy.masks import mask_phone
from portal.regulations.models import CalendarYear
from supervision.inspections.enums import STAGE_STATES, InspectionState, Stage
from supervision.inspections.models import Inspection
from supervision.reviews import services
from supervision.reviews.models import Opinion, Remark, Return
from tests.factories import make_user
from tests.personas import Personas
from tests.supervision.filled import hand_in, save, sign
from tests.supervision.forms import PHONE
from tests.supervision.makers import make_round
from tests.supervision.reviews.conftest import NOW, Made

State = InspectionState


def page(inspection: Inspection, name: str = "review", query: str = "") -> str:
    return reverse(f"supervision:{name}", args=[inspection.pk]) + query


def text(response: Any) -> str:
    return str(response.content.decode())


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_queue_shows_what_waits_and_counts_it(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    shown = text(client.get("/reviews/"))
    assert "湖南省茶业协会" in shown
    assert 'aria-current="page">待我审核 <span class="tab-count">1</span>' in shown
    assert f'href="/reviews/{one.pk}/?queue=mine"' in shown
    assert "没有逾期的年检" in text(client.get("/reviews/?queue=overdue"))


@pytest.mark.parametrize(
    ("persona", "queue", "count"),
    [
        ("supervising_unit", "mine", 1),
        ("party_committee", "mine", 0),
        ("party_committee", "unit", 1),
        ("registrar", "unit", 1),
        ("department_admin", "unit", 1),
        ("department_admin", "mine", 1),  # no such queue: the first of the own ones
        ("other_unit", "unit", 0),
    ],
)
def test_queue_is_of_the_own_stage_and_scope(
    at: Made, personas: Personas, sign_in: Any, persona: str, queue: str, count: int
) -> None:
    at()
    response = sign_in(personas[persona]).get(f"/reviews/?queue={queue}")
    assert response.context["page"].total == count


def test_clean_filing_goes_on_with_one_button_and_opens_the_next(at: Made, personas: Personas, sign_in: Any) -> None:
    one, other = at(), at()
    client = sign_in(personas.supervising_unit)
    response = client.post(page(one, query="?queue=mine"), {"do": "forward", "version": one.version})
    assert (response.status_code, response["Location"]) == (302, page(other, query="?queue=mine"))
    one.refresh_from_db()
    assert one.state == State.WITH_COMMITTEE
    assert Opinion.objects.get().text == "同意。"
    last = client.post(page(other, query="?queue=mine"), {"do": "forward", "version": other.version})
    assert last["Location"] == "/reviews/?queue=mine"


def test_page_shows_last_year_this_year_flags_and_reasons(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    words = "单位会员数由 20 家变为 12 家，减少 40%。"
    flag = {"section": "basic", "field": "members", "code": "outlier", "text": words, "level": "explain"}
    with everything("test data"):
        one.submissions.update(flags=[flag], reasons={"members": "清理长期不活动的会员"})
    shown = text(sign_in(personas.supervising_unit).get(page(one)))
    assert "减少 40%" in shown
    assert "社会组织说明：清理长期不活动的会员" in shown
    assert mask_phone(PHONE) in shown
    assert PHONE not in shown
    assert "上年（2024）" in shown


def test_committee_reads_the_party_section_first(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at(Stage.COMMITTEE)
    source = one.form.source.replace("  - code: money\n", "  - code: money\n    party: true\n")
    one.form.source, one.form.sha256 = source, hashlib.sha256(source.encode()).hexdigest()
    one.form.save()
    for persona, first in (("party_committee", "money"), ("registrar", "basic")):
        parts = sign_in(personas[persona]).get(page(one)).context["parts"]
        assert (parts[0].code, len(parts)) == (first, 3)


def test_whoever_may_not_decide_reads_why(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    for persona, words in (("department_admin", "您可以查看，不能办理"), ("registrar", "不能「作出年检结论」")):
        shown = text(sign_in(personas[persona]).get(page(one)))
        assert words in shown
        assert 'name="do"' not in shown


def test_remarks_are_kept_sent_and_land_with_the_association(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    typed = {"remark.basic.members": "请核对会员数", "seen.basic.members": "", "remark..": "其余无误", "seen..": ""}
    response = client.post(page(one), typed | {"do": "return", "version": one.version, "days": "3"})
    assert response["Location"] == page(one, "review_return", "?queue=mine&days=3")
    asked = client.get(response["Location"])
    assert "请核对会员数" in text(asked)
    assert "须在 2026-03-25 前补正（今天起 3 个工作日）" in text(asked)
    done = client.post(response["Location"], {"version": one.version, "days": "3"})
    assert (done.status_code, done["Location"]) == (302, "/reviews/?queue=mine")
    sent = Return.objects.get()
    assert (sent.comment, sent.due_on.isoformat(), sent.remarks.get().text) == (
        "其余无误",
        "2026-03-25",
        "请核对会员数",
    )
    assert not Remark.objects.filter(sent_in=None).exists()


def test_return_without_words_is_explained(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    assert "没有写明要改什么" in text(client.get(page(one, "review_return")))
    assert client.post(page(one, "review_return"), {"version": one.version, "days": "5"}).status_code == 422


def test_step_over_unsent_remarks_is_refused_with_everything_typed(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    typed = {"remark.basic.members": "请核对", "seen.basic.members": "", "do": "forward", "version": one.version}
    refused = client.post(page(one), typed)
    assert refused.status_code == 422
    assert "有 1 条意见还没有发出" in text(refused)
    assert "请核对</textarea>" in text(refused)
    again = {"remark.basic.members": "请核对", "seen.basic.members": "请核对", "set_aside": "1"}
    assert client.post(page(one), again | {"do": "forward", "version": one.version}).status_code == 302
    assert not Remark.objects.exists()


def test_registrar_concludes_by_the_button_of_the_conclusion(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at(Stage.REGISTRAR)
    client = sign_in(personas.registrar)
    refused = client.post(page(one), {"do": "conclude:basic", "version": one.version})
    assert "须写明理由" in text(refused)
    given = {"remark..": "未按期换届", "seen..": "", "do": "conclude:basic", "version": one.version}
    assert client.post(page(one), given).status_code == 302
    one.refresh_from_db()
    assert (one.conclusion, one.conclusion_reason, one.conclusion_on) == ("basic", "未按期换届", NOW.date())


def test_second_reviewer_sees_both_versions_and_keeps_the_words(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    client.post(page(one), {"do": "forward", "version": one.version})
    typed = {"remark.basic.members": "请核对会员数", "seen.basic.members": "", "do": "forward", "version": one.version}
    late = client.post(page(one), typed | {"remark..": "同意报送", "seen..": ""})
    assert late.status_code == 409
    assert ("请核对会员数" in text(late), "同意报送" in text(late), "党委审核党建内容中" in text(late)) == (True,) * 3
    assert Opinion.objects.count() == 1


STAGE_OF = {"supervising_unit": "supervisor", "party_committee": "committee", "registrar": "registrar"}
ACTIONS = {"forward": {"do": "forward"}, "conclude": {"do": "conclude:passed"}, "return": {"days": "5"}}


def test_pages_take_a_step_of_the_own_desk_and_no_other(at: Made, personas: Personas, sign_in: Any) -> None:
    """Every role that reaches the page, on every desk, with every button: one filing, put back for each try."""
    one = at()
    taken = set()
    for persona in (*STAGE_OF, "department_admin", "regional_office", "industry_regulator", "association_filer"):
        client = sign_in(personas[persona])
        for stage in Stage:
            for action, given in ACTIONS.items():
                with everything("test data"):
                    fresh = {"state": STAGE_STATES[stage], "conclusion": "", "concluded_at": None}
                    Inspection.objects.filter(pk=one.pk).update(**fresh, version=1)
                    one.remarks.all().delete()
                    one.remarks.create(stage=stage, section="", field="", text="请补正", written_at=NOW)
                name = "review_return" if action == "return" else "review"
                client.post(page(one, name), given | {"version": 1})
                with everything("test data"):
                    if Inspection.objects.get(pk=one.pk).state != STAGE_STATES[stage]:
                        taken.add((persona, str(stage), action))
    assert taken == {
        *((persona, stage, "return") for persona, stage in STAGE_OF.items()),
        ("supervising_unit", "supervisor", "forward"),
        ("party_committee", "committee", "forward"),
        ("registrar", "registrar", "conclude"),
    }


def test_conclusion_entered_at_the_same_time_shows_both_and_keeps_the_words(
    at: Made, personas: Personas, sign_in: Any
) -> None:
    one = at(Stage.REGISTRAR)
    given = {"conclusion": "basic", "number": "湘民年检〔2026〕9号", "on": "2026-03-18", "reason": "未按期换届"}
    sign_in(personas.registrar).post(page(one), {"do": "conclude:passed", "version": one.version})
    late = sign_in(personas.department_admin).post(page(one, "review_record"), given | {"version": one.version})
    assert late.status_code == 409
    assert ("湘民年检〔2026〕9号" in text(late), "未按期换届" in text(late)) == (True, True)


def test_script_saves_one_remark_and_hears_of_a_colleague(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    url = page(one, "review_remarks")
    saved = client.post(
        url, {"remark.basic.members": "甲", "seen.basic.members": ""}, headers={"Accept": "application/json"}
    )
    assert json.loads(saved.content) == {"saved": 1, "at": "10:00"}
    other = client.post(
        url, {"remark.basic.members": "乙", "seen.basic.members": ""}, headers={"Accept": "application/json"}
    )
    assert (other.status_code, json.loads(other.content)["theirs"]) == (409, "甲")
    plain = client.post(url, {"remark.basic.members": "丙", "seen.basic.members": "甲", "anchor": "part-basic"})
    assert plain["Location"].endswith("#part-basic")
    strange = client.post(url, {"remark.basic.none": "丁"}, headers={"Accept": "application/json"})
    assert strange.status_code == 422


def test_resubmission_shows_what_changed_since_the_return(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client, filer = sign_in(personas.supervising_unit), personas.association_filer
    client.post(
        page(one), {"remark.basic.members": "请核对", "seen.basic.members": "", "do": "return", "version": one.version}
    )
    client.post(page(one, "review_return"), {"version": one.version, "days": "5"})
    one.refresh_from_db()
    save(one, "basic", {"members": "15"}, filer, now=NOW)
    sign(one, filer, NOW)
    hand_in(one, filer, NOW)
    response = client.get(page(one))
    codes = [line.code for part in response.context["parts"] for group in part.groups for line in group.lines]
    assert codes == ["members"]
    assert "退回前：" in text(response)
    assert "只看补正后的变化" in text(response)
    every = client.get(page(one, query="?show=all"))
    assert len([1 for part in every.context["parts"] for group in part.groups for _line in group.lines]) > 5
    old = client.get(page(one, "review_history", "?submission=1"))
    assert "第 1 次报送" in text(old)
    assert old.context["chosen"].sequence == 1


def test_department_urges_and_decides_nothing(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.department_admin)
    assert "湖南省农业农村厅" in text(client.get(page(one, "review_urge")))
    done = client.post(page(one, "review_urge"), {"text": "请抓紧", "due_on": "2026-03-24"})
    assert done.status_code == 302
    assert "催办：湖南省茶业协会" in text(sign_in(personas.supervising_unit).get("/tasks/"))


def test_conclusion_is_recorded_with_its_number_and_taken_back(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at(Stage.REGISTRAR)
    admin, registrar = sign_in(personas.department_admin), sign_in(personas.registrar)
    given = {"conclusion": "passed", "on": "2026-03-18", "version": one.version}
    refused = admin.post(page(one, "review_record"), given)
    assert "填写结论文号" in text(refused)
    assert admin.post(page(one, "review_record"), given | {"number": "湘民年检〔2026〕1号"}).status_code == 302
    one.refresh_from_db()
    taken = registrar.post(page(one, "review_reconsider"), {"reason": "举报属实", "version": one.version})
    assert taken.status_code == 302
    one.refresh_from_db()
    assert one.state == State.WITH_REGISTRAR


def test_batch_names_who_passes_who_is_drawn_and_who_is_refused(at: Made, personas: Personas, sign_in: Any) -> None:
    several = [at(), at(), at(flag_count=1)]
    client = sign_in(personas.supervising_unit)
    chosen = {"pk": [one.pk for one in several]}
    shown = client.post("/reviews/batch/", chosen)
    assert (len(shown.context["passing"]), len(shown.context["sampled"]), len(shown.context["refused"])) == (1, 1, 1)
    seen = shown.context["seen"]
    done = client.post("/reviews/batch/", chosen | {"confirmed": "1", "seen": seen}, follow=True)
    assert "已办理 1 件" in text(done)
    assert "抽为抽查件" in text(done)
    with everything("test data"):
        assert Inspection.objects.filter(state=State.WITH_COMMITTEE).count() == 1
        assert Inspection.objects.filter(sampled_stage="supervisor").count() == 1


@pytest.mark.parametrize("persona", ["supervising_unit", "registrar", "department_admin", "industry_regulator"])
def test_figures_of_the_home_page_are_those_of_their_lists(
    at: Made, personas: Personas, sign_in: Any, persona: str
) -> None:
    at(step_due_on=NOW.date().replace(day=1))
    at(Stage.REGISTRAR)
    client = sign_in(personas[persona])
    blocks = {block.title: block for block in client.get("/").context["blocks"]}
    figures = blocks["年检审核"].figures
    assert figures
    for figure in figures:
        assert client.get(figure.url).context["page"].total == figure.count, figure.label


def test_personal_answer_is_shown_in_full_once_for_a_purpose(at: Made, personas: Personas, sign_in: Any) -> None:
    one = at()
    client = sign_in(personas.supervising_unit)
    assert PHONE not in text(client.get(page(one)))
    asked = client.get(page(one, "review_reveal"))
    field = asked.context["numbers"][0][0]
    purpose = asked.context["form"].fields["purpose"].choices[1][0]
    shown = client.post(page(one, "review_reveal"), {"field": field, "purpose": purpose, "detail": ""})
    assert PHONE in text(shown)
    assert AccessEvent.objects.filter(view__endswith=field, purpose=purpose).count() == 1


@pytest.mark.parametrize("persona", ["supervising_unit", "party_committee", "registrar", "department_admin"])
def test_page_asks_little(at: Made, personas: Personas, sign_in: Any, persona: str) -> None:
    one = at()
    client = sign_in(personas[persona])
    assert queries(client, page(one)) <= 15
    assert queries(client, page(one, "review_history")) <= 15


def test_queue_of_thirty_asks_as_much_as_of_one(at: Made, personas: Personas, sign_in: Any) -> None:
    first = at()
    client = sign_in(personas.supervising_unit)
    alone = queries(client, "/reviews/")
    with everything("test data"):
        template = Inspection.objects.get(pk=first.pk)
        for number in range(29):
            copy = Inspection.objects.get(pk=template.pk)
            copy.pk, copy.number = None, f"X{number}"
            copy.round = make_round()
            copy.save()
    assert queries(client, "/reviews/") == alone <= 15
    assert client.get("/reviews/").context["page"].total == 30


def test_second_reviewer_is_told_who_is_at_it(at: Made, personas: Personas, sign_in: Any) -> None:
    inspection = at()
    colleague = make_user("colleague", display_name="张三")
    client = sign_in(personas.supervising_unit)
    assert "正在审核此件" not in text(client.get(page(inspection)))
    services.remark(
        inspection, section="basic", field="members", text="请核对", actor=personas.supervising_unit.actor, now=NOW
    )
    assert "正在审核此件" not in text(client.get(page(inspection)))
    with everything("test data"):
        Remark.objects.update(written_by=colleague)
    assert "张三 正在审核此件（" in text(client.get(page(inspection)))


def test_due_day_on_a_calendar_that_is_not_published_says_so_in_the_queue(
    at: Made, personas: Personas, sign_in: Any
) -> None:
    CalendarYear.objects.create(year=2027, is_provisional=True, source="按上年推定")
    at(step_due_on=date(2027, 1, 4))
    assert "（2027-01-04）（暂定）" in text(sign_in(personas.supervising_unit).get(reverse("supervision:reviews")))
