"""Code APIs in memory: what a test says they answer."""

from collections.abc import Callable, Mapping

from shared.errors import ConfigurationError, FileGoneError
from shared.testing.gate import Gate, open_gate, through

type Answer = Callable[[Mapping[str, str]], bytes]


class FakeCodeSetReader:
    """Fulfils `CodeSetReader`. `answers` holds, by origin and path, what makes a body of a query."""

    def __init__(self, gate: Gate = open_gate) -> None:
        self.gate = gate
        self.answers: dict[str, dict[str, Answer]] = {}

    def get(self, origin: str, path: str, query: Mapping[str, str]) -> bytes:
        with through(self.gate, "code_apis.get"):
            if origin not in self.answers:
                known = ", ".join(self.answers) or "none"
                raise ConfigurationError("unknown_origin", f"there is no {origin}; known are {known}")
            if path not in self.answers[origin]:
                raise FileGoneError("not_there", origin)
            return self.answers[origin][path](query)
