from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from shared.errors import PermanentError
from shared.model.code_set import CodeForm, Keep, ReleaseCalendar, Slice
from shared.pipeline import read_release as module
from shared.pipeline.read_release import read_release

COLUMNS = {"code": Slice(0, 5, CodeForm.ICD_10_CM), "kind": Slice(5, 1), "title": Slice(6, None)}
CALENDAR = ReleaseCalendar({1: "/x"}, "list_*.txt", COLUMNS, None, timedelta(30))
KEEPING = ReleaseCalendar({1: "/x"}, "list_*.txt", COLUMNS, Keep(Slice(5, 1), frozenset("3")), timedelta(30))


def archive(**members: bytes) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(f"folder/{name.replace('__', '.')}", content)
    return written.getvalue()


def test_a_line_is_cut_into_columns_and_padding_is_dropped() -> None:
    content = "I2510 3Chronic  heart  \r\nI10  3Ménière\r\n\r\n".encode()
    assert list(read_release(archive(list_1__txt=content, readme__txt=b"x"), CALENDAR)) == [
        {"code": "I25.10", "kind": "", "title": "3Chronic  heart"},
        {"code": "I10", "kind": "3", "title": "Ménière"},
    ]


def test_only_the_lines_to_be_kept_are_records() -> None:
    content = b"A00003First\nA00004goes on\nA00013Second\n"
    assert [each["title"] for each in read_release(archive(list_1__txt=content), KEEPING)] == ["First", "Second"]


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html>",
        b"",
        archive(other__txt=b"x"),
        archive(list_1__txt=b"x", list_2__txt=b"y"),
        archive(list_1__txt=b"\xff\xfe"),
        archive(list_1__txt=b"I10  3Hypertension")[:-30],
    ],
    ids=["html", "empty", "no member", "two members", "not UTF-8", "truncated"],
)
def test_anything_but_such_an_archive_is_refused(content: bytes) -> None:
    with pytest.raises(PermanentError, match="unexpected_release"):
        list(read_release(content, CALENDAR))


def test_a_damaged_member_is_refused() -> None:
    whole = bytearray(archive(list_1__txt=b"I10  3Hypertension" * 100))
    whole[60] ^= 0xFF
    with pytest.raises(PermanentError, match="unexpected_release"):
        list(read_release(bytes(whole), CALENDAR))


def test_a_member_that_unpacks_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(PermanentError, match="larger than 1000 bytes"):
        list(read_release(archive(list_1__txt=b"x" * 1001), CALENDAR))
