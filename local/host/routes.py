"""Route templates of HTTP functions: `ingestions/{id}`, `{page?}`, `{*rest}`, `{n:int}`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.host.errors import HostError

PARAMETER = re.compile(r"\{(?P<star>\*)?(?P<name>[A-Za-z_]\w*)(?::(?P<kind>\w+))?(?P<optional>\?)?\}")
KINDS = {
    None: r"[^/]+",
    "int": r"-?[0-9]+",
    "alpha": r"[A-Za-z]+",
    "guid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One template with the methods it answers; no methods means all."""

    template: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    precedence: tuple[int, ...]

    @classmethod
    def parse(cls, template: str, methods: frozenset[str]) -> "Route":
        """Compiles a template. HostError names what it cannot be."""
        segments = [_segment(template, text) for text in template.strip("/").split("/")]
        expression = "".join(expression for expression, _ in segments)
        return cls(template, methods, re.compile(expression + "/?", re.IGNORECASE), tuple(rank for _, rank in segments))

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """The route parameters, percent-decoded, if method and undecoded path (`/api/…`) fit; else None."""
        if self.methods and method not in self.methods:
            return None
        found = self.pattern.fullmatch(path)
        return None if found is None else {name: unquote(value) for name, value in found.groupdict("").items() if value}

    def collides_with(self, other: "Route") -> bool:
        """True if some request could mean either: same shape, names of parameters aside, and a method in common."""
        same_shape = PARAMETER.sub("{}", self.template).lower() == PARAMETER.sub("{}", other.template).lower()
        return same_shape and (not self.methods or not other.methods or bool(self.methods & other.methods))


def first_match[T](routes: list[tuple[Route, T]], method: str, path: str) -> tuple[T, Mapping[str, str]] | None:
    """The most particular route that fits: a literal segment before a parameter, a parameter before a rest."""
    for route, target in sorted(routes, key=lambda entry: entry[0].precedence):
        parameters = route.match(method, path)
        if parameters is not None:
            return target, parameters
    return None


def _segment(template: str, text: str) -> tuple[str, int]:
    parameter = PARAMETER.fullmatch(text)
    if parameter is None:
        if not text or set(text) & set("{}*?"):
            raise HostError(f"route {template}: segment {text or '(empty)'} is neither text nor one parameter")
        return "/" + re.escape(text), 0
    if parameter["kind"] not in KINDS:
        raise HostError(f"route {template}: constraint {parameter['kind']} is not known here")
    if parameter["star"]:
        return f"(?:/(?P<{parameter['name']}>.*))?", 3
    capture = f"/(?P<{parameter['name']}>{KINDS[parameter['kind']]})"
    return (f"(?:{capture})?", 2) if parameter["optional"] else (capture, 1)
