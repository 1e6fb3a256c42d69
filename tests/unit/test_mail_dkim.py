"""DKIM: signatures that another reading of RFC 6376 finds good, and none after a change."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from tests.mail import composed, raw

if TYPE_CHECKING:
    from pathlib import Path

Key: TypeAlias = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest) -> Key:
    if request.param == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ed25519.Ed25519PrivateKey.generate()


@pytest.fixture
def signed(key: Key, tmp_path: Path) -> bytes:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "key.pem").write_bytes(pem)
    return raw(composed(), dkim_key_file=str(tmp_path / "key.pem"), dkim_selector="s1")


def unfolded(head: str) -> list[tuple[str, str]]:
    """Headers as RFC 6376 section 3.4.2 wants them, in their order."""
    lines = re.sub(r"\r\n(?=[ \t])", "", head).split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return [(name.strip().lower(), " ".join(value.split())) for name, value in pairs]


def verified(message: bytes, key: Key) -> None:
    """Raise where a receiver would not believe the signature."""
    head, _, body = message.decode().partition("\r\n\r\n")
    first, *others = unfolded(head)
    assert first[0] == "dkim-signature"
    tags = dict(re.split(r"\s*=\s*", tag.strip(), maxsplit=1) for tag in first[1].split(";"))
    lines = [re.sub(r"[ \t]+", " ", line).rstrip(" ") for line in body.split("\r\n")]
    canonical = "\r\n".join(lines).rstrip("\r\n") + "\r\n"
    if base64.b64decode(tags["bh"]) != sha256(canonical.encode()).digest():
        raise InvalidSignature
    names = [name.strip() for name in tags["h"].split(":")]
    left = dict(others)
    assert len(left) == len(others)
    sealed = "".join(f"{name}:{left.pop(name)}\r\n" for name in names if name in left)
    sealed += "dkim-signature:" + re.sub(r"\bb=[^;]*$", "b=", first[1])
    seal = base64.b64decode(tags["b"].replace(" ", ""))
    if isinstance(key, rsa.RSAPrivateKey):
        key.public_key().verify(seal, sealed.encode(), padding.PKCS1v15(), hashes.SHA256())
    else:
        key.public_key().verify(seal, sha256(sealed.encode()).digest())


def test_the_signature_is_good(signed: bytes, key: Key):
    verified(signed, key)
    head = signed.partition(b"\r\nFrom:")[0]
    assert b"d=example.org; s=s1;" in head
    assert b"list-unsubscribe-post" in head
    assert max(map(len, signed.split(b"\r\n"))) <= 100


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Score 93", b"Score 39"), (b"/u/", b"/x/"), (b"Subject: f", b"Subject: g"),
     (b"One-Click", b"Two-Click")],
)  # fmt: skip
def test_nothing_can_be_changed(signed: bytes, key: Key, old: bytes, new: bytes):
    assert old in signed
    with pytest.raises(InvalidSignature):
        verified(signed.replace(old, new, 1), key)
