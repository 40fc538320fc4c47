"""`python -m local.new_source sample.csv`: drafts a source's metadata and fixtures for a person to edit.

The file's name is the source's id (`hospital_c__patient.csv`), or gives a hint of it. What exists is not overwritten.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from local.new_source.draft import draft, source_id_of
from local.new_source.fixtures import draft_fixtures
from local.new_source.infer import infer
from local.new_source.json_text import json_text
from shared.metadata import DEFAULT_PATH

FIXTURES = DEFAULT_PATH.parent / "tests" / "fixtures" / "sources"
TO_DO = (
    "title and path_pattern: where the files really arrive",
    "delivery: full, delta, period or append, and what puts two files in order",
    "record schema: which columns may be empty, which values there are beside those of the sample",
    "phi_columns: every column that tells who somebody is",
    "silver: columns that were left out or guessed wrong; see metadata/nouns",
    "expected: how often a file is due",
)


def main(arguments: list[str] | None = None) -> int:
    """Writes the drafts and says what is left to do; 1 and a sentence where that can't be."""
    parser = ArgumentParser(prog="python -m local.new_source", description=__doc__)
    parser.add_argument("sample", type=Path, help="a CSV file with a header")
    parser.add_argument("--metadata", type=Path, default=DEFAULT_PATH)
    parser.add_argument("--fixtures", type=Path, default=FIXTURES)
    given = parser.parse_args(arguments)
    try:
        written = _write(_drafts(given.sample, given.metadata, given.fixtures))
    except (OSError, ValueError) as fault:
        print(f"new-source: {fault}", file=sys.stderr)
        return 1
    print("Drafted:", *written, "", "For you to decide:", *TO_DO, sep="\n  ")
    return 0


def _drafts(sample: Path, metadata: Path, fixtures: Path) -> dict[Path, str]:
    nouns = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((metadata / "nouns").glob("*.json"))]
    documents = draft(source_id_of(sample.stem), infer(sample), nouns)
    (source,) = (document for name, document in documents.items() if name.startswith("sources/"))
    source_id = source["source_id"]
    record = documents[f"schemas/{source_id}.schema.json"]
    advisory = documents.get(f"schemas/{source_id}.advisory.schema.json")
    drafts = {metadata / name: json_text(document) for name, document in documents.items()}
    made = draft_fixtures(source, record, advisory)
    return drafts | {fixtures / source_id / name: text for name, text in made.items()}


def _write(drafts: Mapping[Path, str]) -> list[str]:
    for file in drafts:
        if file.exists():
            raise ValueError(f"{file} exists already")
    for file, text in drafts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    return [str(file) for file in drafts]


if __name__ == "__main__":
    sys.exit(main())
