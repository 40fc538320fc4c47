"""Words that say nothing are no names, and size is a smell alarm: small modules, small functions."""

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCES = ("function_app.py", "functions", "shared", "databricks/src", "local")

EMPTY_WORDS = set(
    re.findall(
        r"\w+", "util utils helper helpers common misc base manager processor handler data info temp tmp new old"
    )
)
FIXED_BY_OTHERS = {
    "new_source",  # `make new-source` is what a person types
    "BindingInfo",  # the words of Microsoft's worker library
    "TypedData",
    "data_received",  # asyncio's protocol
    "__new__",  # Python's own
}

# Medians are alarms and their bounds generous: 60 lines a module is the aim, but one idea is not cut in two for it.
MODULE_LINES, MODULE_MEDIAN = 250, 75
FUNCTION_LINES, FUNCTION_MEDIAN = 60, 10

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One Python file: `name` is its path below the repository's root."""

    name: str
    lines: int
    definitions: tuple[Definition, ...]
    """Functions, methods and classes, nested ones included."""

    def functions(self) -> Iterator[tuple[str, int]]:
        """Name and length in lines."""
        for one in self.definitions:
            if not isinstance(one, ast.ClassDef):
                yield one.name, (one.end_lineno or one.lineno) - one.lineno + 1


@pytest.fixture(scope="module")
def modules(repo_root: Path) -> list[Module]:
    """Every module of the program, of the lakehouse and of the local world."""
    return [module_of(path, repo_root) for source in SOURCES for path in python_files(repo_root / source)]


def test_no_module_function_or_class_is_named_with_an_empty_word(modules: list[Module]) -> None:
    report(
        f"{module.name}: {name}"
        for module in modules
        for name in [*module.name.removesuffix(".py").split("/"), *(one.name for one in module.definitions)]
        if name not in FIXED_BY_OTHERS and EMPTY_WORDS & words(name)
    )


def test_no_module_is_longer_than_a_person_reads_at_once(modules: list[Module]) -> None:
    report(f"{module.name}: {module.lines} lines" for module in modules if module.lines > MODULE_LINES)


def test_no_function_is_longer_than_a_screen(modules: list[Module]) -> None:
    report(
        f"{module.name}: {name} has {lines} lines"
        for module in modules
        for name, lines in module.functions()
        if lines > FUNCTION_LINES
    )


def test_the_usual_module_and_function_of_the_program_are_small(modules: list[Module]) -> None:
    program = [module for module in modules if module.name.startswith("shared/") and module.lines]
    assert statistics.median(module.lines for module in program) < MODULE_MEDIAN
    assert statistics.median(lines for module in program for _, lines in module.functions()) < FUNCTION_MEDIAN


def report(offenders: Iterator[str]) -> None:
    listed = "\n".join(offenders)
    assert not listed, f"\n{listed}"


def python_files(source: Path) -> list[Path]:
    return [source] if source.is_file() else sorted(source.rglob("*.py"))


def module_of(path: Path, repo_root: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    definitions = tuple(node for node in ast.walk(ast.parse(text)) if isinstance(node, Definition))
    return Module(path.relative_to(repo_root).as_posix(), len(text.splitlines()), definitions)


def words(name: str) -> set[str]:
    """ "read_HTTPHeaders" -> {"read", "http", "headers"}"""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
