"""What every Clock and every Ids does."""

from datetime import UTC, timedelta

import pytest

from shared.adapters.system import SystemClock, SystemIds
from shared.ports import Clock, Ids
from shared.testing.fake_clock import FakeClock, FakeIds


@pytest.fixture(params=[FakeClock, SystemClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[FakeIds, SystemIds])
def ids(request: pytest.FixtureRequest) -> Ids:
    made: Ids = request.param()
    return made


def test_an_instant_is_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC
    assert clock.now() - clock.now() <= timedelta(0)


def test_seconds_never_run_backwards(clock: Clock) -> None:
    earlier = clock.monotonic()
    assert clock.monotonic() >= earlier


def test_attempt_ids_are_32_hex_digits_and_never_the_same(ids: Ids) -> None:
    given = [ids.attempt_id() for _ in range(100)]
    assert len(set(given)) == 100
    assert all(len(each) == 32 and int(each, 16) >= 0 for each in given)
