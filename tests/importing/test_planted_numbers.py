"""Planted ID numbers and telephones: none of them lies readable anywhere, before, during or after an import."""

import datetime as dt
import logging
import re
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from partybuilding.members.models import PartyMember
from portal.importing.models import ImportBatch
from portal.importing.tasks import commit_batch, read_upload, stage_batch
from portal.jobs.models import Job
from portal.people.models import Person
from tests import workbooks
from tests.people.makers import id_number

TASKS = {"importing.read": read_upload, "importing.stage": stage_batch, "importing.commit": commit_batch}
HEADER = ("姓名", "公民身份号码", "正式/预备", "入党日期", "所在党组织", "联系电话")
# Whatever looks like a number of either kind; a hit counts when it is one of those planted.
NUMBER = re.compile(rb"(?<![0-9])(?:[0-9]{17}[0-9Xx]|1[0-9]{10})(?![0-9])")
BAD_EVERY = 50


@pytest.fixture
def planted(request, province):
    """Rows with an ID number and a telephone each; some numbers are mistyped, and refused."""
    province.fill()
    rows, numbers = [], set()
    for serial in range(request.param):
        born = dt.date(1950, 1, 1) + dt.timedelta(days=serial % 15_000)
        number, phone = id_number(serial % 999, born), f"154{serial:08d}"
        if serial % BAD_EVERY == 7:
            number = number[:-1] + ("1" if number[-1] != "1" else "2")
        numbers |= {number.encode(), phone.encode()}
        rows.append((f"王{chr(0x4E00 + serial % 5000)}{chr(0x5000 + serial // 50)}", number, "正式", "2001-07-01",
                     province.tea_branch.name, phone))  # fmt: skip
    return rows, frozenset(numbers)


def hits(content: bytes, numbers: frozenset[bytes]) -> list[bytes]:
    return [found for found in NUMBER.findall(content) if found.upper() in numbers or found in numbers]


def found_in_files(folder: Path, numbers: frozenset[bytes]) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and hits(path.read_bytes(), numbers)]


def found_in_database(numbers: frozenset[bytes]) -> list[str]:
    """Every value of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 (names of our own tables)
            while rows := cursor.fetchmany(2_000):
                if hits(str(rows).encode("utf-8", "replace"), numbers):
                    found.append(table)
                    break
    return found


def found_in_redis(url: str, numbers: frozenset[bytes]) -> list[str]:
    import redis

    server = redis.Redis.from_url(url)
    return [key for key in server.scan_iter() if hits(key + (server.dump(key) or b""), numbers)]


@pytest.mark.parametrize(
    "planted", [200, pytest.param(10_000, marks=pytest.mark.heavy)], ids=["200", "10,000"], indirect=True
)
def test_planted_numbers_are_found_nowhere(planted, sign_in, personas, settings, tmp_path, monkeypatch, caplog):
    rows, numbers = planted
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    caplog.set_level(logging.DEBUG)
    office = sign_in(personas.department_admin)
    pages = b""

    def search(when: str) -> None:
        assert found_in_database(numbers) == [], when
        assert found_in_files(Path(settings.PORTAL_DATA), numbers) == [], when
        assert found_in_files(folder, numbers) == [], when
        assert hits(caplog.text.encode(), numbers) == [], when
        assert hits(pages, numbers) == [], when
        if settings.REDIS_URL:
            assert found_in_redis(settings.REDIS_URL, numbers) == [], when

    def work() -> None:
        for job in Job.objects.filter(state="queued").order_by("pk"):
            TASKS[job.task](job.pk)

    content = workbooks.table(rows, HEADER)
    upload = {"kind": "party_members", "file": SimpleUploadedFile("党员名册.xlsx", content)}
    assert office.post("/imports/new/", upload).status_code == 302
    work()
    batch = ImportBatch.objects.get()
    search("uploaded")
    for step in ("sheet", "mapping"):
        pages += office.get(f"/imports/{batch.pk}/{step}/").content
    form = office.get(f"/imports/{batch.pk}/mapping/").context["form"]
    choices = {name: form[name].value() for name in form.fields}
    office.post(f"/imports/{batch.pk}/mapping/", choices | {"version": batch.version})
    work()
    batch.refresh_from_db()
    wrong = len(range(7, len(rows), BAD_EVERY))
    assert (batch.state, batch.rejected_count) == ("previewed", wrong)
    for tab in ("rejected", "new", "warning"):
        pages += office.get(f"/imports/{batch.pk}/preview/?show={tab}").content
    search("previewed")
    office.post(f"/imports/{batch.pk}/commit/", {"version": batch.version})
    work()
    batch.refresh_from_db()
    assert batch.state == "committed"
    pages += office.get(f"/imports/{batch.pk}/result/?show=new").content
    search("committed")
    assert PartyMember.objects.count() == Person.objects.exclude(id_number="").count() == len(rows) - wrong
