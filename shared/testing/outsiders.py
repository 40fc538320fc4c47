"""Those who write into landing and onto queues from outside, and what they really did: the checker's own record."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared.model.events import Message
from shared.model.file_version import LANDING, BlobVersion
from shared.testing.fake_event_grid import FakeEventGrid
from shared.testing.fake_file_store import ACCOUNT
from shared.testing.fake_ports import FakePorts
from shared.testing.scenario import FIRST, Action, Ask, Change, Remove, Stray, Upload
from shared.testing.schedule import Uploaded
from shared.testing.surroundings import Surroundings


class Outsiders:
    """`uploaded` in order, timers' files among them; `removed` paths; `strays` by MessageId; who `asked` about what."""

    def __init__(
        self, ports: FakePorts, event_grid: FakeEventGrid, told: Callable[[str], None], has_timers: bool
    ) -> None:
        self._ports = ports
        self._event_grid = event_grid
        self._tell = told
        self._known: set[str] = set()
        self._copies: list[tuple[datetime, str]] = []
        self.surroundings = Surroundings(ports) if has_timers else None
        self.uploaded: list[Uploaded] = []
        self.removed: set[str] = set()
        self.strays: dict[str, Stray] = {}
        self.asked: dict[Ask, str] = {}

    def target(self, number: int) -> Uploaded:
        """The upload of this number, or the last one."""
        return self.uploaded[min(number, len(self.uploaded) - 1)]

    def target_of(self, ask: Ask) -> str:
        """The file version that a request is about, the same however often it is repeated."""
        return self.asked.setdefault(ask, self.target(ask.upload).blob.file_version_id)

    def act(self, action: Action) -> None:
        """Does what outsiders do; what else a scenario holds is not theirs."""
        match action:
            case Upload():
                self._upload(action)
            case Remove():
                self._remove(action.upload)
            case Stray():
                self._stray(action)
            case Change() if self.surroundings:
                self.surroundings.change()

    def _upload(self, upload: Upload) -> None:
        blob = self._ports.files.upload(LANDING, upload.name, upload.content, pending=upload.copied_for > 0)
        if upload.copied_for:
            ends_at = self._ports.clock.now() + timedelta(seconds=upload.copied_for)
            self._copies = sorted([*self._copies, (ends_at, upload.name)])
        self._arrive(upload, blob)
        self._ports.clock.advance(1)

    def notice_brought(self) -> None:
        """What a timer wrote into landing has arrived like anything else."""
        for name, blob in self._ports.files.blobs[LANDING].items():
            if blob.etag not in self._known:
                length = len(blob.content)
                version = BlobVersion(ACCOUNT, LANDING, name, blob.etag, length, blob.last_modified)
                self._arrive(Upload(name, blob.content), version)

    def copy_ends_at(self) -> datetime | None:
        """When the next copy ends."""
        return self._copies[0][0] if self._copies else None

    def end_a_copy(self) -> None:
        _, name = self._copies.pop(0)
        if name in self._ports.files.blobs[LANDING]:
            self._ports.files.finish_copy(LANDING, name)

    def _remove(self, number: int) -> None:
        name = self.target(number).upload.name
        self._tell(f"an outsider deletes upload {number}")
        self.removed.add(name)
        self._ports.files.blobs[LANDING].pop(name, None)

    def _stray(self, stray: Stray) -> None:
        message_id = f"stray-{len(self.strays)}"
        self.strays[message_id] = stray
        body = stray.body.replace(FIRST, self.target(0).blob.file_version_id.encode())
        self._ports.bus.accept(stray.queue, Message(message_id, {}), body)

    def _arrive(self, upload: Upload, blob: BlobVersion) -> None:
        self._tell(f"upload {len(self.uploaded)}: {len(upload.content)} bytes, told {upload.event_copies} times")
        self._known.add(blob.etag)
        self.uploaded.append(Uploaded(upload, blob))
        self._event_grid.tell(blob, upload.event_copies)
