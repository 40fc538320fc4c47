"""The program under faults: every single one, pairs within a flow, duels, drawn schedules; and the bed itself."""

from dataclasses import replace

import pytest

from shared.testing.gears import drawn
from shared.testing.planted_bugs import PLANTED
from shared.testing.scenario import Scenario, Upload, one_file_scenario
from shared.testing.schedule import Schedule
from shared.testing.simulate import run_all, simulate

pytestmark = pytest.mark.simulation
SEEDS = 500


@pytest.mark.parametrize("seed", [3, 170, 210])
def test_the_same_seed_has_the_same_history_byte_for_byte(seed: int) -> None:
    first, second = (simulate(drawn(seed))[0] for _ in range(2))
    assert first.history == second.history
    assert first.exporter.said == second.exporter.said


@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_events_taken_by_thirty_two_at_once_are_one_file_and_one_run(seed: int) -> None:
    (upload,) = one_file_scenario().actions
    assert isinstance(upload, Upload)
    told_often = replace(upload, event_copies=100)
    simulation, broken = simulate(Schedule(Scenario((told_often,)), seed, width=32))
    assert broken == []
    assert (len(simulation.ports.files.blobs["bronze"]), simulation.ports.jobs.started) == (1, 1)


@pytest.mark.timeout(1500)  # some ten thousand schedules on two processes
def test_nothing_is_lost_or_doubled_and_every_planted_bug_is_seen() -> None:
    verdict, caught = run_all(SEEDS)
    assert verdict.broken == []
    assert [name for name, invariant in caught.items() if not invariant] == []
    assert len(PLANTED) >= 20
