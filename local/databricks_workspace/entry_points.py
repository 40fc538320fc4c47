"""Where the entry points of a bundle's wheel stand in its source tree: what a wheel's metadata would say."""

import tomllib
from pathlib import Path


class EntryPointError(Exception):
    """The bundle's pyproject.toml does not offer what a task names."""


def source_folder(bundle: Path) -> Path:
    """The folder that holds the wheel's packages."""
    return bundle / "src" if (bundle / "src").is_dir() else bundle


def find_entry_point(bundle: Path, package_name: str, entry_point: str) -> str:
    """`module:function` of an entry point, from any group of the wheel's own pyproject.toml."""
    project = tomllib.loads((bundle / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    if _normalised(project["name"]) != _normalised(package_name):
        raise EntryPointError(f"the bundle builds {project['name']}, not {package_name}")
    groups = [project.get("scripts", {}), *project.get("entry-points", {}).values()]
    targets = [group[entry_point] for group in groups if entry_point in group]
    if not targets:
        known = sorted(name for group in groups for name in group)
        raise EntryPointError(f"{package_name} has no entry point {entry_point}; it has {', '.join(known)}")
    return str(targets[0])


def _normalised(name: str) -> str:
    return name.replace("-", "_").replace(".", "_").lower()
