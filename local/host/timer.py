"""Timer triggers: due by schedule in UTC, late once if a tick was missed while the host was down."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.host.function import IndexedFunction
from local.host.invocations import Invocations
from local.host.protos import TypedData
from local.host.schedule import Schedule
from local.host.stopping import Stopping
from local.host.worker import TriggerInput

LATE = timedelta(seconds=5)
NEVER = "0001-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """Azure's schedule status: ISO 8601 instants with offset, kept in `<state>/timers/<function>.json`."""

    Last: str = NEVER
    Next: str = NEVER
    LastUpdated: str = NEVER

    @classmethod
    def load(cls, path: Path) -> "ScheduleStatus":
        return cls(**json.loads(path.read_text())) if path.exists() else cls()

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(self)))
        unfinished.replace(path)

    def is_past_due(self, now: datetime) -> bool:
        return self.Next != NEVER and datetime.fromisoformat(self.Next) < now


class Timer:
    """One timer function. Ticks never overlap: the next one is reckoned from the end of the last."""

    def __init__(
        self,
        function: IndexedFunction,
        schedule: Schedule,
        invocations: Invocations,
        state_directory: Path,
        stopping: Stopping,
    ) -> None:
        self._function = function
        self._schedule = schedule
        self._invocations = invocations
        self._path = state_directory / "timers" / f"{function.name}.json"
        self._stopping = stopping

    async def listen(self) -> None:
        """Fires until the host stops."""
        now = datetime.now(UTC)
        monitored = bool(self._function.trigger.get("useMonitor", True)) and self._schedule.is_monitored(now)
        status = ScheduleStatus.load(self._path) if monitored else ScheduleStatus()
        past_due = status.is_past_due(now)
        if past_due or self._function.trigger.get("runOnStartup", False):
            status = await self._fire(status, past_due)
        while True:
            due = self._schedule.next_after(datetime.now(UTC))
            status = ScheduleStatus(status.Last, due.isoformat(), datetime.now(UTC).isoformat())
            if monitored:
                status.save(self._path)
            if await self._until(due):
                return
            status = await self._fire(status, datetime.now(UTC) - due > LATE)

    async def _until(self, due: datetime) -> bool:
        while (remaining := (due - datetime.now(UTC)).total_seconds()) > 0:
            if await self._stopping.within(remaining):
                return True
        return self._stopping.asked

    async def _fire(self, status: ScheduleStatus, past_due: bool) -> ScheduleStatus:
        fired_at = datetime.now(UTC).isoformat()
        await self._invocations.invoke(self._function, timer_input(status, past_due))
        return ScheduleStatus(fired_at, status.Next, datetime.now(UTC).isoformat())


def timer_input(status: ScheduleStatus, past_due: bool) -> TriggerInput:
    """What a timer function is given."""
    content = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": asdict(status), "IsPastDue": past_due}
    return TriggerInput(TypedData(json=json.dumps(content)))
