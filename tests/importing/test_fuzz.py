"""Damage in any place, and nonsense in any cell: read honestly or refused with a code, never a traceback."""

import datetime as dt
import io
import random
import resource
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.utils import timezone

from associations.registry.models import Association
from portal import importing
from portal.access.actor import acting_as
from portal.access.scoping import everything
from portal.importing import child, services
from portal.importing.command import Order, carry_out
from portal.importing.models import ImportRow
from portal.importing.refusals import FileRefused
from tests import other_formats, workbooks
from tests.factories import uscc

SEEDS = range(4)
MUTANTS = 30
HEAVY_SEEDS = range(20)
HEAVY_MUTANTS = 50
CITY = [uscc(9400 + number, prefix="51430100") for number in range(8)]
LINES = [workbooks.PLAIN_HEADER, *(workbooks.association_row(f"湖南省第{n}商会", code) for n, code in enumerate(CITY))]
PLAIN = {
    "a.xlsx": workbooks.city_office(CITY),
    "a.xls": other_formats.xls_table(LINES),
    "a.ods": other_formats.ods_table(LINES),
    "a.csv": workbooks.as_csv(LINES, "gb18030"),
    "b.csv": workbooks.as_csv(LINES, "utf-16"),
}
REFUSALS = {
    "file.bomb",
    "file.empty",
    "file.encoding",
    "file.encrypted",
    "file.no_header",
    "file.no_rows",
    "file.too_large",
    "file.type",
    "file.unreadable",
    "template.missing_required",
}
SECONDS = 10
CHILD_MEGABYTES = 512


def flipped(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.randrange(1, 20)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def mutant(chance: random.Random) -> tuple[str, bytes]:
    """A file with bytes changed, cut off, doubled, or with a part of it taken out, spoiled, or exchanged."""
    name = chance.choice(list(PLAIN))
    content = PLAIN[name]
    way = chance.randrange(7)
    if way == 0:
        return name, flipped(content, chance)
    if way == 1:
        return name, content[: chance.randrange(len(content))]
    if way == 2:
        middle = chance.randrange(len(content))
        return name, content[:middle] + content[chance.randrange(len(content)) :]
    if way == 3:
        return chance.choice(list(PLAIN)), content
    if not zipfile.is_zipfile(io.BytesIO(content)):
        place = chance.randrange(len(content))
        junk = bytes(chance.choice(b'",;\t\r\n\x00\xff\xfeA1') for _ in range(chance.randrange(1, 9)))
        return name, content[:place] + junk + content[place:]
    source = zipfile.ZipFile(io.BytesIO(content))
    parts = {part: source.read(part) for part in source.namelist()}
    part = chance.choice(list(parts))
    if way == 4:
        del parts[part]
    elif way == 5:
        parts[part] = flipped(parts[part], chance)
    else:
        spoiled = bytearray(parts[part])
        for _ in range(chance.randrange(1, 8)):
            place = chance.randrange(len(spoiled))
            spoiled[place : place + chance.randrange(6)] = bytes(chance.choice(b'<>/"=&A1 0x\xff') for _ in range(4))
        parts[part] = bytes(spoiled)
    return name, workbooks.archive(parts)


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Nothing that reads a file may take longer."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_file_is_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    answers = set()
    for _ in range(MUTANTS):
        name, content = mutant(chance)
        (tmp_path / "upload").write_bytes(content)
        try:
            with within(SECONDS):
                child.read(tmp_path / "upload", name, lambda *_: None, max_bytes=10**7)
            answers.add("read")
        except FileRefused as refused:
            answers.add(refused.code)
    assert {"read", "file.unreadable"} <= answers <= REFUSALS | {"read"}


@pytest.mark.heavy
@pytest.mark.parametrize("seed", HEAVY_SEEDS)
def test_thousand_damaged_files_through_the_command(tmp_path, province, personas, seed):
    """1,000 in all: no exception, nothing written of what is refused, all of what is not; time and memory kept."""
    assert province.changsha
    chance = random.Random(1_000 + seed)
    actor = personas.department_admin.actor
    for _ in range(HEAVY_MUTANTS):
        name, content = mutant(chance)
        path = tmp_path / name
        path.write_bytes(content)
        (tmp_path / "upload").write_bytes(content)
        with within(SECONDS), suppress(FileRefused):
            child.read(tmp_path / "upload", name, lambda *_: None, max_bytes=10**7)
        before = associations()
        with acting_as(actor), within(SECONDS):
            said = carry_out(Order("associations", path, commit=True), actor=actor, now=timezone.now())
        if said["state"] == "refused":
            assert said["refusal"]["code"] in REFUSALS
            assert associations() == before
        else:
            assert associations() == before + (said["counts"]["new"] if said["state"] == "committed" else 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert used < CHILD_MEGABYTES


def associations() -> int:
    with everything("the whole register"):
        return Association.objects.count()


def nonsense(chance: random.Random, known: list[object]) -> object:
    """A cell as nobody should fill it in."""
    kinds = [
        None,
        chance.choice(known),
        chance.randrange(-(10**6), 10**6),
        chance.random() * 10 ** chance.randrange(20),
        10 ** chance.randrange(1, 20),
        chance.choice(
            ["", " ", "/", "—", "无", "是", "×", "=1+1", "#REF!", "协会" * 300, "a\nb", "\u200b", "一、", "合计"]
        ),
        dt.date(1900, 3, 1) + dt.timedelta(days=chance.randrange(60_000)),
        chance.choice([True, False]),
        "".join(chance.choice("湖南省长沙市协会商会(（)）·-、；0123456789ABC") for _ in range(chance.randrange(12))),
    ]
    return chance.choice(kinds)


@pytest.mark.parametrize("kind", ["associations", "departments", "party_organizations"])
@pytest.mark.parametrize("seed", SEEDS)
def test_nonsense_in_any_cell_is_answered_row_by_row(run_import, province, personas, kind, seed):
    province.fill()
    chance = random.Random(seed)
    columns = importing.resource_for(kind).columns()
    known = [
        province.tea.uscc,
        province.tea.name,
        province.unit.name,
        "湖南省",
        "长沙市",
        "社会团体",
        "省级",
        "支部",
        uscc(),
    ]
    header = [column.label for column in columns]
    rows = [[nonsense(chance, known) for _ in columns] for _ in range(40)]
    rows.append([column.parser.example for column in columns])
    good = {
        "uscc": province.trade.uscc,
        "staff_count": 5,
        "code": "X-1",
        "full_member_count": 3,
        "party_working_member_count": 2,
    }
    good |= {"name": {"departments": province.other_unit.name}.get(kind, province.trade_branch.name)}
    good |= {"name": province.trade.name} if kind == "associations" else {}
    rows.insert(0, [good.get(column.code) for column in columns])
    batch = run_import(workbooks.table(rows, header), kind)
    assert batch.state == "previewed"
    assert batch.read_count == batch.new_count + batch.changed_count + batch.same_count + batch.rejected_count
    accepted = ImportRow.objects.filter(batch=batch).exclude(added=None, changed=None).count()
    assert accepted == batch.new_count + batch.changed_count > 0
    before = register(kind)
    actor, now = personas.department_admin.actor, timezone.now()
    with acting_as(actor):
        batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
        batch = services.commit(batch, actor=actor, now=now)
        assert batch.state == "committed"
        batch = services.undo(batch, actor=actor, version=batch.version, now=now)
    assert batch.left_count == 0
    assert register(kind) == before


def register(kind):
    """Every business column of every row that the kind may write."""
    skipped = ("version", "updated_at")
    with everything("the test compares the whole register"):
        return {
            code: [
                {name: value for name, value in row.items() if name not in skipped}
                for row in model.objects.order_by("pk").values()
            ]
            for code, model in importing.resource_for(kind).tables().items()
        }
