"""Writing, issuing and taking down; what the public may do, and how often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.access.actor import acting_as
from portal.access.decisions import Refused
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.home.management.commands.load_reference import calendar_rows
from portal.jobs.models import Job
from portal.jobs.runner import run
from portal.notices.models import Task
from portal.publishing import issues, services
from portal.publishing.models import Objection, Publication, Topic
from portal.publishing.services import Line, TooMany
from portal.regulations.services import load_calendar
from tests.conftest import ROOT
from tests.personas import Personas
from tests.wings import NOW, now, parameters

__all__ = ["now", "parameters"]


@pytest.fixture(autouse=True)
def _rules(parameters: None) -> None:
    load_calendar(calendar_rows(ROOT / "fixtures" / "reference"))


@pytest.fixture(autouse=True)
def _everybody(personas: Personas) -> None:
    """Made here: what a refusal rolls back takes no persona with it."""
    for key in ("department_staff", "department_admin", "party_committee", "other_committee"):
        assert personas[key].actor


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught, transaction.atomic():
        call()
    return caught.value.reason


def draft(personas: Personas, **fields: Any) -> Publication:
    actor = fields.pop("actor", personas.department_staff.actor)
    values = {"kind": "article", "title": "活动开展情况", "body": "各单位认真开展。"} | fields
    with acting_as(actor):
        return services.draft_publication(holder=services.own_holder(actor), actor=actor, now=NOW, **values)


def issue(personas: Personas, publication: Publication, key: str = "department_admin", at: datetime = NOW) -> Any:
    actor = personas[key].actor
    with acting_as(actor):
        return services.issue_publication(publication, actor=actor, now=at, version=publication.version)


def notice(personas: Personas, at: datetime = NOW) -> Publication:
    line = Line("先进党组织", "某党支部", "", "", "作用突出", "1")
    made = draft(personas, kind="notice", title="名单公示", lines=[line])
    return issue(personas, made, at=at)  # type: ignore[no-any-return]


def test_two_persons_of_one_body_publish(personas: Personas) -> None:
    made = draft(personas)
    assert "须是两个人" in refused(lambda: issue(personas, made, "department_staff"))
    assert "不能办理" in refused(lambda: issue(personas, made, "party_committee"))
    assert issue(personas, made).state == "published"
    assert Client().get(reverse("publishing:public", args=[made.pk])).status_code == 200


def test_what_is_to_be_issued_lies_on_the_other_desk(personas: Personas) -> None:
    """Whoever wrote does not issue: the task lies where the editor does not sit, and follows a change of editor."""

    def desks() -> list[str]:
        return list(Task.objects.filter(kind=services.ISSUE_TASK, state="open").values_list("for_role", flat=True))

    with everything("test data"):
        made = draft(personas)
        assert desks() == ["department_admin"]
        admin = personas.department_admin.actor
        values = {"kind": made.kind, "title": made.title, "body": made.body}
        with acting_as(admin):
            services.change_publication(made, actor=admin, now=NOW, version=made.version, **values)
        assert desks() == ["department_staff"]
        issue(personas, made, "department_staff")
        assert desks() == []
        draft(personas, actor=personas.party_committee.actor)
        assert desks() == ["party_committee"]


def test_the_database_knows_no_text_by_one_person(personas: Personas) -> None:
    made = issue(personas, draft(personas))
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=made.pk).update(issuer=made.editor)


def test_whoever_changes_a_draft_is_its_editor(personas: Personas) -> None:
    made = draft(personas)
    admin = personas.department_admin.actor
    with acting_as(admin):
        services.change_publication(
            made, actor=admin, now=NOW, version=made.version, title="修改后", body="正文", kind="article"
        )
    assert "须是两个人" in refused(lambda: issue(personas, made))
    assert issue(personas, made, "department_staff").state == "published"
    text = refused(lambda: change_title(personas, made))
    assert "不能修改" in text


def change_title(personas: Personas, publication: Publication) -> None:
    admin = personas.department_admin.actor
    with acting_as(admin):
        services.change_publication(
            publication, actor=admin, now=NOW, version=publication.version, title="又改", body="正文"
        )


def test_no_award_is_praised_without_its_approval(personas: Personas) -> None:
    """R-116, R-132: the third of 三个不得 holds for every text, whoever writes it."""
    made = draft(personas, title="十佳商会颁奖")
    assert "三个不得" in refused(lambda: issue(personas, made))
    other = draft(personas, title="十佳商会颁奖", basis="《通知》（湘办发〔2026〕8号）")
    assert issue(personas, other).state == "published"


def test_numbers_do_not_go_out(personas: Personas) -> None:
    assert "手机号码" in refused(lambda: draft(personas, body="联系 13800000001"))
    line = Line("先进党组织", "张明", "", "", "1980-01-01 出生", "1")
    assert "出生日期" in refused(lambda: draft(personas, kind="notice", lines=[line]))
    assert "没有公示对象" in refused(lambda: draft(personas, kind="notice"))
    assert "都要填写" in refused(lambda: draft(personas, body=" "))
    made = draft(personas)
    Publication.objects.filter(pk=made.pk).update(body="联系 13800000001")
    made.refresh_from_db()
    assert "手机号码" in refused(lambda: issue(personas, made))


def test_a_bulletin_has_one_number_in_its_topic(personas: Personas) -> None:
    topic = Topic.objects.create(title="专题", subject_model="a.B", subject_pk="1")
    draft(personas, kind="bulletin", topic=topic, issue_number=1)
    assert "已有这一期" in refused(lambda: draft(personas, kind="bulletin", topic=topic, issue_number=1))


def test_a_special_issue_gathers_what_is_out(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-29, W-05: a numbered issue with its editor's note, laid out when it is issued, for everybody to fetch."""
    topic = Topic.objects.create(title="创先争优", subject_model="a.B", subject_pk="1")
    first, second = (draft(personas, topic=topic, title=title) for title in ("做法一", "做法二"))
    given: dict[str, Any] = {"kind": "special", "topic": topic, "issue_number": 1, "title": "专刊一", "note": "供借鉴"}
    issue(personas, first)
    assert "没有发布或已撤下" in refused(lambda: draft(personas, pieces=[first, second], **given))
    assert "至少 2 篇" in refused(lambda: draft(personas, pieces=[first], **given))
    issue(personas, second)
    special = issue(personas, draft(personas, pieces=[first, second], **given))
    page = reverse("publishing:public", args=[special.pk])
    assert Client().get(reverse("publishing:document", args=[special.pk]))["Location"] == page
    laid_out: list[str] = []

    def lay_out(html: str) -> bytes:
        laid_out.append(html)
        return b"%PDF-1.4"

    monkeypatch.setattr(issues, "html_to_pdf", lay_out)
    job = Job.objects.unscoped("test").get(kind="bulletin")
    run(job.pk, issues.build_document)
    run(job.pk, issues.build_document)
    [text] = laid_out
    for words in ("创先争优专刊", "第1期", "编者按：</b>供借鉴", "1.做法一", "2.做法二", "责编：", "签发："):
        assert words in text
    fetched: Any = Client().get(reverse("publishing:document", args=[special.pk]))
    assert b"".join(fetched.streaming_content) == b"%PDF-1.4"
    shown = Client().get(page).content.decode()
    assert ("下载本期 PDF" in shown, "做法二" in shown) == (True, True)
    admin = personas.department_admin.actor
    with acting_as(admin):
        assert issues.ask_document(special, actor=admin, now=NOW) is not None
        services.withdraw_at_desk(first, reason="有误", actor=admin, now=NOW, version=first.version)
        special.refresh_from_db()
        assert special.document_id is None
    assert "做法一" not in issues.issue_html(special)
    with acting_as(admin), pytest.raises(Refused, match="不是已发布的简报或专刊"):
        issues.ask_document(second, actor=admin, now=NOW)


def test_a_topic_shows_the_masses_how_it_goes_on(personas: Personas) -> None:
    """C-23, C-29: progress, bulletins and articles of one campaign on one page without signing in."""
    topic = Topic.objects.create(title="创先争优专题", subject_model="a.B", subject_pk="1")
    page = reverse("publishing:topic", args=[topic.pk])
    assert Client().get(page).status_code == 404
    issue(personas, draft(personas, kind="progress", topic=topic, title="开展情况", body="已有 120 个单位参加。"))
    issue(personas, draft(personas, kind="bulletin", topic=topic, issue_number=1, title="动员部署"))
    hidden = draft(personas, topic=topic, title="还没有签发")
    shown = Client().get(page).content.decode()
    assert "已有 120 个单位参加" in shown
    assert "第 1 期" in shown
    assert hidden.title not in shown
    index = Client().get(reverse("publishing:index")).content.decode()
    assert "创先争优专题" in index
    withdrawn = Publication.objects.get(title="动员部署")
    admin = personas.department_admin.actor
    with acting_as(admin):
        services.withdraw_at_desk(withdrawn, reason="有误", actor=admin, now=NOW, version=withdrawn.version)
    assert "动员部署" not in Client().get(page).content.decode()


def test_a_notice_is_taken_down_where_its_list_is(personas: Personas) -> None:
    made = notice(personas)
    admin = personas.department_admin.actor
    with acting_as(admin):
        text = refused(
            lambda: services.withdraw_at_desk(made, reason="有误", actor=admin, now=NOW, version=made.version)
        )
    assert "评选页面" in text


def test_so_many_objections_a_day_from_one_place(personas: Personas) -> None:
    made = notice(personas)
    for _time in range(5):
        services.lodge_objection(made, text="情况不实", line=None, address="10.0.0.1", now=NOW)
    with pytest.raises(TooMany):
        services.lodge_objection(made, text="情况不实", line=None, address="10.0.0.1", now=NOW)
    services.lodge_objection(made, text="情况不实", line=None, address="10.0.0.2", now=NOW)
    assert Objection.objects.count() == 6
    assert Objection.objects.filter(sender__contains="10.0.0").count() == 0


def test_an_objection_has_words_and_no_numbers(personas: Personas) -> None:
    made = notice(personas)

    def lodge(text: str, line: Any = None) -> Any:
        return services.lodge_objection(made, text=text, line=line, address="", now=NOW)

    assert "请写明" in refused(lambda: lodge(" "))
    assert "手机号码" in refused(lambda: lodge("打 13800000001 找我"))
    assert "不在这项公示中" in refused(lambda: lodge("不实", notice(personas).lines.get()))


def test_an_objection_is_looked_into_by_another_person(personas: Personas) -> None:
    made = notice(personas)
    objection = services.lodge_objection(made, text="情况不实", line=None, address="", now=NOW)
    staff, other = personas.department_staff.actor, personas.other_committee.actor
    for actor, word in ((staff, "其他人核查"), (other, "不能办理")):
        with acting_as(actor):
            text = refused(
                lambda actor=actor: services.investigate_objection(
                    objection, actor=actor, now=NOW, version=objection.version
                )
            )
        assert word in text
    assert AuditEvent.objects.filter(action="publishing.lodge_objection", user=None).count() == 1


def test_the_last_day_of_a_notice_is_a_day_of_it(personas: Personas) -> None:
    made = notice(personas)
    assert made.ends_on is not None
    last = NOW + timedelta(days=(made.ends_on - NOW.date()).days)
    services.lodge_objection(made, text="情况不实", line=None, address="", now=last)
    text = refused(
        lambda: services.lodge_objection(made, text="迟了", line=None, address="", now=last + timedelta(days=1))
    )
    assert "已于" in text
