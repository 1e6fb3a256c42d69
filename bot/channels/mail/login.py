"""A connection to the submission server: trusted, logged in, or not made at all.

There is no falling back: where TLS is asked for and not offered, or the certificate is not one to
trust, nothing is sent.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import aiosmtplib
from aiosmtplib import SMTPException

from bot.channels.mail.refusals import clause
from paperlark.errors import DeliveryError
from paperlark.settings import loopback

if TYPE_CHECKING:
    from bot.channels.mail.settings import MailSettings


class Connection(aiosmtplib.SMTP):
    """A connection whose socket is free as soon as it is closed."""

    def close(self) -> None:
        """Close at once: to close TLS politely is to wait for the other side."""
        transport = self.transport
        super().close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


async def login(to: MailSettings, timeout_s: float) -> aiosmtplib.SMTP:
    """A connection over which mail can be sent.

    Args:
        to: the server, and how it is reached.
        timeout_s: seconds for each of its answers.

    Raises:
        DeliveryError: there is none; what to check.
    """
    smtp = _client(to, timeout_s)
    try:
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:  # without it nobody knows what the server can do
            await smtp.ehlo()
    except (SMTPException, OSError, ValueError) as error:
        raise DeliveryError(_sentence(to, error)) from error
    return smtp


def _client(to: MailSettings, timeout_s: float) -> aiosmtplib.SMTP:
    return Connection(
        hostname=to.host,
        port=to.on_port,
        username=to.username or None,
        password=to.password.get_secret_value() or None,
        timeout=timeout_s,
        use_tls=to.tls == "implicit",
        start_tls=to.tls == "starttls",
        tls_context=None if to.tls == "none" else _context(to),
        local_hostname=to.domain or "localhost",
    )


def _context(to: MailSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=to.ca_file or None)
    except OSError as error:
        why = error.strerror or "it holds no certificate"
        raise DeliveryError(f"channels.mail.ca_file {to.ca_file} cannot be read: {why}.") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _sentence(to: MailSettings, error: Exception) -> str:
    where = f"The mail server {to.host}:{to.on_port}"
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLError):
        why = getattr(cause, "verify_message", "") or cause.reason or "TLS failed"
        remedy = "set channels.mail.ca_file to its authority"
        remedy += ", or tls to none on this machine" if loopback(to.host) else ""
        return f"{where} is not trusted ({why}): {remedy}."
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return (
            f"{where} refused the login ({error.code}): check channels.mail.username and password."
        )
    return (
        f"{where} cannot be used ({clause(error)}): check channels.mail.host, port, tls and "
        "username."
    )
