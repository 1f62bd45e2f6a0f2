"""The key ring: private, whole, never made anew behind an operator's back."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from portal.privacy import keys
from portal.privacy.checks import check_cipher, check_key_ring
from portal.privacy.keys import KeyRingError, add_key, make_ring, read_ring, ring, ring_path
from portal.privacy.sealing import seal, unseal

PLACE = {"table": "people_person", "column": "phone", "row": 1}


def test_demonstration_makes_its_ring_once_and_keeps_it_private(tmp_path: Path) -> None:
    first = ring()
    assert ring_path() == tmp_path / "keys" / "ring.json"
    assert stat.S_IMODE(ring_path().stat().st_mode) == 0o600
    assert stat.S_IMODE(ring_path().parent.stat().st_mode) == 0o700
    make_ring(ring_path())
    assert ring() == first


def test_production_makes_no_ring(settings: Any) -> None:
    settings.PORTAL_MODE = "production"
    with pytest.raises(KeyRingError, match="不存在"):
        ring()
    assert [error.id for error in check_key_ring(None)] == ["privacy.E001"]
    assert not ring_path().exists()


def test_ring_does_not_follow_from_the_secret_key(settings: Any) -> None:
    token = seal("13800138000", **PLACE)
    settings.SECRET_KEY = "another" * 10
    assert unseal(token, **PLACE) == "13800138000"


def test_ring_shows_nothing_of_itself() -> None:
    assert repr(ring()) == "<KeyRing k1 of 1>"


def test_added_key_is_active_and_the_earlier_one_still_reads() -> None:
    token = seal("13800138000", **PLACE)
    assert add_key(ring_path()) == "k2"
    assert seal("13800138000", **PLACE).startswith("v1.k2.")
    assert unseal(token, **PLACE) == "13800138000"
    assert stat.S_IMODE(ring_path().stat().st_mode) == 0o600


def test_value_of_another_ring_says_which_key_is_lacking() -> None:
    token = seal("13800138000", **PLACE).replace(".k1.", ".k9.")
    with pytest.raises(KeyRingError, match="没有编号为 k9 的密钥"):
        unseal(token, **PLACE)


def altered(**changes: Any) -> str:
    content = json.loads(ring_path().read_text()) | changes
    return json.dumps({key: value for key, value in content.items() if value is not None})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: "", "不是完整的 JSON"),
        (lambda: altered(version=2), "版本或现用密钥编号不对"),
        (lambda: altered(active="k7"), "版本或现用密钥编号不对"),
        (lambda: altered(index=None), "内容不完整"),
        (lambda: altered(keys={"k1": "c2hvcnQ="}), "内容不完整"),
        (lambda: altered(keys=[]), "内容不完整"),
    ],
)
def test_damaged_ring_is_told_without_its_keys(content: Any, said: str) -> None:
    secrets = list(json.loads((make_ring(ring_path()), ring_path().read_text())[1])["keys"].values())
    ring_path().write_text(content())
    with pytest.raises(KeyRingError, match=said) as caught:
        read_ring(ring_path())
    assert not any(secret in str(caught.value) for secret in secrets)


def test_ring_that_others_can_read_is_refused() -> None:
    ring()
    ring_path().chmod(0o640)
    with pytest.raises(KeyRingError, match=r"权限是 0640.*chmod 600"):
        read_ring(ring_path())


def test_ring_is_made_and_extended_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "production" / "ring.json"
    assert keys.main(["new", str(path)]) == 0
    before = path.read_text()
    assert keys.main(["new", str(path)]) == 1
    assert path.read_text() == before
    assert keys.main(["add", str(path)]) == 0
    assert read_ring(path).active == "k2"
    assert keys.main(["add", str(tmp_path / "none.json")]) == 1
    assert keys.main([]) == 2
    said = capsys.readouterr()
    assert all(key not in said.out + said.err for key in json.loads(path.read_text())["keys"].values())


def test_both_ciphers_are_there(settings: Any) -> None:
    for name in ("aes", "sm4"):
        settings.PORTAL_CIPHER = name
        assert check_cipher(None) == []
    assert check_key_ring(None) == []
