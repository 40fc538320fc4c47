"""`python -m local.set_up.lock`: chooses the versions anew and writes the locks, hashes in them and no registry.

What is declared stands in pyproject.toml. Each lock of the app's environment takes the versions of those before it, so
that the three install together.
"""

import os
import subprocess
import sys
from pathlib import Path

from local.set_up.layout import Layout
from local.set_up.mirrors import tool_environment

APP, LOCAL, DEVELOPMENT = "requirements.txt", "requirements/local.txt", "requirements/development.txt"
BENCH = "requirements/bench.txt"

LOCKS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    # lock, Python, group ("" = the project's own dependencies), locks whose versions hold for it
    (APP, "3.13", "", ()),
    (LOCAL, "3.13", "local", (APP,)),
    (DEVELOPMENT, "3.13", "development", (APP, LOCAL)),
    (BENCH, "3.13", "bench", (APP, LOCAL, DEVELOPMENT)),
    ("requirements/lakehouse.txt", "3.12", "lakehouse", ()),
    ("requirements/java.txt", "3.10", "java", ()),
    ("requirements/uv.txt", "3.10", "uv", ()),
)


def main() -> int:
    layout = Layout.of_this_clone()
    environment = tool_environment(os.environ)
    for lock, python, group, held in LOCKS:
        command = compile_command(layout.uv, lock, python, group, held)
        if code := subprocess.run(command, cwd=layout.root, env=environment, check=False).returncode:
            return code
        print(f"wrote {lock}")
    return 0


def compile_command(uv: Path, lock: str, python: str, group: str, held: tuple[str, ...]) -> list[str]:
    """The call of uv that writes one lock. `--universal`: it serves Linux, macOS and Windows alike."""
    source = ["--group", group] if group else ["pyproject.toml"]
    return [
        *(str(uv), "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", python, *source),
        *(word for other in held for word in ("--constraint", other)),
        *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "make lock", "--output-file", lock),
    ]


if __name__ == "__main__":
    sys.exit(main())
