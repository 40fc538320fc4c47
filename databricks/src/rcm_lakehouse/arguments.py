"""The job's parameters, as every task receives them."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Arguments:
    """`storage_root` holds the literal `{container}`; `as_of_date` is None when the day of the task's start counts."""

    manifest_uri: str
    report_uri: str
    storage_root: str
    lake_root: str
    token: str
    as_of_date: date | None

    @classmethod
    def parse(cls, argv: Sequence[str]) -> "Arguments":
        """Reads `--manifest-uri …` and the rest; argparse ends the process on a missing or unknown one."""
        parser = argparse.ArgumentParser(prog="rcm_lakehouse", allow_abbrev=False)
        for name in ("manifest-uri", "report-uri", "storage-root", "lake-root", "token"):
            parser.add_argument(f"--{name}", required=True)
        parser.add_argument("--as-of-date", default="")
        given = parser.parse_args(argv)
        as_of = date.fromisoformat(given.as_of_date) if given.as_of_date else None
        return cls(given.manifest_uri, given.report_uri, given.storage_root, given.lake_root, given.token, as_of)

    def uri(self, file_reference: str) -> str:
        """The address of `<container>/<path>`."""
        container, _, path = file_reference.partition("/")
        return f"{self.storage_root.replace('{container}', container)}/{path}"
