"""What silver must hold, told from the deliveries alone in plain Python, by the words of the delivery kinds.

Nothing here knows Spark or the package: states are looked up instant by instant instead of being derived."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

from deliveries import Cells, Delivered

type Content = tuple[str | None, ...]


class Said(NamedTuple):
    """One accepted record. `order` compares two of one source."""

    order: tuple[str, str, str, int]
    changed: str
    effective: str
    content: Content
    position: tuple[str, int, int]
    period: str


class Version(NamedTuple):
    """A row of silver as the tests compare it: by effective time or by the time of knowing; `until` None: open."""

    member: str
    since: str | None
    until: str | None
    content: Content
    position: tuple[str, int, int]


def expected_versions(kind: str, delivered: Sequence[Delivered]) -> set[Version]:
    """Every version by effective time."""
    stand = standing(delivered)
    found = set[Version]()
    for member in _members(stand):
        everything = accepted_of(stand, member, with_day=False)
        said = believed(kind, stand, member, everything)
        times = sorted({one.effective for one in said} | {_as_of(one) for one in stand})
        before: Content | None = None
        rows: list[list[object]] = []
        for time in times:
            state = _state(kind, stand, member, said, time)
            content = state.content if state else None
            if content == before:
                continue
            if rows and rows[-1][1] is None:
                rows[-1][1] = time
            if state:
                rows.append([time, None, content, _said_first(everything, state)])
            before = content
        found |= {Version(member, *row) for row in rows}  # type: ignore[arg-type]
    return found


def expected_spans(kind: str, delivered: Sequence[Delivered]) -> set[Version]:
    """What was believed of each member from when until when: everything told anew at each instant at which one knew."""
    found = set[Version]()
    moments = sorted({one.known for one in delivered})
    for member in _members(delivered):
        rows: list[list[object]] = []
        before: Content | None = None
        for moment in moments:
            state = _belief(kind, [one for one in delivered if one.known <= moment], member)
            content = state.content if state else None
            if content == before:
                continue
            if rows and rows[-1][1] is None:
                rows[-1][1] = moment
            if state:
                rows.append([moment, None, content, state.position])
            before = content
        found |= {Version(member, *row) for row in rows}  # type: ignore[arg-type]
    return found


def expected_without(kind: str, delivered: Sequence[Delivered]) -> set[tuple[str, str, Content | None]]:
    """By file version that stands, each member of whom another thing would be believed now, had it been withdrawn:

    what, None where the member would be gone."""
    stand = standing(delivered)
    found = set()
    for file in stand:
        for member in _members(stand):
            others = [one for one in stand if one is not file]
            now, then = (_content(_belief(kind, known, member)) for known in (stand, others))
            if now != then:
                found.add((file.file_version_id, member, then))
    return found


def _content(state: Said | None) -> Content | None:
    return state.content if state else None


def _belief(kind: str, known: Sequence[Delivered], member: str) -> Said | None:
    stand = standing(known)
    said = believed(kind, stand, member, accepted_of(stand, member, with_day=True))
    if kind == "full" and not any(_has(one, member) for one in _until_whole(stand)):
        return None
    return _chosen(kind, said) if said else None


def standing(delivered: Iterable[Delivered]) -> list[Delivered]:
    """The highest generation of each file version, withdrawn ones left out, in the source's own order."""
    newest: dict[str, Delivered] = {}
    for one in sorted(delivered, key=lambda d: d.generation):
        newest[one.file_version_id] = one
    return sorted((d for d in newest.values() if d.outcome == "landed"), key=_order)


def _chosen(kind: str, said: Sequence[Said]) -> Said:
    if kind == "append":
        return min(said, key=_by_order)
    if kind == "delta":
        return max(said, key=lambda one: (one.changed, one.order))
    return max(said, key=_by_delivery)


def _said_first(everything: Sequence[Said], state: Said) -> tuple[str, int, int]:
    same = [one for one in everything if (one.effective, one.content) == (state.effective, state.content)]
    return min(same, key=_by_order).position


def _by_order(one: Said) -> tuple[str, str, str, int]:
    return one.order


def _by_delivery(one: Said) -> tuple[tuple[str, ...], str, int]:
    """The later delivery, in it the later change, then the later row."""
    return (one.order[:3], one.changed, one.order[3])


def accepted_of(stand: Sequence[Delivered], member: str, *, with_day: bool) -> list[Said]:
    """All that standing deliveries said of a member and silver takes in."""
    return [
        Said(
            (*_order(one), number),
            row["Changed"],
            row["Changed"] or _as_of(one),
            content_of(row, with_day=with_day),
            (one.file_version_id, one.generation, number),
            row["Day"][:7],
        )
        for one in stand
        for number, row in one.good
        if row["Id"] == member and content_or_none(row, with_day=with_day) is not None
    ]


def believed(kind: str, stand: Sequence[Delivered], member: str, said: list[Said]) -> list[Said]:
    """Of all that was said of a member what its delivery kind lets stand."""
    if kind == "append":
        return [min(said, key=_by_order)] if said else []
    if kind == "period":
        return [s for s in said if any(_mentions(one, member, s.period) for one in _saying_who(stand, s.period))]
    return said


def content_of(row: Cells, *, with_day: bool) -> Content:
    content = content_or_none(row, with_day=with_day)
    assert content is not None
    return content


def content_or_none(row: Cells, *, with_day: bool) -> Content | None:
    try:
        amount = str(Decimal(row["Amount"]).quantize(Decimal("0.01"), ROUND_HALF_UP)) if row["Amount"] else None
    except InvalidOperation:
        return None
    return (row["Name"] or None, amount, *([row["Day"]] if with_day else []))


def _state(kind: str, stand: Sequence[Delivered], member: str, said: Sequence[Said], time: str) -> Said | None:
    if kind == "full" and not _present(stand, member, time):
        return None
    so_far = [s for s in said if s.effective <= time]
    return max(so_far, key=lambda one: (one.effective, _by_delivery(one))) if so_far else None


def _present(stand: Sequence[Delivered], member: str, time: str) -> bool:
    """What the last extract up to `time` says, of those from the first that ever had the member."""
    first = next(i for i, one in enumerate(stand) if _has(one, member))
    up_to = [one for one in stand[first:] if _as_of(one) <= time]
    heard = [_has(one, member) for one in up_to if _has(one, member) or not _is_torn(one)]
    return heard[-1] if heard else True


def _has(one: Delivered, member: str) -> bool:
    return any(row["Id"] == member for row in one.rows if row)


def _members(delivered: Iterable[Delivered]) -> set[str]:
    return {row["Id"] for one in delivered for row in one.rows if row}


def _is_torn(one: Delivered) -> bool:
    """A record of it could not be split into cells: it may be about anybody."""
    return not all(one.rows)


def _until_whole(stand: Sequence[Delivered]) -> list[Delivered]:
    """The last delivery; as long as it is torn, the one before it too."""
    said: list[Delivered] = []
    for one in reversed(stand):
        said.append(one)
        if not _is_torn(one):
            break
    return said


def _saying_who(stand: Sequence[Delivered], period: str) -> list[Delivered]:
    """The deliveries that say which members a period has."""
    return _until_whole([one for one in stand if any(row["Day"][:7] == period for row in one.rows if row)])


def _mentions(one: Delivered, member: str, period: str) -> bool:
    return any((row["Id"], row["Day"][:7]) == (member, period) for row in one.rows if row)


def _order(one: Delivered) -> tuple[str, str, str]:
    return (_as_of(one), one.when, one.file_version_id)


def _as_of(one: Delivered) -> str:
    return one.as_of or one.when[:10]


def as_day(at: datetime | None) -> str | None:
    """A timestamp of silver as the day the tests write."""
    return at.date().isoformat() if at else None


def as_instant(at: datetime | None) -> str | None:
    """A timestamp of silver as the instant the tests write."""
    return f"{at.isoformat()}Z" if at else None
