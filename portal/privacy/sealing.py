"""Values and files encrypted at rest, and the keyed index by which a number is found again.

A token is `v1.<key id>.<base64url of nonce, ciphertext, tag>`; `v1` is AES-256-GCM, `v2` SM4-GCM. Which one new tokens
get is `PORTAL_CIPHER`; both are always read. Table, column and row are bound as associated data, and each column has a
key of its own derived from the ring's: a token moved to another row or column is refused, as is one that was altered.
"""

import base64
import binascii
import hashlib
import hmac
import io
import os
import struct
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import IO, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from portal.privacy.keys import KeyRing, derive, ring

NONCE_BYTES = 12
TAG_BYTES = 16
CHUNK_BYTES = 64 * 1024
MAGIC = b"SWPS"
VERSIONS = {"aes": "v1", "sm4": "v2"}


class SealBroken(Exception):
    """A sealed value or file was altered, cut short, moved, or is no sealed value at all. Carries nothing of it."""


class Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sm4Gcm:
    """SM4 in Galois counter mode (GB/T 32907, RFC 8998), with the interface of `AESGCM`."""

    def __init__(self, key: bytes) -> None:
        self._key = key[:16]

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        if len(data) < TAG_BYTES:
            raise InvalidTag
        decryptor = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


CIPHERS: dict[str, Callable[[bytes], Aead]] = {"v1": AESGCM, "v2": Sm4Gcm}


@lru_cache(maxsize=256)
def _aead(version: str, key: bytes, purpose: str) -> Aead:
    return CIPHERS[version](derive(key, f"{version}|{purpose}"))


def active_prefix() -> str:
    """What a token of the present cipher and key starts with; others are stale."""
    return f"{VERSIONS[settings.PORTAL_CIPHER]}.{ring().active}."


class Sealer:
    """Seals the values of one column of one table; made once for many rows (about 3 µs a value)."""

    def __init__(self, table: str, column: str) -> None:
        keys = ring()
        self._purpose = f"{table}|{column}"
        self._version = VERSIONS[settings.PORTAL_CIPHER]
        self._prefix = f"{self._version}.{keys.active}."
        self._cipher = _aead(self._version, keys.data_key(keys.active), self._purpose)

    def seal(self, text: str, row: object) -> str:
        """The token of `text` for the row with this key; an empty text stays empty."""
        if not text:
            return ""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), f"{self._purpose}|{row}".encode())
        return self._prefix + base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()


def seal(text: str, *, table: str, column: str, row: object) -> str:
    """The token of one value; the row's key must be known before the row is written."""
    return Sealer(table, column).seal(text, row)


def unseal(token: str, *, table: str, column: str, row: object) -> str:
    """The value of a token; raises `SealBroken` for one that is not this row's, `KeyRingError` for a key we lack."""
    if not token:
        return ""
    version, _, rest = token.partition(".")
    key_id, _, body = rest.partition(".")
    if version not in CIPHERS or not body:
        raise SealBroken("not a sealed value")
    cipher = _aead(version, ring().data_key(key_id), f"{table}|{column}")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != body:
            raise SealBroken("a sealed value was altered")
        text = cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], f"{table}|{column}|{row}".encode())
    except (InvalidTag, binascii.Error, ValueError):
        raise SealBroken("a sealed value was altered or moved") from None
    return text.decode()


# The blind index --------------------------------------------------------------------------------------------------
def normal_id_number(text: str) -> str:
    """Half-width, capital letters, without spaces and hyphens."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in folded if not character.isspace() and character not in "-—·'")


def normal_phone(text: str) -> str:
    """Digits only; +86 and 0086 before a number fall away."""
    digits = "".join(character for character in unicodedata.normalize("NFKC", text) if character.isdigit())
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) - len(prefix) == 11:
            return digits[len(prefix) :]
    return digits


NORMALISERS = {"id_number": normal_id_number, "phone": normal_phone}


class BlindIndex:
    """The keyed index of one kind of number; made once for many values (about 3 µs a value)."""

    def __init__(self, purpose: str) -> None:
        self._normal = NORMALISERS[purpose]
        self._mac = hmac.new(_index_key(ring(), purpose), digestmod=hashlib.sha256)

    def of(self, text: str) -> str:
        """64 hexadecimal digits, equal for equal numbers after normalising; an empty number has none."""
        normal = self._normal(text)
        if not normal:
            return ""
        mac = self._mac.copy()
        mac.update(normal.encode())
        return mac.hexdigest()


def blind(text: str, *, purpose: str) -> str:
    """The blind index of one value, purpose `id_number` or `phone`."""
    return BlindIndex(purpose).of(text)


def _index_key(keys: KeyRing, purpose: str) -> bytes:
    return derive(keys.index_key, f"blind|{purpose}")


# Files ------------------------------------------------------------------------------------------------------------
def _chunk_nonce(number: int, *, is_last: bool) -> bytes:
    """Order and end are part of the nonce: a chunk moved, doubled or missing at the end does not open."""
    return struct.pack(">3xQB", number, is_last)


class SealedWriter(io.RawIOBase):
    """Writes a file encrypted, in chunks, under a key of its own that the ring wraps. `close()` completes it.

    The file below stays open. A writer left by an exception, or never closed, leaves a file that does not open.
    `context` names what the file belongs to (a batch, say) and must be given again for reading.
    """

    def __init__(self, fileobj: IO[bytes], *, context: str = "") -> None:
        super().__init__()
        keys, version, secret = ring(), VERSIONS[settings.PORTAL_CIPHER], os.urandom(32)
        self._file, self._cipher = fileobj, CIPHERS[version](secret)
        self._pending, self._number, self._is_done = bytearray(), 0, False
        head = MAGIC + version.encode() + bytes([len(keys.active)]) + keys.active.encode()
        nonce = os.urandom(NONCE_BYTES)
        wrap = _aead(version, keys.data_key(keys.active), "file")
        fileobj.write(head + nonce + wrap.encrypt(nonce, secret, head + context.encode()))

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self._is_done:
            raise ValueError("the sealed file is complete")
        view = memoryview(data).cast("B")
        self._pending += view
        # The last chunk is told from the others, so a full one waits until more follows.
        if len(self._pending) > CHUNK_BYTES:
            offset = 0
            while len(self._pending) - offset > CHUNK_BYTES:
                self._put(bytes(self._pending[offset : offset + CHUNK_BYTES]), is_last=False)
                offset += CHUNK_BYTES
            del self._pending[:offset]
        return len(view)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_chunk_nonce(self._number, is_last=is_last), chunk, None))
        self._number += 1

    def close(self) -> None:
        if not self._is_done:
            self._is_done = True
            self._put(bytes(self._pending), is_last=True)
            self._pending.clear()
            self._file.flush()
        super().close()

    def abandon(self) -> None:
        """Give the file up: what was written does not open."""
        self._is_done = True
        self._pending.clear()
        super().close()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __del__(self) -> None:
        # Python would call close() and so complete a file that its writer never finished.
        self._is_done = True


class SealedReader(io.BufferedIOBase):
    """Reads what `SealedWriter` wrote; raises `SealBroken` at the first chunk that is not as it was written.

    Seekable when the file below is. The end is proven only by reading it: use `verify()` where a part is read.
    """

    def __init__(self, fileobj: IO[bytes], *, context: str = "") -> None:
        super().__init__()
        self._file = fileobj
        start = self._exactly(len(MAGIC) + 3)
        head = start + self._exactly(start[-1]) if start else b""
        wrapped = self._exactly(NONCE_BYTES + 32 + TAG_BYTES)
        version = start[len(MAGIC) : len(MAGIC) + 2].decode("ascii", "replace")
        if not start.startswith(MAGIC) or version not in CIPHERS or not wrapped:
            raise SealBroken("not a sealed file")
        key = ring().data_key(head[len(MAGIC) + 3 :].decode("ascii", "replace"))
        try:
            secret = _aead(version, key, "file").decrypt(
                wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], head + context.encode()
            )
        except InvalidTag:
            raise SealBroken("a sealed file was altered or belongs to something else") from None
        self._cipher = CIPHERS[version](secret)
        self._body = len(head) + len(wrapped)
        self._ahead = b""
        self._next, self._is_over = 0, False
        self._chunk, self._at, self._base = b"", 0, 0

    def _exactly(self, count: int) -> bytes:
        parts, missing = [], count
        while missing and (part := self._file.read(missing)):
            parts.append(part)
            missing -= len(part)
        return b"" if missing else b"".join(parts)

    def _advance(self) -> bool:
        """Open the next chunk; False at the proven end."""
        if self._is_over:
            return False
        wanted = CHUNK_BYTES + TAG_BYTES
        parts, missing = [self._ahead], wanted + 1 - len(self._ahead)
        while missing and (part := self._file.read(missing)):
            parts.append(part)
            missing -= len(part)
        sealed = b"".join(parts)
        self._is_over = len(sealed) <= wanted
        self._ahead = sealed[wanted:]
        try:
            opened = self._cipher.decrypt(_chunk_nonce(self._next, is_last=self._is_over), sealed[:wanted], None)
        except (InvalidTag, ValueError):
            self._is_over = True
            raise SealBroken("a sealed file was altered or cut short") from None
        self._base = self._next * CHUNK_BYTES
        self._next += 1
        self._chunk, self._at = opened, 0
        return True

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def tell(self) -> int:
        return self._base + self._at

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            parts = [self._chunk[self._at :]]
            self._at = len(self._chunk)
            while self._advance():
                parts.append(self._chunk)
                self._at = len(self._chunk)
            return b"".join(parts)
        parts, missing = [], size
        while missing > 0:
            if self._at >= len(self._chunk) and not self._advance():
                break
            part = self._chunk[self._at : self._at + missing]
            self._at += len(part)
            missing -= len(part)
            parts.append(part)
        return b"".join(parts)

    def read1(self, size: int = -1) -> bytes:
        if self._at >= len(self._chunk) and not self._advance():
            return b""
        part = self._chunk[self._at : self._at + size] if size >= 0 else self._chunk[self._at :]
        self._at += len(part)
        return part

    def peek(self, size: int = 0) -> bytes:
        if self._at >= len(self._chunk) and not self._advance():
            return b""
        return self._chunk[self._at :]

    def _size(self) -> int:
        """The length of what was written, told by the file below."""
        self._file.seek(0, os.SEEK_END)
        sealed = self._file.tell() - self._body
        chunks = max(1, -(-sealed // (CHUNK_BYTES + TAG_BYTES)))
        return int(sealed - chunks * TAG_BYTES)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if not self.seekable():
            raise io.UnsupportedOperation("the file below cannot seek")
        size = self._size()
        if whence == os.SEEK_CUR:
            offset += self.tell()
        elif whence == os.SEEK_END:
            offset += size
        if offset < 0:
            raise ValueError(f"negative position {offset}")
        # A position at the very end belongs to the last chunk, so that the end is proven by reading there.
        number = min(offset, max(size - 1, 0)) // CHUNK_BYTES
        self._file.seek(self._body + number * (CHUNK_BYTES + TAG_BYTES))
        self._next, self._ahead, self._is_over = number, b"", False
        self._advance()
        self._at = offset - self._base
        return offset

    def verify(self) -> None:
        """Read to the end and back to the start: the whole file is as it was written."""
        while self._advance():
            pass
        self.seek(0)
