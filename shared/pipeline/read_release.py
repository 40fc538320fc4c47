"""Reads a release of a code set: a zip archive with one text file of fixed-width lines."""

from collections.abc import Iterator
from fnmatch import fnmatch
from io import BytesIO, TextIOWrapper
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from shared.errors import PermanentError
from shared.model.code_set import CodeForm, ReleaseCalendar, Slice

type Record = dict[str, str]

MOST_BYTES = 256 * 1024 * 1024


def read_release(archive: bytes, calendar: ReleaseCalendar) -> Iterator[Record]:
    """The records of an edition. PermanentError `unexpected_release` for anything but such an archive."""
    try:
        with ZipFile(BytesIO(archive)) as opened, opened.open(_member(opened, calendar.member)) as member:
            for line in TextIOWrapper(member, encoding="utf-8-sig"):
                if _is_record(line, calendar):
                    yield {name: _cut(line, place) for name, place in calendar.columns.items()}
    except (BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as fault:
        raise PermanentError("unexpected_release", type(fault).__name__) from None


def _member(archive: ZipFile, pattern: str) -> ZipInfo:
    found = [info for info in archive.infolist() if fnmatch(PurePosixPath(info.filename).name, pattern)]
    if len(found) != 1:
        raise PermanentError("unexpected_release", f"{len(found)} members match {pattern}")
    if found[0].file_size > MOST_BYTES:
        raise PermanentError("unexpected_release", f"{pattern} is larger than {MOST_BYTES} bytes")
    return found[0]


def _is_record(line: str, calendar: ReleaseCalendar) -> bool:
    if not line.strip():
        return False
    return calendar.keep is None or _cut(line, calendar.keep.slice) in calendar.keep.values


def _cut(line: str, place: Slice) -> str:
    end = None if place.width is None else place.start + place.width
    text = line[place.start : end].strip()
    return _dotted(text) if place.form is CodeForm.ICD_10_CM else text


def _dotted(code: str) -> str:
    """The dot after the third character, as on claims and in charts."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
