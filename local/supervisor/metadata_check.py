"""Stops a world with wrong metadata before anything starts: the app itself would tell of it only when it is asked."""

from collections.abc import Mapping
from pathlib import Path

from local.supervisor.errors import WorldError
from shared.errors import ConfigurationError
from shared.metadata import load_metadata


def check_metadata(app: Path, settings: Mapping[str, str]) -> None:
    """WorldError names file, key and known values. An app without metadata has nothing to check."""
    path = Path(settings.get("RCM_METADATA_PATH") or app / "metadata")
    if not path.is_dir():
        return
    try:
        load_metadata(path)
    except ConfigurationError as fault:
        raise WorldError(f"the metadata in {path} is wrong: {fault}") from None
