"""What a timer's tick finds to do: by what was done last, never by when the last tick was."""

from datetime import datetime, timedelta

from shared.model.duration import period_number


def is_due(every: timedelta, done_at: datetime | None, now: datetime) -> bool:
    """Whether a period has begun since the work was last done.

    Periods are counted from midnight UTC of the first day of 1970. So a tick that comes a little early or late takes no
    turn away, several missed ticks are caught up by one, and a second tick in one period finds nothing to do.
    """
    return done_at is None or period_number(now, every) > period_number(done_at, every)
