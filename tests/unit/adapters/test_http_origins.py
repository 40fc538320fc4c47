"""Where outgoing HTTP may go, with resolvers that mean well and resolvers that do not."""

import pytest

from shared.adapters.http_origins import Guard, Origin
from shared.errors import ConfigurationError, PermanentError

ALLOWED = ("https://api.example.gov", "https://other.example.gov:8443/base")
API, _ = Origin.parse("https://api.example.gov")
PUBLIC = "93.184.215.14"

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "168.63.129.16",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # an address to be refused
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",
]


def guard(*addresses: str, is_local: bool = False, allowed: tuple[str, ...] = ALLOWED) -> Guard:
    def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return Guard.of(allowed, is_local, resolve)


def test_an_allowed_origin_is_reached_at_the_address_that_was_looked_at() -> None:
    assert guard(PUBLIC).address(API) == PUBLIC


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.gov",
        "https://api.example.gov:444",
        "https://api.example.gov.evil.example",
        "https://example.gov",
        "https://API.example.org",
        "ftp://api.example.gov:21",
    ],
)
def test_an_origin_that_differs_in_scheme_host_or_port_is_refused(url: str) -> None:
    origin, _ = Origin.parse(url)
    with pytest.raises(PermanentError, match="origin_not_allowed"):
        guard(PUBLIC).address(origin)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(PermanentError, match="address_not_allowed"):
        guard(address).address(API)


@pytest.mark.parametrize("addresses", [(PUBLIC, "10.0.0.1"), ("10.0.0.1", PUBLIC), ()])
def test_one_address_inside_spoils_them_all_and_none_is_no_address(addresses: tuple[str, ...]) -> None:
    with pytest.raises(PermanentError, match="address_not_allowed"):
        guard(*addresses).address(API)


def test_plain_http_and_the_loopback_are_for_the_local_world_only() -> None:
    origin, _ = Origin.parse("http://localhost:8080")
    allowed = ("http://localhost:8080",)
    assert guard("127.0.0.1", is_local=True, allowed=allowed).address(origin) == "127.0.0.1"
    with pytest.raises(PermanentError, match="origin_not_allowed"):
        guard("127.0.0.1", is_local=False, allowed=allowed).address(origin)


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.1", "fe80::1"])
def test_not_even_the_local_world_reaches_other_machines_inside(address: str) -> None:
    with pytest.raises(PermanentError, match="address_not_allowed"):
        guard(address, is_local=True).address(API)


def test_a_base_url_is_an_origin_and_the_path_below_it() -> None:
    assert Origin.parse("https://Other.example.gov:8443/base/") == (Origin("https", "other.example.gov", 8443), "/base")


@pytest.mark.parametrize(
    "url", ["", "api.example.gov", "https://", "https://user:secret@x.gov", "https://x.gov?a=b", "https://x.gov#a"]
)
def test_what_is_more_or_less_than_an_origin_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError, match="bad_origin") as raised:
        Origin.parse(url)
    assert "secret" not in str(raised.value)
