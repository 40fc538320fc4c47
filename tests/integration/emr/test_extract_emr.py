"""extract_emr on the real SQL adapter and real SQLite databases, with blobs and tables in memory."""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from local.world.emr_database import EmrIncrement, add_increment, write_emr_database
from shared.adapters.emr_sql import SqlEmrReader
from shared.errors import TransientError
from shared.flows.extract_emr import extract_emr
from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.file_version import LANDING
from shared.pipeline.identify import Identified, identify
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase, open_gate

pytestmark = pytest.mark.integration

HOSPITAL, SEED, LAST_DAY = "hospital_a", 7, date(2026, 1, 31)
ENCOUNTERS, PATIENTS = "hospital_a__encounter", "hospital_a__patient"
TEN_IN_THE_EVENING = datetime(2026, 1, 31, 22, 0, tzinfo=UTC)
HOUR, DAY = 3_600, 86_400


class Crash(BaseException):
    """The process ends here: no handler may catch it."""


class Clinic:
    """A hospital's database and the ports of a timer that pulls from it."""

    def __init__(self, database: Path, *pulled: str) -> None:
        shipped = load_metadata(DEFAULT_PATH)
        self.database = database
        self.ports = FakePorts(replace(shipped, extracts={name: shipped.extracts[name] for name in pulled}))
        self.ports.emr = SqlEmrReader({HOSPITAL: f"sqlite:///{database}"})
        self.ports.clock.instant = TEN_IN_THE_EVENING

    @property
    def landing(self) -> dict[str, bytes]:
        return {path: blob.content for path, blob in sorted(self.ports.files.blobs[LANDING].items())}

    def pull(self) -> list[list[dict[str, str]]]:
        """One tick; the records of each file that came or changed."""
        before = self.ports.files.writes, self.landing
        extract_emr(self.ports)
        self.ports.clock.advance(1)
        if self.ports.files.writes == before[0]:
            return []
        return [records(content) for path, content in self.landing.items() if content != before[1].get(path)]

    def live_a_day(self, day: date) -> EmrIncrement:
        return add_increment(self.database, HOSPITAL, SEED, day)

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement)

    @contextmanager
    def crash(self, at: str, when: Phase) -> Iterator[None]:
        """The first call of an operation ends the process, before its effect or after it."""

        def gate(operation: str, phase: Phase) -> None:
            if (operation, phase) == (at, when):
                raise Crash

        self.ports.files.gate, self.ports.ledger.gate = gate, gate
        with pytest.raises(Crash):
            yield
        self.ports.files.gate, self.ports.ledger.gate = open_gate, open_gate


def records(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(content.decode().splitlines()))


def ids(files: list[list[dict[str, str]]], key: str = "EncounterID") -> set[str]:
    return {record[key] for file in files for record in file}


@pytest.fixture
def clinic_of(tmp_path: Path) -> Callable[..., Clinic]:
    """Makes a hospital with some dozen patients and encounters, of which the named extracts are pulled."""

    def make(*pulled: str) -> Clinic:
        database = tmp_path / "clinic.db"
        write_emr_database(database, HOSPITAL, SEED, LAST_DAY, patients=30, encounters=40)
        return Clinic(database, *pulled)

    return make


type MakeClinic = Callable[..., Clinic]


def test_a_first_pull_brings_the_whole_table_as_a_file_that_its_source_claims(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    (file,) = clinic.pull()
    assert len(file) == 40
    (path,) = clinic.landing
    assert path == "emr/hospital_a/2026-01-31/encounters-20260131T220000Z.csv"
    assert identify(path, clinic.ports.metadata.sources) == Identified(ENCOUNTERS, {"as_of": "2026-01-31"})
    assert list(file[0]) == list(clinic.ports.metadata.sources[ENCOUNTERS].columns)


def test_a_tick_without_news_brings_no_file(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    clinic.pull()
    clinic.ports.clock.advance(HOUR)
    assert clinic.pull() == []


def test_the_next_pull_brings_what_is_new_and_what_was_entered_late(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    clinic.pull()
    clinic.ports.clock.advance(DAY)
    day = clinic.live_a_day(date(2026, 2, 1))
    brought = ids(clinic.pull())
    assert brought >= {*day.encounters, day.late_encounter}
    assert len(brought) < 46


def test_a_row_entered_late_is_brought_though_the_watermark_stands_still(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    clinic.pull()
    clinic.change("INSERT INTO encounters SELECT 'LATE', PatientID, EncounterDate, EncounterType, ProviderID, "
                  "DepartmentID, ProcedureCode, InsertedDate, '2026-01-28' FROM encounters LIMIT 1")  # fmt: skip
    assert "LATE" in ids(clinic.pull())
    assert clinic.pull() == []


def test_of_two_pulls_in_one_second_the_second_waits_for_the_next_tick(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    clinic.pull()
    (first,) = clinic.landing.values()
    clinic.ports.clock.instant = TEN_IN_THE_EVENING
    day = clinic.live_a_day(date(2026, 1, 31))
    assert clinic.pull() == []
    assert [*clinic.landing.values()] == [first]
    assert ids(clinic.pull()) >= set(day.encounters)


def test_a_row_without_a_watermark_is_brought_once(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    clinic.change("UPDATE encounters SET ModifiedDate = NULL WHERE EncounterID = 'ENC000001'")
    assert "ENC000001" in ids(clinic.pull())
    assert clinic.pull() == []


def test_a_date_in_the_far_future_does_not_keep_later_rows_out(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    clinic.change("UPDATE encounters SET ModifiedDate = '2099-01-01' WHERE EncounterID = 'ENC000001'")
    assert "ENC000001" not in ids(clinic.pull())
    clinic.ports.clock.advance(DAY)
    day = clinic.live_a_day(date(2026, 2, 1))
    assert ids(clinic.pull()) >= set(day.encounters)


def test_a_full_extract_comes_once_a_day_without_the_inactive(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(PATIENTS)
    (first,) = clinic.pull()
    clinic.ports.clock.advance(HOUR)
    assert clinic.pull() == []
    clinic.ports.clock.advance(DAY)
    day = clinic.live_a_day(date(2026, 2, 1))
    (second,) = clinic.pull()
    assert {row["PatientID"] for row in first} - {row["PatientID"] for row in second} == {day.deactivated_patient}


@pytest.mark.parametrize(
    ("operation", "phase"),
    [
        ("ledger.insert", "before"),
        ("ledger.insert", "after"),
        ("files.stage_block", "after"),
        ("files.stage", "before"),
        ("files.stage", "after"),
        ("ledger.replace", "before"),
        ("ledger.replace", "after"),
    ],
)
def test_a_crash_anywhere_ends_in_the_same_one_file(clinic_of: MakeClinic, operation: str, phase: Phase) -> None:
    undisturbed = clinic_of(ENCOUNTERS)
    with_crash = Clinic(undisturbed.database, ENCOUNTERS)
    undisturbed.pull()
    with with_crash.crash(operation, phase):
        with_crash.pull()
    with_crash.pull()
    assert with_crash.landing == undisturbed.landing
    assert with_crash.pull() == []


def test_a_pull_cut_short_keeps_its_name_and_bounds_when_a_later_tick_takes_it_up(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    with clinic.crash("files.stage", "before"):
        clinic.pull()
    clinic.ports.clock.advance(DAY)
    day = clinic.live_a_day(date(2026, 2, 1))
    taken_up = clinic.pull()
    assert list(clinic.landing) == ["emr/hospital_a/2026-01-31/encounters-20260131T220000Z.csv"]
    assert not ids(taken_up) & set(day.encounters)
    assert ids(clinic.pull()) >= set(day.encounters)


def test_one_failing_extract_does_not_keep_the_others_and_the_tick_says_so(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS, "hospital_b__encounter")
    with pytest.raises(TransientError, match="hospital_b__encounter"):
        clinic.pull()
    assert len(clinic.landing) == 1


def test_of_two_ticks_at_once_one_pulls_and_the_other_leaves_it_alone(clinic_of: MakeClinic) -> None:
    clinic = clinic_of(ENCOUNTERS)
    other = Clinic(clinic.database, ENCOUNTERS)
    other.ports.ledger = clinic.ports.ledger
    racing = iter([other.pull])

    def gate(operation: str, phase: Phase) -> None:
        if (operation, phase) == ("ledger.insert", "before") and (race := next(racing, None)):
            race()

    clinic.ports.ledger.gate = gate
    assert clinic.pull() == []
    assert len(other.landing) == 1


def test_a_tick_that_slept_through_later_pulls_does_not_have_them_brought_again(clinic_of: MakeClinic) -> None:
    sleeper = clinic_of(ENCOUNTERS)
    awake = Clinic(sleeper.database, ENCOUNTERS)
    awake.ports.ledger = sleeper.ports.ledger
    brought: list[int] = []

    def gate(operation: str, phase: Phase) -> None:
        if (operation, phase) == ("files.stage", "after"):
            brought.append(len(awake.pull()))
            awake.ports.clock.advance(DAY)
            awake.live_a_day(date(2026, 2, 1))
            brought.append(len(awake.pull()))

    sleeper.ports.files.gate = gate
    sleeper.pull()
    assert brought == [1, 1]
    awake.ports.clock.advance(HOUR)
    assert awake.pull() == []
