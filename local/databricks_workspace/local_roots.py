"""Storage URIs of a run's parameters and where their files stand on this machine while it runs."""

import re
from collections.abc import Mapping
from pathlib import Path

CONTAINER = "{container}"


class StorageUri:
    """Reads URIs of one `storage_root`, such as `abfss://{container}@<account>.dfs.core.windows.net`."""

    def __init__(self, storage_root: str) -> None:
        before, _, after = storage_root.partition(CONTAINER)
        self._pattern = re.compile(rf"{re.escape(before)}([^/@{{}}]+){re.escape(after)}/(.+)", re.DOTALL)

    def reference(self, uri: str) -> str | None:
        """`<container>/<path>`, or None for text that is no URI of this root."""
        found = self._pattern.fullmatch(uri)
        return f"{found[1]}/{found[2]}" if found else None


def localise(parameters: Mapping[str, str], storage: Path, lake: Path) -> dict[str, str]:
    """The parameters as the tasks get them: storage URIs become paths below `storage`, `lake_root` becomes `lake`.

    A job without a `storage_root` that holds `{container}` keeps its parameters as they are.
    """
    root = parameters.get("storage_root", "")
    if CONTAINER not in root:
        return dict(parameters)
    uri = StorageUri(root)
    local = {name: _local(value, uri, storage) for name, value in parameters.items()}
    local["storage_root"] = f"{storage}/{CONTAINER}"
    if "lake_root" in local:
        local["lake_root"] = str(lake)
    return local


def manifest_reference(parameters: Mapping[str, str]) -> str | None:
    """`<container>/<path>` of the manifest whose files the run needs; None for a run without one."""
    root = parameters.get("storage_root", "")
    return StorageUri(root).reference(parameters.get("manifest_uri", "")) if CONTAINER in root else None


def _local(value: str, uri: StorageUri, storage: Path) -> str:
    reference = uri.reference(value)
    return str(storage / reference) if reference else value
