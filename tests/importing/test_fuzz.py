"""Damage in any place, and nonsense in any cell: read honestly or refused with a code, never a traceback."""

import datetime as dt
import io
import random
import zipfile

import pytest
from django.utils import timezone

from portal import importing
from portal.access.actor import acting_as
from portal.access.scoping import everything
from portal.importing import child, services
from portal.importing.models import ImportRow
from portal.importing.refusals import FileRefused
from tests import workbooks
from tests.factories import uscc

PLAIN = workbooks.city_office([uscc(9400 + number, prefix="51430100") for number in range(8)])
SEEDS = range(4)
MUTANTS = 30


def mutant(chance: random.Random) -> bytes:
    """The workbook with bytes changed, cut off, or with a part taken out or spoiled."""
    way = chance.randrange(4)
    if way == 0:
        damaged = bytearray(PLAIN)
        for _ in range(chance.randrange(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        return bytes(damaged)
    if way == 1:
        return PLAIN[: chance.randrange(len(PLAIN))]
    source = zipfile.ZipFile(io.BytesIO(PLAIN))
    parts = {name: source.read(name) for name in source.namelist()}
    part = chance.choice(list(parts))
    if way == 2:
        del parts[part]
        return workbooks.archive(parts)
    spoiled = bytearray(parts[part])
    for _ in range(chance.randrange(1, 8)):
        place = chance.randrange(len(spoiled))
        spoiled[place : place + chance.randrange(6)] = bytes(chance.choice(b'<>/"=&A1 0x\xff') for _ in range(4))
    return workbooks.archive(parts | {part: bytes(spoiled)})


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_workbook_is_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    answers = set()
    for number in range(MUTANTS):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "upload").write_bytes(mutant(chance))
        try:
            child.read(folder / "upload", "a.xlsx", lambda *_: None, max_bytes=10**7)
            answers.add("read")
        except FileRefused as refused:
            answers.add(refused.code)
    assert "file.unreadable" in answers
    assert answers <= {
        "read",
        "file.unreadable",
        "file.type",
        "file.bomb",
        "file.too_large",
        "file.encrypted",
        "file.empty",
    }


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
