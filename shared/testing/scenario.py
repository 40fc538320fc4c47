"""What outsiders do in a simulation: files that arrive, requests that people make; all from a seed."""

from dataclasses import dataclass, replace
from random import Random

CANARY = "CANARY7f3a"
DEPARTMENTS = "emr/{hospital}/2026-01-{day:02d}/departments{tail}.csv"


@dataclass(frozen=True, slots=True)
class Upload:
    """A blob that an outsider writes, not before `after_seconds`; Event Grid tells of it `event_copies` times.

    `copied_for`: so many seconds after Event Grid tells of it a copy still fills it.
    """

    name: str
    content: bytes
    event_copies: int = 1
    after_seconds: float = 0.0
    copied_for: float = 0.0


@dataclass(frozen=True, slots=True)
class Remove:
    """An outsider deletes what stands at the path of the `upload`-th upload."""

    upload: int


@dataclass(frozen=True, slots=True)
class Stray:
    """A message that none of our programs sent, or not for a file that is there; it ends "parked", "dead" or "done".

    FIRST in its body stands for the file version that came first.
    """

    queue: str
    body: bytes
    end: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A timer fires."""

    timer: str


@dataclass(frozen=True, slots=True)
class Change:
    """What timers bring from changes."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A person's request about the `upload`-th upload; repeated with the same key until it is answered."""

    kind: str
    upload: int
    key: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing more begins until all that began is done, and then for so many seconds."""

    seconds: float


type Action = Upload | Ask | Remove | Stray | Tick | Change | Wait


@dataclass(frozen=True, slots=True)
class Scenario:
    """Actions in the order in which they begin, and how Databricks' first runs end; all later ones succeed."""

    actions: tuple[Action, ...]
    run_endings: tuple[tuple[str, str | None], ...] = ()

    @property
    def has_timers(self) -> bool:
        """Whether there is anything that a timer could bring."""
        return any(isinstance(action, Tick | Change) for action in self.actions)


def departments(count: int, bad: int = 0, first: int = 1) -> bytes:
    """A departments file of `count` good rows and `bad` ones without a key; every cell carries a canary."""
    rows = [f"DEPT{number:03d},{CANARY} {number}" for number in range(first, first + count)]
    rows += [f",{CANARY} nameless {number}" for number in range(bad)]
    return ("DeptID,Name\n" + "\n".join(rows) + "\n").encode()


ENDINGS = (
    ("TERMINATED", "FAILED"),
    ("TERMINATED", "TIMEDOUT"),
    ("TERMINATED", "SUCCESS_WITH_FAILURES"),
    ("SKIPPED", None),
    ("INTERNAL_ERROR", None),
    ("INTERNAL_ERROR", "FAILED"),
)


UNHEARD = 40
A_COPY = 20.0
A_LONG_COPY = 7_000.0  # longer than the reconciler looks back
BRINGING = ("extract_emr", "refresh_codes", "anchor_audit")
NOBODY = b'"file_version_id": "%s", "generation": 1}' % (b"0" * 64)
FIRST = b"<first>"
TOO_EARLY = b'"file_version_id": "' + FIRST + b'", "generation": 99}'
STRAYS = (
    Stray("ingestion-requests", b"not JSON", "parked"),
    Stray("ingestion-requests", b'{"type": "ingestion.requested.v1"}', "parked"),
    Stray("ingestion-requests", b'{"type": "ingestion.requested.v1", ' + NOBODY, "dead"),
    Stray("ingestion-requests", b'{"type": "ingestion.requested.v9"}', "dead"),
    Stray("ingestion-requests", b'{"type": "ingestion.requested.v1", ' + TOO_EARLY, "dead"),
    Stray("databricks-run-requests", b'{"type": "ingestion.landed.v1"}', "parked"),
    Stray("databricks-run-requests", b'{"type": "ingestion.landed.v1", ' + NOBODY, "dead"),
    Stray("databricks-run-requests", b'{"type": "databricks_run.start_due.v1", "databricks_job": "nobodys"}', "done"),
    Stray(
        "databricks-run-requests",
        b'{"type": "databricks_run.follow_due.v1", "databricks_job": "nobodys", "token": "%s", "follow_number": 1}'
        % (b"0" * 64),
        "dead",
    ),
)


def plain_scenario() -> Scenario:
    """One file with a bad row, its reprocess and its withdrawal: every flow once. For exhaustive faults."""
    path = DEPARTMENTS.format(hospital="hospital_a", day=31, tail="")
    asks = Ask("reprocess", 0, "key-1"), Ask("withdraw", 0, "key-2")
    return Scenario((Upload(path, departments(2, bad=1)), Wait(1), asks[0], Wait(1), asks[1]))


def one_file_scenario() -> Scenario:
    """One file with a bad row, on its way to gold."""
    return Scenario(plain_scenario().actions[:1])


def refused_scenario() -> Scenario:
    """One file without a record: nothing follows from its end."""
    return Scenario((Upload(DEPARTMENTS.format(hospital="hospital_a", day=31, tail=""), b"DeptID,Name\n"),))


def stranded_scenario() -> Scenario:
    """Three run attempts fail: the file's group is stranded, and tried again an hour later."""
    return Scenario((*one_file_scenario().actions, Wait(3600.0)), ENDINGS[:3])


def two_files_scenario() -> Scenario:
    """A second file comes while the first is on its way."""
    second = DEPARTMENTS.format(hospital="hospital_b", day=31, tail="")
    return Scenario((*one_file_scenario().actions, Upload(second, departments(3), after_seconds=20)))


def timers_scenario() -> Scenario:
    """Every timer brings something, something changes and is brought; hours later every timer comes again."""
    ticks = tuple(Tick(timer) for timer in BRINGING)
    return Scenario((*ticks, Change(), *ticks[:2], Wait(3 * 3600.0), *ticks))


def outage_scenario() -> Scenario:
    """A file with its requests, and what timers bring; then somebody looks every five minutes for more than an hour."""
    return Scenario((*plain_scenario().actions, *timers_scenario().actions, *(Wait(301.0) for _ in range(14))))


def twice_scenario(timer: str) -> Scenario:
    """A timer fires twice at once, before and after something changed."""
    twice = Tick(timer), Tick(timer)
    return Scenario((*one_file_scenario().actions, Wait(1), *twice, Change(), *twice))


def unheard_scenario() -> Scenario:
    """A file comes every five minutes for three hours and more, and no event tells of any; a copy fills the first."""
    paths = (DEPARTMENTS.format(hospital="hospital_a", day=31, tail=f"_{number}") for number in range(UNHEARD))
    uploads = [Upload(path, departments(2, first=n), event_copies=0) for n, path in enumerate(paths, 1)]
    uploads[0] = replace(uploads[0], copied_for=A_LONG_COPY)
    return Scenario(tuple(action for upload in uploads for action in (Wait(301.0), upload)))


def vanished_scenario() -> Scenario:
    """A file that no event tells of is found by the reconciler, and taken away."""
    path = DEPARTMENTS.format(hospital="hospital_a", day=31, tail="")
    return Scenario((Upload(path, departments(2, bad=1), event_copies=0), Wait(301.0), Wait(1), Remove(0)))


def drawn_scenario(rng: Random) -> Scenario:
    """One to five files of the kinds that trouble, up to two requests, some events lost or told often."""
    uploads = [_upload(rng, number) for number in range(rng.randint(1, 5))]
    if rng.random() < 0.4:
        again = rng.choice(uploads)
        uploads.append(Upload(again.name, departments(rng.randint(1, 4), first=50), _copies(rng)))
    if rng.random() < 0.3:
        twin = rng.choice(uploads)
        uploads.append(Upload(twin.name.replace(".csv", "_twin.csv"), twin.content, _copies(rng)))
    actions: list[Action] = list(uploads)
    for number in range(rng.randint(0, 2)):
        ask = Ask(rng.choice(("reprocess", "withdraw")), rng.randrange(len(uploads)), f"key-{number}")
        actions.insert(rng.randint(1, len(actions)), ask)
    for late in _surprises(rng, len(uploads)):
        actions.insert(rng.randint(1, len(actions)), late)
    return Scenario(tuple(actions), tuple(rng.choice(ENDINGS) for _ in range(rng.choice((0, 0, 0, 1, 2, 4)))))


def _surprises(rng: Random, uploads: int) -> list[Action]:
    """What comes between: a file taken away, a message that nobody sent, timers and what they bring from."""
    found: list[Action] = [Remove(rng.randrange(uploads))] if rng.random() < 0.15 else []
    if rng.random() < 0.2:
        found.append(rng.choice(STRAYS))
    if rng.random() < 0.2:
        found += [Tick(rng.choice(BRINGING)) for _ in range(rng.randint(2, 5))]
        found += [rng.choice((Change(), Wait(3 * 3600.0))) for _ in range(rng.randint(1, 2))]
    return found


def _upload(rng: Random, number: int) -> Upload:
    hospital, day = rng.choice(("hospital_a", "hospital_b")), rng.randint(1, 28)
    path = DEPARTMENTS.format(hospital=hospital, day=day, tail=f"_{CANARY}_{number}")
    contents = (
        departments(rng.randint(1, 5)),
        departments(rng.randint(1, 3), bad=rng.randint(1, 3)),
        departments(2),
        b"DeptID,Name\n",
        f"DeptID,Title\n1,{CANARY}\n".encode(),
        b"",
    )
    name = f"nowhere/{CANARY}_{number}.csv" if rng.random() < 0.1 else path
    return Upload(name, rng.choice(contents), _copies(rng), copied_for=A_COPY if rng.random() < 0.1 else 0.0)


def _copies(rng: Random) -> int:
    return rng.choice((0, 1, 1, 1, 2, 3))
