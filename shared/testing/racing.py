"""Scenarios in which several do the same thing at once, or undo what another does."""

from dataclasses import replace

from shared.testing.scenario import DEPARTMENTS, Ask, Scenario, Upload, Wait, departments, one_file_scenario


def twins_scenario() -> Scenario:
    """The same bytes come twice at once, are withdrawn, and come several times at once again."""
    paths = (DEPARTMENTS.format(hospital="hospital_a", day=31, tail=f"_{number}") for number in range(6))
    first, second, *others = (Upload(path, departments(2)) for path in paths)
    withdrawals = Ask("withdraw", 0, "key-1"), Wait(1), Ask("withdraw", 1, "key-2")
    return Scenario((first, second, Wait(1), *withdrawals, Wait(1), *others))


def requests_scenario() -> Scenario:
    """Several people ask for one file at once, one of them twice under one key; then two ask for opposites."""
    first, second = Ask("reprocess", 0, "key-1"), Ask("reprocess", 0, "key-2")
    opposites = Ask("withdraw", 0, "key-3"), Ask("reprocess", 0, "key-4")
    return Scenario((*one_file_scenario().actions, Wait(1), first, second, first, Wait(1), *opposites))


def releases_scenario() -> Scenario:
    """A file landed, and is held when it is asked for again, since a larger one came after it; a person releases a
    second one of the same bytes."""
    paths = {day: DEPARTMENTS.format(hospital="hospital_a", day=day, tail="") for day in (30, 31)}
    small, large = Upload(paths[30], departments(2)), Upload(paths[31], departments(9))
    twin = replace(small, name=paths[30].replace(".csv", "_twin.csv"))
    asks = Ask("reprocess", 0, "key-1"), Wait(1), twin, Wait(1), Ask("release", 2, "key-2")
    return Scenario((small, Wait(1), large, Wait(1), *asks))


def deliveries_scenario() -> Scenario:
    """Deliveries of one source at once, in no order, one of them at a path that is written over meanwhile."""
    paths = {day: DEPARTMENTS.format(hospital="hospital_a", day=day, tail="") for day in (29, 30, 31)}
    uploads = (Upload(paths[day], departments(2, first=day), event_copies=2) for day in (30, 31, 29))
    return Scenario((*uploads, Upload(paths[30], departments(3), event_copies=2)))


RACING = (twins_scenario(), requests_scenario(), releases_scenario(), deliveries_scenario())
