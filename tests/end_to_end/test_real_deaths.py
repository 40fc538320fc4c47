"""Processes that really die, events that really get lost: every file still ends exactly once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.chaos.__main__ import LINE, METADATA, SETTINGS, harm_and_count
from local.chaos.load import balance, client_of, set_event_grid, upload_all, wait_for_events, wait_until_settled
from local.supervisor.world import World
from local.world.small_files import write_many_small_files

pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(900)]

FILES = 100
PATIENCE = 300.0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Intake without Databricks: requests for runs stay undone, which is no matter here."""
    by_hand = {"AzureWebJobs.reconcile.Disabled": "true"}
    with World(tmp_path / "world", LINE, SETTINGS | by_hand) as world:
        yield world


def arrive(world: World, count: int) -> tuple[str, ...]:
    folder = world.plan.root / "files"
    paths = write_many_small_files(folder, count, rows=5)
    upload_all(world.settings["RCM_STORAGE"], folder, paths)
    return paths


def test_files_that_arrive_while_every_process_dies_all_end_exactly_once(world: World) -> None:
    said = harm_and_count(world, LINE, FILES, seed=1)
    assert (said["landed"], said["lost"], said["doubled"]) == (FILES, 0, 0)


def test_files_whose_events_were_all_dropped_are_found_by_one_reconciliation(world: World) -> None:
    set_event_grid(world, drop=True)
    paths = arrive(world, 30)
    wait_for_events(world, "dropped", 30, PATIENCE)
    client = client_of(world)
    assert list(client.ingestions()) == []
    client.fire("reconcile")
    listed = wait_until_settled(client, paths, PATIENCE)
    counted = balance(world, listed, METADATA, has_lake=False)
    assert (len(listed), counted.lost, counted.doubled) == (30, 0, 0)


def test_a_thousand_events_of_one_file_at_once_are_one_ingestion(world: World) -> None:
    set_event_grid(world, duplicate=1_000)
    paths = arrive(world, 1)
    wait_for_events(world, "delivered", 1_000, PATIENCE)
    listed = wait_until_settled(client_of(world), paths, PATIENCE)
    counted = balance(world, listed, METADATA, has_lake=False)
    assert (len(listed), counted.lost, counted.doubled) == (1, 0, 0)
