"""Calls the tools that do the work, and keeps what they print."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.set_up.errors import SetUpError
from local.set_up.layout import Layout

SHOWN_LINES = 12
STACK_FRAME = re.compile(r"\s+(at |\.\.\. \d+ more)")
"""A JVM's way of burying the one line that says what happened."""


@dataclass(frozen=True)
class BuildSite:
    """What the building of one part works with: its empty folder, its log, the environment for the tools."""

    layout: Layout
    folder: Path
    log: Path
    environment: Mapping[str, str]

    def call(self, *command: str | Path, advice: str, extra: Mapping[str, str] | None = None) -> None:
        """Runs one command in the folder to its end. Raises SetUpError with the last lines it printed."""
        words = [str(word) for word in command]
        with self.log.open("ab") as output:
            start = output.tell()
            try:
                ended = subprocess.run(
                    words,
                    check=False,
                    cwd=self.folder,
                    env={**self.environment, **(extra or {})},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                )
            except OSError as error:
                raise SetUpError(f"{words[0]} did not start: {error.strerror}", advice) from error
        if ended.returncode:
            raise SetUpError(f"{_name(words)} ended with code {ended.returncode}:\n{self._tail(start)}", advice)

    def _tail(self, start: int) -> str:
        with self.log.open("rb") as output:
            output.seek(start)
            lines = output.read().decode(errors="replace").splitlines()
        shown = [line for line in lines if line.strip() and not STACK_FRAME.match(line)][-SHOWN_LINES:]
        return "\n".join([*(f"    {line}" for line in shown), f"    (all of it: {self.log})"])


def _name(words: Sequence[str]) -> str:
    return " ".join([Path(words[0]).name, *(word for word in words[1:3] if not word.startswith("-"))])
