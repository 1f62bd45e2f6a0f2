"""Sealed values and files: what goes in comes out, and nothing altered, moved or cut short opens."""

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.privacy.keys import add_key, ring_path
from portal.privacy.sealing import (
    CHUNK_BYTES,
    SealBroken,
    SealedReader,
    SealedWriter,
    Sm4Gcm,
    blind,
    seal,
    unseal,
)

PLACE = {"table": "people_person", "column": "id_number", "row": "0b0e7c9e-5f61-4b7c-9a53-1f3f5c1a2b3c"}
NUMBER = "990000195601010017"
CIPHERS = st.sampled_from(["aes", "sm4"])
# The data folder (and with it the ring) is one per test, shared by all its examples.
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)


@shared
@given(text=st.text(), cipher=CIPHERS)
def test_value_comes_back(text: str, cipher: str, settings: Any) -> None:
    settings.PORTAL_CIPHER = cipher
    token = seal(text, **PLACE)
    assert unseal(token, **PLACE) == text
    assert token.isascii()
    assert json.loads(json.dumps(token)) == token
    assert not set(token) & set("\t\n\\,\"'")


@shared
@given(cipher=CIPHERS, at=st.integers(0, 10_000), other=st.sampled_from("AZaz09-_."))
def test_altered_value_does_not_open(cipher: str, at: int, other: str, settings: Any) -> None:
    settings.PORTAL_CIPHER = cipher
    token = seal(NUMBER, **PLACE)
    body = token.rindex(".") + 1
    at = body + at % (len(token) - body)
    changed = token[:at] + other + token[at + 1 :]
    if changed == token:
        return
    with pytest.raises(SealBroken):
        unseal(changed, **PLACE)


@shared
@given(cut=st.integers(1, 60))
def test_shortened_value_does_not_open(cut: int) -> None:
    token = seal(NUMBER, **PLACE)
    with pytest.raises(SealBroken):
        unseal(token[:-cut], **PLACE)


@pytest.mark.parametrize("moved", [{"table": "accounts_user"}, {"column": "phone"}, {"row": "another"}])
@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_value_moved_elsewhere_does_not_open(moved: dict[str, str], cipher: str, settings: Any) -> None:
    settings.PORTAL_CIPHER = cipher
    token = seal(NUMBER, **PLACE)
    with pytest.raises(SealBroken):
        unseal(token, **PLACE | moved)


def test_version_is_not_exchangeable() -> None:
    with pytest.raises(SealBroken):
        unseal("v2" + seal(NUMBER, **PLACE)[2:], **PLACE)


@pytest.mark.parametrize("text", [NUMBER, "v1", "v1.k1.", "v3.k1.AAAA", "k1.AAAA"])
def test_what_is_no_sealed_value_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(SealBroken) as caught:
        unseal(text, **PLACE)
    assert text not in str(caught.value)


def test_same_value_never_looks_the_same_twice() -> None:
    assert len({seal(NUMBER, **PLACE) for _ in range(1000)}) == 1000
    assert NUMBER not in seal(NUMBER, **PLACE)


def test_empty_stays_empty() -> None:
    assert seal("", **PLACE) == ""
    assert unseal("", **PLACE) == ""
    assert blind(" ", purpose="phone") == ""


def test_sm4_gcm_gives_the_published_vector() -> None:
    """RFC 8998, appendix A.1."""
    cipher = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    text = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    extra = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert cipher.encrypt(nonce, text, extra) == sealed
    assert cipher.decrypt(nonce, sealed, extra) == text


# The blind index --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("purpose", "spellings"),
    [
        (
            "id_number",
            [
                "99000019560101001X",
                "99000019560101001x",
                "９９００００１９５６０１０１００１Ｘ",
                " 990000 19560101 001X ",
            ],
        ),
        (
            "phone",
            [
                "13800138000",
                "+86 138 0013 8000",
                "０８６１３８００１３８０００"[1:],
                "138-0013-8000",
                "008613800138000",
            ],
        ),
        ("phone", ["073184567890", "0731-84567890", "（0731）84567890"]),
    ],
)
def test_spellings_of_one_number_have_one_index(purpose: str, spellings: list[str]) -> None:
    assert len({blind(text, purpose=purpose) for text in spellings}) == 1


@shared
@given(numbers=st.lists(st.integers(0, 10**11 - 1), min_size=2, max_size=50, unique=True))
def test_different_numbers_and_different_columns_have_different_indexes(numbers: list[int]) -> None:
    texts = [f"{number:011d}" for number in numbers]
    found = [blind(text, purpose=purpose) for text in texts for purpose in ("phone", "id_number")]
    assert len(set(found)) == len(found)
    assert all(len(one) == 64 for one in found)


def test_index_belongs_to_the_ring_and_survives_a_new_data_key() -> None:
    before = blind(NUMBER, purpose="id_number")
    add_key(ring_path())
    assert blind(NUMBER, purpose="id_number") == before
    ring_path().unlink()
    assert blind(NUMBER, purpose="id_number") != before


# Files ------------------------------------------------------------------------------------------------------------
def sealed_file(content: bytes, *, context: str = "") -> bytes:
    below = io.BytesIO()
    with SealedWriter(below, context=context) as out:
        out.write(content)
    return below.getvalue()


SIZES = st.sampled_from([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 17])
few = settings(shared, max_examples=40)


@few
@given(size=SIZES, step=st.integers(1, 3 * CHUNK_BYTES), cipher=CIPHERS)
def test_file_comes_back_however_it_is_cut(size: int, step: int, cipher: str, settings: Any) -> None:
    settings.PORTAL_CIPHER = cipher
    content = bytes(index % 251 for index in range(size))
    below = io.BytesIO()
    with SealedWriter(below) as out:
        for at in range(0, size, step):
            out.write(content[at : at + step])
    below.seek(0)
    reader = SealedReader(below)
    parts = []
    while part := reader.read(step):
        parts.append(part)
    assert b"".join(parts) == content


@few
@given(size=SIZES, position=st.integers(0, 4 * CHUNK_BYTES), count=st.integers(0, 2 * CHUNK_BYTES))
def test_file_can_be_read_from_anywhere(size: int, position: int, count: int) -> None:
    content = bytes(index % 251 for index in range(size))
    reader, plain = SealedReader(io.BytesIO(sealed_file(content))), io.BytesIO(content)
    for offset, whence in ((position, io.SEEK_SET), (-min(size, 5), io.SEEK_END), (0, io.SEEK_END), (0, io.SEEK_SET)):
        assert reader.seek(offset, whence) == plain.seek(offset, whence)
        assert reader.read(count) == plain.read(count)
        assert reader.tell() == plain.tell()


def test_file_can_be_read_by_lines_and_through_a_pipe() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 1000))

    content = "".join(f"第{number}行\n" for number in range(20_000))
    reader = SealedReader(Pipe(sealed_file(content.encode())))
    assert list(io.TextIOWrapper(reader, encoding="utf-8")) == content.splitlines(keepends=True)


@few
@given(at=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_altered_file_does_not_open(at: int, bit: int) -> None:
    sealed = bytearray(sealed_file(b"portal" * 20_000))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Exception) as caught:  # noqa: PT011  a broken seal, or the id of a key that is not there
        SealedReader(io.BytesIO(bytes(sealed))).read()
    assert type(caught.value).__name__ in {"SealBroken", "KeyRingError"}


@few
@given(length=st.integers(0, 10**9))
def test_file_cut_short_does_not_open(length: int) -> None:
    sealed = sealed_file(b"portal" * 40_000)
    with pytest.raises(SealBroken):
        SealedReader(io.BytesIO(sealed[: length % len(sealed)])).read()


def test_chunks_exchanged_or_left_out_do_not_open() -> None:
    sealed = sealed_file(bytes(3 * CHUNK_BYTES))
    step = CHUNK_BYTES + 16
    head = len(sealed) - 3 * step
    one, two, three = (sealed[head + index * step :][:step] for index in range(3))
    for body in (two + one + three, one + three, one + two, one + two + three + three):
        with pytest.raises(SealBroken):
            SealedReader(io.BytesIO(sealed[:head] + body)).read()


def test_file_of_another_context_does_not_open() -> None:
    sealed = sealed_file(b"portal", context="DR-20261122-01")
    assert SealedReader(io.BytesIO(sealed), context="DR-20261122-01").read() == b"portal"
    with pytest.raises(SealBroken):
        SealedReader(io.BytesIO(sealed), context="DR-20261122-02")


def test_file_of_an_interrupted_writer_does_not_open() -> None:
    below = io.BytesIO()
    with pytest.raises(TypeError), SealedWriter(below) as out:
        out.writelines([bytes(CHUNK_BYTES * 2), "not bytes"])
    with pytest.raises(SealBroken):
        SealedReader(io.BytesIO(below.getvalue())).read()
    forgotten = SealedWriter(below := io.BytesIO())
    forgotten.write(b"portal")
    del forgotten
    with pytest.raises(SealBroken):
        SealedReader(io.BytesIO(below.getvalue())).read()


def test_file_shows_nothing_of_its_content() -> None:
    sealed = sealed_file(NUMBER.encode() * 1000)
    assert NUMBER.encode() not in sealed
    assert base64.b64encode(NUMBER.encode())[:-4] not in sealed


def test_end_of_a_file_is_proven_by_verify() -> None:
    sealed = sealed_file(bytes(CHUNK_BYTES * 2 + 5))
    reader = SealedReader(io.BytesIO(sealed))
    reader.verify()
    assert reader.read(5) == bytes(5)
    broken = SealedReader(io.BytesIO(sealed[:-1]))
    assert broken.read(5) == bytes(5)
    with pytest.raises(SealBroken):
        broken.verify()
