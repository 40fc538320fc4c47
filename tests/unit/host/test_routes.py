"""Route templates match as Azure's do."""

import pytest

from local.host.errors import HostError
from local.host.routes import Route, first_match

ANY = frozenset[str]()


def parameters(template: str, path: str, method: str = "GET", methods: frozenset[str] = ANY) -> dict[str, str] | None:
    found = Route.parse(template, methods).match(method, path)
    return None if found is None else dict(found)


@pytest.mark.parametrize(
    ("template", "path", "expected"),
    [
        ("api/ingestions", "/api/ingestions", {}),
        ("api/ingestions", "/API/Ingestions/", {}),
        ("api/ingestions", "/api/ingestions/1", None),
        ("api/ingestions/{id}", "/api/ingestions/a%2Fb%20c", {"id": "a/b c"}),
        ("api/ingestions/{id}", "/api/ingestions/", None),
        ("api/ingestions/{id?}", "/api/ingestions", {}),
        ("api/{number:int}", "/api/-12", {"number": "-12"}),
        ("api/{number:int}", "/api/twelve", None),
        ("api/{*rest}", "/api/a/b", {"rest": "a/b"}),
        ("api/{*rest}", "/api", {}),
        ("api/a.b", "/api/aXb", None),
    ],
)
def test_a_template_fits_the_paths_it_means(template: str, path: str, expected: dict[str, str] | None) -> None:
    assert parameters(template, path) == expected


def test_a_method_that_is_not_named_does_not_fit() -> None:
    assert parameters("api/a", "/api/a", "POST", frozenset({"GET"})) is None
    assert parameters("api/a", "/api/a", "POST") == {}


def test_text_wins_over_a_parameter_and_a_parameter_over_a_rest() -> None:
    routes = [(Route.parse(template, ANY), template) for template in ("api/{*rest}", "api/{id}", "api/health")]
    assert [first_match(routes, "GET", path) for path in ("/api/health", "/api/1", "/api/1/2", "/other")] == [
        ("api/health", {}),
        ("api/{id}", {"id": "1"}),
        ("api/{*rest}", {"rest": "1/2"}),
        None,
    ]


@pytest.mark.parametrize("template", ["api//a", "api/{id", "api/x{id}", "api/{id:colour}", "api/a?"])
def test_a_template_that_means_nothing_is_refused(template: str) -> None:
    with pytest.raises(HostError, match="route"):
        Route.parse(template, ANY)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("api/{id}", {"GET"}), ("api/{name}", {"GET", "PUT"}), True),
        (("api/{id}", {"GET"}), ("api/{name}", {"PUT"}), False),
        (("api/{id}", set()), ("API/{name}", {"PUT"}), True),
        (("api/{id}", {"GET"}), ("api/id", {"GET"}), False),
    ],
)
def test_routes_collide_if_a_request_could_mean_either(
    one: tuple[str, set[str]], other: tuple[str, set[str]], expected: bool
) -> None:
    first, second = (Route.parse(template, frozenset(methods)) for template, methods in (one, other))
    assert first.collides_with(second) is expected
