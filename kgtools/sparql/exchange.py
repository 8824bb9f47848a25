"""One HTTP exchange with an endpoint: what is sent is what was asked, and what comes back has limits.

SPARQLWrapper decides by words in a query, comments included, whether it is an update; it follows redirects without
the query, and waits anew for each byte. None of that can be switched off in it, so the exchange is made with the HTTP
client of the standard library. A SPARQLWrapper that is set up already can still be handed over
(:meth:`kgtools.sparql.endpoint.EndpointEngine.of`).
"""

from __future__ import annotations

import base64
import http.client
import netrc
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from kgtools.errors import EngineError, InputError, LimitError

MOST = 256 << 20
"""How many bytes an answer may have."""

_BLOCK = 1 << 16
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a service, its user and password apart.

    Attributes:
        url: the address without them, fit to be printed.
        user: the user's name, where the address, the environment or ~/.netrc has one.
        password: beside it; never printed.
    """

    url: str
    user: str | None = None
    password: str | None = None

    @property
    def secure(self) -> bool:
        return self.url.startswith("https:")


def address(text: str) -> Address:
    """Read the address of a service.

    User and password are taken from the address, else from `KGTOOLS_ENDPOINT_USER` and `KGTOOLS_ENDPOINT_PASSWORD`,
    else from the netrc file.

    Raises:
        InputError: it is none.

    >>> address("http://me:secret@localhost:3030/sparql").url
    'http://localhost:3030/sparql'
    """
    shown = re.sub(r"//[^/@]*@", "//", text)
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise InputError(f"'{shown}' is not the address of an endpoint: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise InputError(f"'{shown}' is not the address of an endpoint; it starts with http:// or https://")
    if not host or re.search(r"[\x00-\x20\x7f<>\"{}|\\^`]", text):
        raise InputError(
            f"'{shown}' is not the address of an endpoint; it has no host, or a blank or control character"
        )
    place = f"[{host}]" if ":" in host else host
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    url = urlunsplit((parts.scheme, place if port is None else f"{place}:{port}", path, query, ""))
    if parts.username is not None:
        return Address(url, unquote(parts.username), unquote(parts.password or ""))
    user = os.environ.get("KGTOOLS_ENDPOINT_USER")
    if user is not None:
        return Address(url, user, os.environ.get("KGTOOLS_ENDPOINT_PASSWORD", ""))
    found = None
    with suppress(OSError, netrc.NetrcParseError):
        found = netrc.netrc().authenticators(host)
    return Address(url, found[0], found[2]) if found else Address(url)


def post(
    to: Address, fields: dict[str, str], accept: str, *, seconds: float, agent: str, most: int = MOST
) -> tuple[str, bytes]:
    """Send fields as a form, and give the type and the body of the answer.

    Args:
        to: where.
        fields: what, by name; sent letter for letter.
        accept: the media types wanted.
        seconds: how long all of it may take, from the look-up of the host to the last byte.
        agent: who asks.
        most: how many bytes the answer may have.

    Raises:
        LimitError: time is up, or the answer is too long.
        InputError: the service says that the query is malformed (status 400).
        EngineError: there is no service, or it refuses, breaks off, or sends the query on to another address.
    """
    body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items()).encode("ascii")
    headers = {
        "Accept": accept,
        "Accept-Encoding": "identity",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": agent,
        "Connection": "close",
    }
    if to.user is not None:
        token = base64.b64encode(f"{to.user}:{to.password or ''}".encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    parts = urlsplit(to.url)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
        if to.secure
        else http.client.HTTPConnection(host, parts.port, timeout=seconds)
    )
    late = LimitError(f"{to.url}: no whole answer within {seconds:g} s")
    try:
        with _cut_off(connection, seconds) as passed:
            try:
                connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
                response = connection.getresponse()
                content = _content(response, to, most if response.status == 200 else 1 << 16)
            except (OSError, http.client.HTTPException, ValueError, UnicodeError) as error:
                if passed() or isinstance(error, TimeoutError):
                    raise late from None
                raise EngineError(f"{to.url}: {_failure(error)}") from error
            if passed():
                raise late
    finally:
        connection.close()
    if response.status == 200 or (response.status in (201, 202, 204) and "update" in fields):
        return response.headers.get_content_type(), content
    raise _refusal(response, content, to)


@contextmanager
def _cut_off(connection: http.client.HTTPConnection, seconds: float) -> Iterator[Callable[[], bool]]:
    """Shut the connection when time is up: a timeout of its own would begin anew with each byte."""
    until = time.monotonic() + seconds
    over = threading.Event()

    def shut() -> None:
        over.set()
        sock = connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: over.is_set() or time.monotonic() >= until
    finally:
        timer.cancel()


def _content(response: http.client.HTTPResponse, to: Address, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := response.read1(_BLOCK):
        size += len(part)
        if size > most:
            if response.status != 200:
                break
            raise LimitError(f"{to.url}: the answer is longer than {most:,} bytes; ask for less, or add LIMIT")
        parts.append(part)
    if response.status == 200 and response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(parts)


def _failure(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError | socket.gaierror):
        return f"{error.strerror}; is the server running?"
    if isinstance(error, http.client.IncompleteRead):
        return "the answer broke off; nothing of it was kept"
    if isinstance(error, http.client.HTTPException | ValueError):
        return f"what came back is not HTTP ({type(error).__name__})"
    return " ".join(str(getattr(error, "strerror", None) or error).split())[:_SHOWN]


def _refusal(response: http.client.HTTPResponse, content: bytes, to: Address) -> EngineError | InputError | LimitError:
    status = response.status
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", content[:4000].decode("utf-8", "replace")).split())[:_SHOWN]
    said = f": {text}" if text else ""
    if 300 <= status < 400:
        target = re.sub(r"[\x00-\x20\x7f-\x9f]", " ", response.getheader("Location") or "nowhere")[:_SHOWN]
        target = re.sub(r"//[^/@]*@", "//", target)
        return EngineError(f"{to.url} sends on to {target} (status {status}), which is not followed; give that address")
    if status == 400:
        return InputError(f"{to.url} says that the query is not SPARQL{said}")
    if status in (401, 403):
        return EngineError(
            f"{to.url} wants a user and a password, or others (status {status}); set KGTOOLS_ENDPOINT_USER and "
            "KGTOOLS_ENDPOINT_PASSWORD, or use a netrc file"
        )
    if status in (429, 503):
        after = response.getheader("Retry-After")
        wait = f"; it asks to wait {re.sub(r'[^ -~]', '', after)[:60]} (Retry-After)" if after else "; try again later"
        return EngineError(f"{to.url} is busy (status {status}){wait}")
    return EngineError(f"{to.url} answered with status {status}{said}")
