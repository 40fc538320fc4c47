"""One local world and one story played in it, which every test of this tier looks at from outside.

The story: a generated world of two hospitals arrives, then a hospital nobody knew, then a slice of the public data
where it is there; Databricks takes it to gold; one refused file is mended, one misdirected file is withdrawn;
Databricks takes that in. Tests may drop more, as long as it is refused: what lands would change what others count.
"""

import csv
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.demo.delta_rows import delta_rows
from local.demo.story import FILES_SECONDS, Stage
from local.supervisor.service import REPOSITORY
from local.supervisor.world import World
from local.world.demo import DemoWorld, write_demo_world

SEED = 7
CANARY = "Zyxwavian-4471"
STORY_SECONDS = 900
"""A guard against a hang, for a slow machine: the first test waits for the whole story."""
PATIENCE = 60.0
LEAP_DAY = "0 0 0 29 2 *"
SETTINGS = {
    "RCM_GROUP_SETTLE_SECONDS": "3",
    "RCM_GROUP_LIMIT_SECONDS": "20",
    "RCM_SCHEDULE_EXTRACT_EMR": LEAP_DAY,  # files that a timer brings would be counted as the story's
    "RCM_SCHEDULE_REFRESH_CODES": LEAP_DAY,
}

PUBLIC_DATA = REPOSITORY.parent / "shared" / "data" / "rcm"
PUBLIC_LINES = 300
PUBLIC_DAY = "2026-01-15"
PUBLIC_ORIGIN = "public_b"

# Hospital C's words for the columns of hospital B's patients, in hospital C's order.
NEWCOMER_COLUMNS = {
    "Updated_Date": "Last Change",
    "DOB": "Born (yyyy-mm-dd)",
    "L_Name": "Family Name",
    "F_Name": "Given Name",
    "M_Name": "Middle",
    "ID": "MRN",
    "Address": "Home",
    "SSN": "Social",
    "Gender": "Sex",
    "PhoneNumber": "Tel.",
}

Drop = Callable[[str, bytes], dict[str, Any]]


@dataclass(frozen=True)
class Newcomer:
    """A source that only metadata knows: where its file lands, what it holds, how many records of it are bad."""

    source_id: str
    path: str
    given_names: Mapping[str, str]
    bad_records: int


@dataclass(frozen=True)
class Story:
    """What was played, and what silver held of the source that got a misdirected file while that file counted."""

    stage: Stage
    demo: DemoWorld
    newcomer: Newcomer
    public: Mapping[str, Path]
    misled: frozenset[str]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.end_to_end)
            item.add_marker(pytest.mark.timeout(STORY_SECONDS))


@pytest.fixture(scope="session")
def canary() -> str:
    """A value that stands in records and in the name of a file, and nowhere else on earth."""
    return CANARY


@pytest.fixture(scope="session")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped metadata, a hospital nobody knew, and the public data's hospital B under an origin of its own."""
    folder = tmp_path_factory.mktemp("end-to-end") / "metadata"
    shutil.copytree(REPOSITORY / "metadata", folder)
    _write_newcomer(folder)
    for noun in ("department", "provider", "patient", "encounter"):
        said = _read(folder / "sources" / f"hospital_b__{noun}.json")
        said |= {
            "source_id": f"{PUBLIC_ORIGIN}__{noun}",
            "path_pattern": said["path_pattern"].replace("hospital_b", PUBLIC_ORIGIN),
        }
        _write(folder / "sources" / f"{PUBLIC_ORIGIN}__{noun}.json", said)
    return folder


def _write_newcomer(folder: Path) -> None:
    """Hospital C's patients: metadata and a schema, made of hospital B's by calling every column something else."""
    schema = _renamed(_read(folder / "schemas" / "hospital_b__patient.schema.json"))
    schema["$id"] = "hospital_c__patient.schema.json"
    schema["properties"] = {name: schema["properties"][name] for name in NEWCOMER_COLUMNS.values()}
    _write(folder / "schemas" / schema["$id"], schema)
    source = _renamed(_read(folder / "sources" / "hospital_b__patient.json")) | {
        "source_id": "hospital_c__patient",
        "path_pattern": "hospital_c/{as_of:date}/people{any}.txt",
        "record_schema": schema["$id"],
        "advisory_schema": None,
    }
    source["format"]["delimiter"] = "|"
    _write(folder / "sources" / "hospital_c__patient.json", source)


def _renamed(said: Any) -> Any:
    if isinstance(said, dict):
        return {NEWCOMER_COLUMNS.get(name, name): _renamed(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_renamed(value) for value in said]
    return NEWCOMER_COLUMNS.get(said, said) if isinstance(said, str) else said


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def _write(path: Path, said: object) -> None:
    path.write_text(json.dumps(said, indent=2))


@pytest.fixture(scope="session")
def world(metadata: Path) -> Iterator[World]:
    """All services, Spark too, on the metadata of this tier."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RCM_METADATA_PATH", str(metadata))  # for the lakehouse's processes
        settings = {"RCM_METADATA_PATH": str(metadata), **SETTINGS}
        with World(metadata.parent / "world", settings_overrides=settings) as running:
            yield running


@pytest.fixture(scope="session")
def story(world: World, metadata: Path) -> Story:
    """Plays the story to its end; from then on the world is at rest."""
    stage = Stage(world, metadata)
    files = metadata.parent / "files"
    demo = write_demo_world(files, SEED, patients=60, encounters=120)
    stage.ingest_world(demo)
    newcomer, public = _write_newcomers_file(files), dict(_public_slice(files))
    stage.ingest([(files / newcomer.path, newcomer.path), *((file, path) for path, file in public.items())])
    stage.gold()
    misled = _current_ids(stage, "hospital_a__claim")
    _mend(stage, demo)
    stage.gold()
    return Story(stage, demo, newcomer, public, misled)


def _write_newcomers_file(folder: Path) -> Newcomer:
    """Nine good people and three bad: a day that is none, a sex unheard of, a NUL. The canary is in good and bad."""
    people = [_person(number) for number in range(1, 13)]
    faults = {2: {"DOB": "1984-02-30", "L_Name": CANARY}, 4: {"Gender": CANARY}, 6: {"Address": f"{CANARY}\0"}}
    for number, fault in faults.items():
        people[number] |= fault
    newcomer = Newcomer(
        source_id="hospital_c__patient",
        path=f"hospital_c/2026-01-31/people_{CANARY}.txt",
        given_names={row["ID"]: row["F_Name"] for number, row in enumerate(people) if number not in faults},
        bad_records=len(faults),
    )
    (folder / newcomer.path).parent.mkdir(parents=True, exist_ok=True)
    with (folder / newcomer.path).open("w", newline="") as file:
        lines = csv.writer(file, delimiter="|")
        lines.writerow(NEWCOMER_COLUMNS.values())
        lines.writerows([row[name] for name in NEWCOMER_COLUMNS] for row in people)
    return newcomer


def _person(number: int) -> dict[str, str]:
    return {
        "ID": f"C-{number:04d}", "F_Name": f"Given{number}", "L_Name": f"Family{number}", "M_Name": "",
        "SSN": f"123-45-{number:04d}", "PhoneNumber": "", "Gender": "Female", "DOB": f"1970-01-{number:02d}",
        "Address": f"{number} {CANARY} Road", "Updated_Date": "2026-01-20",
    }  # fmt: skip


def _public_slice(folder: Path) -> Iterator[tuple[str, Path]]:
    """Landing path and file of a slice of each public file; nothing where the public data is not beside the repository.

    CPT codes are of a day before the generated world's: what arrives late but is older changes nothing that is current.
    """
    if not PUBLIC_DATA.is_dir():
        return
    for noun in ("department", "provider", "patient", "encounter"):
        path = f"emr/{PUBLIC_ORIGIN}/{PUBLIC_DAY}/{noun}s.csv"
        yield path, _slice(PUBLIC_DATA / "EMR" / "hospital-b" / f"{noun}s.csv", folder / path)
    path = f"codes/cpt/{PUBLIC_DAY}/cptcodes.csv"
    yield path, _slice(PUBLIC_DATA / "cptcodes" / "cptcodes.csv", folder / path)


def _slice(public: Path, file: Path) -> Path:
    """The first lines of a public file, and those further down that say NULL."""
    with public.open(newline="", encoding="utf-8") as stream:
        header, *lines = stream.readlines()
    kept = [line for number, line in enumerate(lines) if number < PUBLIC_LINES or ",NULL," in line]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join([header, *kept]), newline="", encoding="utf-8")
    return file


def _mend(stage: Stage, demo: DemoWorld) -> None:
    """The refused file's header becomes known and the file is read again; the misdirected file is withdrawn."""
    seen, meant = demo.alias
    source = stage.metadata / "sources" / f"{demo.renamed.source_id}.json"
    said = _read(source)
    said["format"]["aliases"] = {seen: meant}
    _write(source, said)
    stage.world.restart("host")
    for kind, file in (("reprocess", demo.renamed), ("withdraw", demo.misdirected)):
        found = next(each for each in stage.client.ingestions() if each["path"] == file.path)
        answer = stage.client.post(kind, {"file_version_ids": [found["file_version_id"]]}, f"end-to-end-{kind}")
        stage.progress.wait_for_request(answer["request_id"], FILES_SECONDS)
    stage.progress.wait_for_files(stage.dropped, FILES_SECONDS)


def _current_ids(stage: Stage, source_id: str) -> frozenset[str]:
    """The ids of a source that silver holds as current, as the source itself writes them."""
    noun = _read(stage.metadata / "nouns" / f"{source_id.rpartition('__')[2]}.json")
    rows = delta_rows(stage.world.plan.lake / "silver" / noun["noun"], [*noun["key"], "source_id", "is_current"])
    return frozenset(
        row[noun["key"][0]].removeprefix(f"{source_id.partition('__')[0]}:")
        for row in (rows.to_pylist() if rows else [])
        if row["source_id"] == source_id and row["is_current"]
    )


@pytest.fixture(scope="session")
def current_ids(story: Story) -> Callable[[str], frozenset[str]]:
    """What silver holds as current of a source."""
    return lambda source_id: _current_ids(story.stage, source_id)


@pytest.fixture(scope="session")
def told(story: Story) -> Callable[[str], dict[str, Any]]:
    """The whole story of the file at a landing path, as the API tells it."""
    client, known = story.stage.client, dict[str, str]()

    def tell(path: str) -> dict[str, Any]:
        if path not in known:
            known.update({each["path"]: each["file_version_id"] for each in client.ingestions()})
        said: dict[str, Any] = client.get(f"ingestions/{known[path]}")
        return said

    return tell


@pytest.fixture(scope="session")
def drop(story: Story, told: Callable[[str], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Drop:
    """Drops bytes at a landing path, waits until they were worked, and tells what became of them."""
    file = tmp_path_factory.mktemp("dropped") / "file"

    def put(path: str, content: bytes) -> dict[str, Any]:
        file.write_bytes(content)
        story.stage.ingest([(file, path)])
        return told(path)

    return put


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Waits until a condition is truthy and returns what it said."""

    def wait(condition: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not (said := condition()):
            assert time.monotonic() < deadline, "the condition did not come true"
            time.sleep(0.1)
        return said

    return wait
