"""The guarded fetcher: files from addresses that users give, without letting them reach into our network.

What is connected to is looked at when its socket is made, however the address was written and whatever its name meant a
moment ago; every redirect is looked at in the same way. Proxies of the environment are not used: they would resolve
names themselves.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from manju.errors import InputError

REDIRECTS = 5
CONNECT_S, TOTAL_S = 10.0, 120.0
_CHUNK = 1 << 16
HOOKS = "Use a public address, or have the operator list it in hook_hosts."
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in the last 32 bits."""


class ForbiddenError(InputError):
    """The address leads where users must not reach."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file from outside: ``type`` is the media type that its server names, lower case, without parameters; ``url`` is
    where it was in the end."""

    data: bytes
    type: str
    url: str


class Guard:
    """Fetches. Use it with ``async with``, in one event loop."""

    def __init__(self, trusted: Sequence[Network] = (), hook_hosts: Sequence[str] = ()) -> None:
        """
        Args:
            trusted: networks that may be reached although they are not public.
            hook_hosts: hosts (``name``, or ``name:port``) that `post` may call although they are not.
        """
        self._trusted = tuple(trusted)
        self._hook_hosts = frozenset(host.lower() for host in hook_hosts)
        self._session: aiohttp.ClientSession | None = None
        self._inside: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Guard:
        self._session, self._inside = (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=factory, use_dns_cache=False, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
            for factory in (self.socket, None)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in (self._session, self._inside):
            if session is not None:
                await session.close()
        self._session = self._inside = None

    async def fetch(self, url: str, *, types: Sequence[str], limit: int, total_s: float = TOTAL_S) -> Fetched:
        """Fetch a file.

        Args:
            url: http or https.
            types: beginnings of the media types that are wanted (``"image/"``). ``application/octet-stream`` always
                passes: storages name it for anything, and what it is is found out by decoding.
            limit: most bytes.
            total_s: most seconds, redirects included.

        Raises:
            ForbiddenError: it, or what it redirects to, is not a public address.
            InputError: it is no address, cannot be fetched in time, is too long, or is not of a wanted type.
        """
        assert self._session is not None, "the guard is not open"
        try:
            async with asyncio.timeout(total_s):
                return await self._follow(url, types, limit)
        except TimeoutError as error:
            raise InputError(f"{_shown(url)} took longer than {total_s:g} s", hint="Use a faster server.") from error
        except aiohttp.ClientError as error:
            raise refusal(url, error) or _unreached(url, error) from error

    async def post(self, url: str, data: bytes, *, total_s: float = CONNECT_S * 3) -> int:
        """Send JSON to an address that a user gave, and nothing else but its status is looked at. Redirects are not
        followed: they are the answer.

        Raises:
            ForbiddenError: it is neither a public address nor one of the hosts for it.
            InputError: it is no address, or does not answer in time.
        """
        session = self._inside if self.hooks_to(url) else self._session
        assert session is not None, "the guard is not open"
        address = self.check_hook(url)
        timeout = aiohttp.ClientTimeout(total=total_s, sock_connect=CONNECT_S)
        headers = {"Content-Type": "application/json"}
        try:
            async with session.post(
                address, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status
        except TimeoutError as error:
            raise InputError(f"{_shown(url)} took longer than {total_s:g} s", hint="Use a faster server.") from error
        except aiohttp.ClientError as error:
            raise refusal(url, error) or _unreached(url, error) from error

    async def _follow(self, url: str, types: Sequence[str], limit: int) -> Fetched:
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=CONNECT_S * 3)
        for _ in range(REDIRECTS + 1):
            address = self.check(url)
            async with self._session.get(address, timeout=timeout, allow_redirects=False) as answer:
                if answer.status in (301, 302, 303, 307, 308) and "Location" in answer.headers:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                return await _read(answer, url, types, limit)
        raise InputError(f"{_shown(url)} redirects more than {REDIRECTS} times", hint="Use the file's own address.")

    def hooks_to(self, url: str) -> bool:
        """Whether an address is at one of the hosts that `post` may call wherever they are."""
        _, host, port = origin_of(url)
        name = f"[{host}]" if ":" in host else host.rstrip(".")
        return not self._hook_hosts.isdisjoint((name, f"{name}:{port}"))

    def check_hook(self, url: str) -> URL:
        """As `check`, for `post`."""
        if self.hooks_to(url):
            return _web_address(url)
        try:
            return self.check(url)
        except ForbiddenError as error:
            raise ForbiddenError(error.message, hint=HOOKS) from error

    def check(self, url: str) -> URL:
        """The address as it is asked for. Refuses what is no address of the web, or names one that is not public; what
        a name means is looked at when it is connected to.

        Raises:
            ForbiddenError: it is not a public address.
            InputError: it is none.
        """
        parts = _web_address(url)
        host = parts.raw_host or ""
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            if f".{host.rstrip('.').lower()}".endswith(".localhost"):  # RFC 6761: always this machine
                address = ipaddress.ip_address("127.0.0.1")
            else:
                return parts  # a name
        if not self.allowed(address):
            raise _forbidden(host)
        return parts

    def allowed(self, address: Address) -> bool:
        """Whether an address may be connected to: it is trusted, or public and not this machine's own."""
        plain = _inner(address)
        if any(each.version == plain.version and plain in each for each in self._trusted):
            return True
        public = plain.is_global and not plain.is_multicast and not plain.is_reserved
        return public and not _ours(address) and not _ours(plain)

    def socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """A socket for one address that is about to be connected to.

        Raises:
            OSError: it may not be; `refusal` knows it.
        """
        family, kind, protocol, _, peer = info
        if not self.allowed(ipaddress.ip_address(str(peer[0]).partition("%")[0])):
            raise _ForbiddenPeerError("not a public address")  # one text for all of a name's addresses
        return socket.socket(family, kind, protocol)


class _ForbiddenPeerError(OSError):
    """Raised where a connection is made; the library wraps it."""


def refusal(url: str, error: BaseException) -> ForbiddenError | None:
    """What `Guard.socket` has refused, if that is what a request's error comes from."""
    if isinstance(getattr(error, "os_error", None), _ForbiddenPeerError):
        return _forbidden(URL(url).raw_host or "")
    return None


def host_of(url: str) -> str:
    """The host that an address names, as it is connected to; empty if it names none."""
    try:
        return (URL(url).raw_host or "").rstrip(".")
    except ValueError:
        return ""


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address, as it is connected to. One that is none has an origin of its own."""
    try:
        parts = URL(url)
        return parts.scheme, parts.raw_host or url, parts.port
    except ValueError:
        return "", url, None


def _web_address(url: str) -> URL:
    """
    Raises:
        InputError: it is none, or has a user's name in it.
    """
    try:
        parts = URL(url)
        host = parts.raw_host  # as it is connected to: digits and dots of other scripts have become ASCII
        (host or "").encode("idna")  # as resolvers do it: empty and overlong labels are told here
    except ValueError as error:  # UnicodeError is one
        raise InputError(f"{_shown(url)!r} is not an address", hint="Use http:// or https://.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise InputError(f"{_shown(url)!r} is not a web address", hint="Use http:// or https://.")
    if parts.raw_user is not None or parts.raw_password is not None:
        raise InputError("an address with a user name in it is not fetched", hint="Use one without.")
    return parts


def _forbidden(host: str) -> ForbiddenError:
    return ForbiddenError(f"{host} is not a public address", hint="Use a public address, or upload the file.")


def _ours(address: Address) -> bool:
    """Whether an address is this machine's: the one that it would be spoken to from. Nothing is sent."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))
            return ipaddress.ip_address(probe.getsockname()[0].partition("%")[0]) == address
    except OSError:
        return False  # no way leads there


def _unreached(url: str, error: aiohttp.ClientError) -> InputError:
    return InputError(f"{_shown(url)} cannot be fetched: {error}", hint="Check the address.")


async def _read(answer: aiohttp.ClientResponse, url: str, types: Sequence[str], limit: int) -> Fetched:
    if answer.status != 200:
        raise InputError(f"{_shown(url)} answered {answer.status}", hint="Check that the file is still there.")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/octet-stream" and not kind.startswith(tuple(types)):
        wanted = " or ".join(types)
        raise InputError(f"{_shown(url)} is {kind or 'of no type'}, not {wanted}", hint="Use the file's own address.")
    data = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > limit:
            raise InputError(f"{_shown(url)} is longer than {limit >> 20} MB", hint="Use a smaller file.")
    if not data:
        raise InputError(f"{_shown(url)} is empty", hint="Check the file.")
    return Fetched(bytes(data), kind, url)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def _shown(url: str) -> str:
    """An address without its query, which may hold a secret."""
    return url.partition("?")[0][:200]
