"""The app's settings: a file in the shape of `local.settings.json`, `%NAME%` expressions and connections."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.host.errors import HostError
from local.host.options import LocalOptions

EXPRESSION = re.compile(r"%([^%]+)%")


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection setting: a connection string, or a namespace or account to enter with the app's identity."""

    connection_string: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The values that become the app's environment, and the options of this host."""

    values: Mapping[str, str]
    options: LocalOptions

    @classmethod
    def from_file(cls, path: Path, overrides: Mapping[str, str] | None = None) -> "AppSettings":
        """Reads the file; `overrides` win over its values. HostError names what is wrong, never a value."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise HostError(f"settings file {path} cannot be read: {type(error).__name__}") from None
        if not isinstance(content, dict) or content.get("IsEncrypted", False):
            raise HostError(f'settings file {path} must be a JSON object with "IsEncrypted": false')
        values = _texts(path, content.get("Values", {})) | dict(overrides or {})
        return cls(values, LocalOptions.from_json(content.get("Local", {})))

    def resolve(self, text: str) -> str:
        """`text` with each `%NAME%` replaced by the setting of that name."""

        def setting(found: re.Match[str]) -> str:
            value = self.values.get(found[1])
            if value is None:
                raise HostError(f"%{found[1]}% names a setting that does not exist")
            return value

        return EXPRESSION.sub(setting, text)

    def connection(self, name: str) -> Connection:
        """What setting `name` or `AzureWebJobs<name>` says, else `<name>__fullyQualifiedNamespace`."""
        for candidate in (name, f"AzureWebJobs{name}"):
            if self.values.get(candidate):
                return Connection(connection_string=self.values[candidate])
        namespace = self.values.get(f"{name}__fullyQualifiedNamespace", "")
        if not namespace:
            raise HostError(f"connection {name}: neither setting {name} nor {name}__fullyQualifiedNamespace exists")
        return Connection(namespace=namespace)

    def is_disabled(self, function_name: str) -> bool:
        """True if `AzureWebJobs.<function>.Disabled` (or its `__` spelling) is true: the function gets no triggers."""
        names = (f"AzureWebJobs.{function_name}.Disabled", f"AzureWebJobs__{function_name}__Disabled")
        return any(self.values.get(name, "").lower() in {"1", "true"} for name in names)


def _texts(path: Path, values: object) -> dict[str, str]:
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise HostError(f"settings file {path}: Values must be an object of texts")
    return values
