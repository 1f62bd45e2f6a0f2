"""The library: versions follow one another, who reads what, refusals, pages (A-34, P-25)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from associations.library import services
from associations.library.enums import InForce
from associations.library.models import LibraryDocument
from associations.library.rules import may_end, may_replace, state_on
from portal.access.decisions import Conflict, Refused
from portal.access.scoping import everything, scoped
from portal.files.services import store
from portal.home.demonstration.closes import paper
from portal.home.demonstration.library import DOCUMENTS
from tests.personas import Personas

D = date(2026, 6, 1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ends_on", "day", "expected"),
    [
        (None, D - DAY, InForce.COMING),
        (None, D, InForce.CURRENT),
        (D + DAY, D + DAY, InForce.CURRENT),
        (D, D + DAY, InForce.ENDED),
    ],
)
def test_state_of_a_document(ends_on: date | None, day: date, expected: InForce) -> None:
    assert state_on(D, ends_on, day) == expected


@pytest.mark.parametrize(
    ("ends_on", "starts_on", "is_replaced", "allowed"),
    [
        (None, D + DAY, False, True),
        (None, D, False, False),
        (None, D + DAY, True, False),
        (D + DAY, D + DAY, False, False),
        (D, D + DAY, False, True),
    ],
)
def test_next_version_follows(ends_on: date | None, starts_on: date, is_replaced: bool, allowed: bool) -> None:
    assert bool(may_replace(D, ends_on, starts_on, is_replaced=is_replaced)) is allowed


@pytest.mark.parametrize(("ends_on", "last", "allowed"), [(None, D, True), (D, D, False), (None, D - DAY, False)])
def test_ended_once(ends_on: date | None, last: date, allowed: bool) -> None:
    assert bool(may_end(D, ends_on, last)) is allowed


def test_demonstration_has_the_documents_of_the_seed() -> None:
    kinds = [kind for kind, _title, _number in DOCUMENTS]
    assert (kinds.count("normative") + kinds.count("template"), kinds.count("guide")) == (6, 5)


def published(personas: Personas, now: Any, **given: Any) -> LibraryDocument:
    actor = personas.department_staff.actor
    fields = {
        "kind": "guide",
        "title": "党组织参与决策管理工作指引",
        "number": "",
        "issuer": "省委社会工作部",
        "audience": "associations",
        "summary": "",
        "starts_on": date(2026, 1, 1),
        "file": store(b"%PDF-1.4", name="指引.pdf", kind="library", actor=actor, now=now),
    }
    return services.publish(actor=actor, now=now, **fields | given)


def test_versions_follow_one_another(personas: Personas, now: Any) -> None:
    first = published(personas, now)
    actor = personas.department_staff.actor
    given: dict[str, Any] = {"number": "", "summary": "修订", "file": first.file, "actor": actor, "now": now}
    second = services.replace(first, starts_on=date(2026, 5, 1), version=first.version, **given)
    assert (second.edition, second.replaces, first.ends_on) == (2, first, date(2026, 4, 30))
    with pytest.raises(Refused, match="已有新版"):
        services.replace(first, starts_on=date(2026, 6, 1), version=first.version, **given)
    with pytest.raises(Conflict):
        services.end(second, ends_on=date(2026, 9, 1), reason="停用", actor=actor, version=9, now=now)
    done = services.end(second, ends_on=date(2026, 9, 1), reason="停用", actor=actor, version=second.version, now=now)
    assert (done.ends_on, done.end_reason) == (date(2026, 9, 1), "停用")
    for words, changed in (("须有文号", {"kind": "normative", "title": "办法"}), ("从原文件发布新版", {})):
        with pytest.raises(Refused, match=words):
            published(personas, now, **changed)
    with pytest.raises(Refused, match="不能登记制度文件失效"):
        services.end(second, ends_on=date(2026, 9, 1), reason="x", actor=personas.registrar.actor, version=2, now=now)


def test_associations_read_what_is_meant_for_them(personas: Personas, now: Any, sign_in: Any) -> None:
    open_to_all = published(personas, now)
    inner = published(personas, now, title="行政执法工作指引", audience="staff")
    reach = {
        name: scoped(LibraryDocument, personas[name].actor).count()
        for name in ("registrar", "association_filer", "branch_secretary", "auditor")
    }
    assert reach == {"registrar": 2, "association_filer": 1, "branch_secretary": 1, "auditor": 0}
    client: Client = sign_in(personas.association_filer)
    answer: Any = client.get(f"/library/{open_to_all.pk}/file/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4"
    assert client.get(f"/library/{inner.pk}/file/").status_code == 404
    assert "行政执法" not in client.get("/library/").content.decode()


def test_pages(personas: Personas, now: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    one = published(personas, now)
    client: Client = sign_in(personas.department_staff)
    pages = ("", "new/", f"{one.pk}/", f"{one.pk}/replace/", f"{one.pk}/end/", "?kind=guide&state=current&q=决策")
    for page in pages:
        with django_assert_max_num_queries(15):
            assert client.get(f"/library/{page}").status_code == 200, page
    file = SimpleUploadedFile("手册.pdf", paper(), content_type="application/pdf")
    today = timezone.localdate().isoformat()
    posted = {"kind": "manual", "title": "标准化规范化手册", "issuer": "省委社会工作部", "audience": "associations"}
    answer = client.post("/library/new/", posted | {"starts_on": today, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    with everything("test"):
        assert LibraryDocument.objects.get(kind="manual").file.name == "手册.pdf"
