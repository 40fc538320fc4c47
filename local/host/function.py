"""A function of the app as the worker library indexed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class IndexedFunction:
    """Name, id for invocations and bindings; a binding is the mapping that Azure calls function.json."""

    name: str
    function_id: str
    trigger: Mapping[str, Any]
    outputs: tuple[Mapping[str, Any], ...]
    has_retry_policy: bool

    @property
    def trigger_type(self) -> str:
        return str(self.trigger["type"])

    @property
    def trigger_parameter(self) -> str:
        return str(self.trigger["name"])

    @classmethod
    def from_bindings(
        cls, name: str, function_id: str, bindings: list[dict[str, Any]], has_retry_policy: bool
    ) -> "IndexedFunction":
        """Splits the bindings into the one trigger and the rest. The worker library has seen to there being one."""
        (trigger,) = (binding for binding in bindings if str(binding["type"]).endswith("Trigger"))
        outputs = tuple(binding for binding in bindings if binding is not trigger)
        return cls(name, function_id, trigger, outputs, has_retry_policy)
