from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.pipeline.listing import newest_first

INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2900, 1, 1)).map(lambda instant: instant.replace(tzinfo=UTC))  # noqa: DTZ001


@given(INSTANTS, st.integers(1, 10**9))
def test_later_instants_come_first(instant: datetime, milliseconds: int) -> None:
    later = instant + timedelta(milliseconds=milliseconds + 1)
    assert newest_first(later, "b") < newest_first(instant, "a")
