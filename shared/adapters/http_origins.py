"""Where outgoing HTTP may go: exact origins, https, and no address inside anybody's network."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from shared.errors import ConfigurationError, PermanentError, TransientError

type Resolve = Callable[[str, int], list[str]]

DEFAULT_PORTS = {"https": 443, "http": 80}
# Called global by their registries, and yet inside: Azure's own platform address, and IPv6 that carries any IPv4.
CARRIERS = tuple(map(ip_network, ("168.63.129.16/32", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port, in lower case and spelled out."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, url: str) -> tuple["Origin", str]:
        """The origin of a base URL and the path below it. ConfigurationError where there is more than these in it."""
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        if not (parts.hostname and port) or parts.username or parts.query or parts.fragment:
            raise ConfigurationError("bad_origin", "an origin is https://host[:port][/path] and nothing else")
        return cls(parts.scheme, parts.hostname.lower(), port), parts.path.rstrip("/")


@dataclass(frozen=True, slots=True)
class Guard:
    """Says which address a request to an origin may use. `is_local` lets plain HTTP and the loopback pass."""

    allowed: frozenset[Origin]
    is_local: bool
    resolve: Resolve

    @classmethod
    def of(cls, allowed: Iterable[str], is_local: bool, resolve: Resolve | None = None) -> "Guard":
        return cls(frozenset(Origin.parse(url)[0] for url in allowed), is_local, resolve or resolve_host)

    def address(self, origin: Origin) -> str:
        """The address to connect to, looked up once, so that no later look-up can lead elsewhere.

        PermanentError for an origin that is not allowed and for a name that leads to any address of a private network.
        """
        if origin not in self.allowed or (origin.scheme != "https" and not self.is_local):
            raise PermanentError("origin_not_allowed", f"{origin.scheme}://{origin.host}:{origin.port}")
        addresses = self.resolve(origin.host, origin.port)
        if not addresses or not all(map(self._may_reach, addresses)):
            raise PermanentError("address_not_allowed", f"{origin.host} leads into a private network")
        return addresses[0]

    def _may_reach(self, address: str) -> bool:
        parsed = ip_address(address.partition("%")[0])
        is_public = parsed.is_global and not parsed.is_multicast and not any(parsed in network for network in CARRIERS)
        return is_public or (self.is_local and parsed.is_loopback)


def resolve_host(host: str, port: int) -> list[str]:
    """All addresses of a name, by the system's resolver."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        raise TransientError("name_not_found", host) from None
    return list(dict.fromkeys(str(address[4][0]) for address in found))
