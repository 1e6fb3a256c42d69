"""DKIM: a signature over headers and body, by which receivers know who answers for a mail.

RFC 6376 with relaxed canonicalisation of both, SHA-256, and an RSA or Ed25519 (RFC 8463) key. Needs
the `dkim` extra; without a key file the submission server signs, as most do.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from paperlark.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.mail.settings import MailSettings

_BLANKS: Final = re.compile(rb"[ \t]+")
_FOLDED: Final = re.compile(rb"\r\n(?=[ \t])")
_SIGNED: Final = (
    b"from", b"to", b"subject", b"date", b"message-id", b"list-id", b"list-unsubscribe",
    b"list-unsubscribe-post", b"mime-version", b"content-type",
)  # fmt: skip
_WIDTH: Final = 72


class Signer:
    """Signs whole messages for one domain.

    Args:
        domain, selector: where DNS holds the public key.
        algorithm: ``rsa-sha256`` or ``ed25519-sha256``.
        sign: from the bytes to be signed to the signature.
    """

    def __init__(
        self, domain: str, selector: str, algorithm: str, sign: Callable[[bytes], bytes]
    ) -> None:
        self._domain, self._selector = domain, selector
        self._algorithm, self._sign = algorithm, sign

    def signed(self, message: bytes) -> bytes:
        """The message with its signature before it."""
        head, _, body = message.partition(b"\r\n\r\n")
        headers = _headers(head)
        names = [name for name in _SIGNED if name in headers]
        listed = b":\r\n  ".join((*names, b"from"))  # once more than there is: none can be added
        digest = b64encode(sha256(relaxed(body)).digest()).decode()
        tags = (
            f"v=1; a={self._algorithm}; c=relaxed/relaxed; d={self._domain}; s={self._selector};"
            f"\r\n h={listed.decode()};\r\n bh={digest};\r\n b="
        )
        own = b"dkim-signature:" + _value(tags.encode())
        sealed = b"".join(name + b":" + headers[name] + b"\r\n" for name in names) + own
        seal = b64encode(self._sign(sealed)).decode()
        folded = "\r\n ".join(seal[at : at + _WIDTH] for at in range(0, len(seal), _WIDTH))
        return b"DKIM-Signature: " + (tags + folded).encode() + b"\r\n" + message


def relaxed(body: bytes) -> bytes:
    """A body in the relaxed form (RFC 6376, 3.4.4)."""
    lines = [_BLANKS.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"\r\n".join((*lines, b"")) if lines else b""


def signer(settings: MailSettings) -> Signer | None:
    """The signer that the settings ask for; None where the submission server signs.

    Raises:
        ConfigError: the key cannot be read or used, or the library is not installed.
    """
    if not settings.dkim_key_file:
        return None
    if not settings.dkim_selector:
        raise ConfigError("`channels.mail.dkim_selector` is missing: name the record with the key.")
    algorithm, sign = _key(Path(settings.dkim_key_file).expanduser())
    domain = settings.dkim_domain or settings.domain
    return Signer(domain, settings.dkim_selector, algorithm, sign)


def _key(path: Path) -> tuple[str, Callable[[bytes], bytes]]:
    try:
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415  (extra)
        from cryptography.hazmat.primitives.asymmetric import (  # noqa: PLC0415  (the same)
            ed25519,
            padding,
            rsa,
        )
    except ImportError as error:
        raise ConfigError(
            "`channels.mail.dkim_key_file` needs a library: pip install 'paperlark[dkim]', or "
            "leave it empty and let the submission server sign."
        ) from error
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        why = getattr(error, "strerror", None) or "it is no PEM key without a password"
        raise ConfigError(f"`channels.mail.dkim_key_file` cannot be read: {why}.") from error
    if isinstance(key, rsa.RSAPrivateKey):
        return "rsa-sha256", lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519-sha256", lambda data: key.sign(sha256(data).digest())
    raise ConfigError("`channels.mail.dkim_key_file` must hold an RSA or Ed25519 key.")


def _headers(head: bytes) -> dict[bytes, bytes]:
    """Names in lower case to values in the relaxed form (RFC 6376, 3.4.2)."""
    found: dict[bytes, bytes] = {}
    for line in _FOLDED.sub(b"", head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        found[name.strip().lower()] = _value(value)
    return found


def _value(text: bytes) -> bytes:
    return _BLANKS.sub(b" ", _FOLDED.sub(b"", text)).strip(b" ")
