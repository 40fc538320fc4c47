"""NCRONTAB schedules of timers: `{second} {minute} {hour} {day} {month} {day of week}`, in UTC."""

import re
from datetime import datetime, timedelta

from croniter import CroniterError, croniter

from local.host.errors import HostError

FIELD = re.compile(r"[0-9A-Za-z*,/-]+")
SHORT_WORD = re.compile(r"(?<![A-Za-z])[A-Za-z]{1,2}(?![A-Za-z])")  # L, W and the like; names have three letters
SHORT_INTERVAL = timedelta(minutes=1)


class Schedule:
    """When a timer is due. Six fields, or five as in plain cron; what croniter adds to cron is refused."""

    def __init__(self, expression: str) -> None:
        """HostError if Azure would not take the expression."""
        fields = expression.split()
        plain = all(FIELD.fullmatch(field) and not SHORT_WORD.search(field) for field in fields)
        if len(fields) not in (5, 6) or not plain or not croniter.is_valid(expression, second_at_beginning=True):
            raise HostError(f"{expression!r} is not an NCRONTAB schedule of six fields")
        self._expression = expression

    def next_after(self, instant: datetime) -> datetime:
        """The first due instant later than `instant`. HostError if there is none (31 February)."""
        try:
            times = croniter(self._expression, instant, day_or=False, second_at_beginning=True)
            return times.get_next(datetime)
        except CroniterError:
            raise HostError(f"{self._expression!r} is never due") from None

    def is_monitored(self, instant: datetime) -> bool:
        """Azure keeps the status of a schedule, and so notices a missed tick, from one minute between ticks."""
        due = self.next_after(instant)
        return self.next_after(due) - due >= SHORT_INTERVAL
