"""What every FileStore does. Runs on the fake and on Azure Blob Storage's adapter against Azurite.

Where Azurite is laxer than Azure, and the fake and the adapter are not tested for it here: it knows no hierarchical
namespace (no directories to leave out of a listing), a copy within it is never pending, and a kill loses what it wrote
in its last seconds.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from shared.adapters.azure_blob_read import BLOCK_BYTES
from shared.errors import ConfigurationError, ConflictError, FileGoneError, VersionChangedError
from shared.ports import FileStore

ODD_NAMES = ("a b+c.csv", "100%25.csv", "hash#.csv", "what?.csv", "Zoë/naïve.csv", "Zoe\u0308.csv", "x/" + "n" * 200)
LARGE = bytes(range(256)) * (10 * 1024) * 10  # six blocks of the adapter and some more


def put(files: FileStore, name: str, content: bytes, container: str = "landing") -> None:
    with files.stage(container, name) as sink:
        sink.write(content)


def content_of(files: FileStore, name: str, container: str = "landing") -> bytes:
    return b"".join(files.read(container, name))


def test_nothing_is_described_as_none(files: FileStore, folder: str) -> None:
    assert files.describe("landing", f"{folder}/none.csv") is None


def test_a_file_is_described_by_its_version(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"12345", {"record_count": "2"})
    version = store.files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    assert (version.container, version.name, version.length) == ("landing", f"{folder}/a.csv", 5)
    assert version.account == store.files.account
    assert version.etag
    assert '"' not in version.etag
    assert version.last_modified.utcoffset() is not None
    assert version.metadata == {"record_count": "2"}
    assert not version.copy_pending


def test_the_same_bytes_again_are_another_version(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"same", {})
    first = store.files.describe("landing", f"{folder}/a.csv")
    store.upload(f"{folder}/a.csv", b"same", {})
    second = store.files.describe("landing", f"{folder}/a.csv")
    assert first is not None
    assert second is not None
    assert first.file_version_id != second.file_version_id


def test_a_sink_that_nothing_was_written_to_leaves_no_file(files: FileStore, folder: str) -> None:
    put(files, f"{folder}/a.bin", b"")
    assert files.describe("landing", f"{folder}/a.bin") is None


@pytest.mark.parametrize("content", [b"few", LARGE], ids=["few", "large"])
def test_what_is_staged_is_read_again(files: FileStore, folder: str, content: bytes) -> None:
    put(files, f"{folder}/a.bin", content)
    assert content_of(files, f"{folder}/a.bin") == content


def test_staged_bytes_keep_their_order_however_they_are_cut(files: FileStore, folder: str) -> None:
    with files.stage("bronze", f"{folder}/a.bin") as sink:
        for start in range(0, len(LARGE), BLOCK_BYTES - 1):
            sink.write(LARGE[start : start + BLOCK_BYTES - 1])
    assert content_of(files, f"{folder}/a.bin", "bronze") == LARGE


def test_nothing_is_visible_before_staging_ends(files: FileStore, folder: str) -> None:
    with files.stage("bronze", f"{folder}/a.bin") as sink:
        sink.write(LARGE)
        assert files.describe("bronze", f"{folder}/a.bin") is None
    assert files.describe("bronze", f"{folder}/a.bin") is not None


@pytest.mark.parametrize("content", [b"few", LARGE], ids=["few", "large"])
def test_an_exception_while_staging_leaves_nothing(files: FileStore, folder: str, content: bytes) -> None:
    with suppress(KeyError), files.stage("bronze", f"{folder}/a.bin") as sink:
        sink.write(content)
        raise KeyError
    assert files.describe("bronze", f"{folder}/a.bin") is None


def test_an_exception_while_staging_leaves_what_was_there(files: FileStore, folder: str) -> None:
    put(files, f"{folder}/a.bin", b"before")
    with suppress(KeyError), files.stage("landing", f"{folder}/a.bin") as sink:
        sink.write(LARGE)
        raise KeyError
    assert content_of(files, f"{folder}/a.bin") == b"before"


def test_staging_overwrites(files: FileStore, folder: str) -> None:
    put(files, f"{folder}/a.bin", b"first")
    put(files, f"{folder}/a.bin", b"second")
    assert content_of(files, f"{folder}/a.bin") == b"second"


def test_of_two_that_stage_one_file_at_once_it_is_wholly_of_one(files: FileStore, folder: str) -> None:
    other = LARGE[::-1]
    with suppress(ConflictError), files.stage("landing", f"{folder}/a.bin") as later:
        later.write(other[:BLOCK_BYTES])
        with files.stage("landing", f"{folder}/a.bin") as sooner:
            sooner.write(LARGE[:BLOCK_BYTES])
            later.write(other[BLOCK_BYTES:])
            sooner.write(LARGE[BLOCK_BYTES:])
        assert content_of(files, f"{folder}/a.bin") == LARGE
    assert content_of(files, f"{folder}/a.bin") in (LARGE, other)


def test_reading_what_is_not_there_says_that_it_is_gone(files: FileStore, folder: str) -> None:
    with pytest.raises(FileGoneError):
        content_of(files, f"{folder}/none.csv")


@pytest.mark.parametrize("later", [b"", b"later"], ids=["empty", "filled"])
def test_another_version_is_not_read_for_the_one_asked_for(store: Any, folder: str, later: bytes) -> None:
    store.upload(f"{folder}/a.csv", b"first", {})
    first = store.files.describe("landing", f"{folder}/a.csv")
    assert first is not None
    assert b"".join(store.files.read("landing", f"{folder}/a.csv", first.etag)) == b"first"
    store.upload(f"{folder}/a.csv", later, {})
    with pytest.raises(VersionChangedError):
        b"".join(store.files.read("landing", f"{folder}/a.csv", first.etag))


def test_an_empty_version_is_read_under_its_etag(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"", {})
    version = store.files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    assert b"".join(store.files.read("landing", f"{folder}/a.csv", version.etag)) == b""


def test_a_read_notices_midway_that_the_file_was_overwritten(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.bin", LARGE, {})
    chunks = store.files.read("landing", f"{folder}/a.bin")
    next(chunks)
    store.upload(f"{folder}/a.bin", LARGE[::-1], {})
    with pytest.raises(VersionChangedError):
        list(chunks)


def test_a_read_notices_midway_that_the_file_was_deleted(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.bin", LARGE, {})
    chunks = store.files.read("landing", f"{folder}/a.bin")
    next(chunks)
    store.files.delete("landing", f"{folder}/a.bin")
    with pytest.raises(FileGoneError):
        list(chunks)


def test_a_file_is_created_once(files: FileStore, folder: str) -> None:
    assert files.create("manifests", f"{folder}/a.json", b"first")
    assert not files.create("manifests", f"{folder}/a.json", b"second")
    assert content_of(files, f"{folder}/a.json", "manifests") == b"first"


def test_a_listing_has_all_files_under_the_prefix_by_name(files: FileStore, folder: str) -> None:
    for name in ("b.csv", "a/2.csv", "a/1.csv", "aa.csv"):
        put(files, f"{folder}/{name}", b"x")
    listed = [version.name.removeprefix(f"{folder}/") for version in files.list("landing", f"{folder}/")]
    assert listed == ["a/1.csv", "a/2.csv", "aa.csv", "b.csv"]
    assert [version.name for version in files.list("landing", f"{folder}/a/1")] == [f"{folder}/a/1.csv"]


def test_a_listing_says_of_a_version_what_describing_says(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"12345", {"record_count": "2"})
    (listed,) = store.files.list("landing", folder)
    described = store.files.describe("landing", f"{folder}/a.csv")
    assert listed == described
    assert listed.metadata == {"record_count": "2"}


def test_names_with_odd_characters_stay_as_they_are_and_apart(files: FileStore, folder: str) -> None:
    for name in ODD_NAMES:
        put(files, f"{folder}/{name}", name.encode())
    assert {version.name for version in files.list("landing", f"{folder}/")} == {f"{folder}/{n}" for n in ODD_NAMES}
    assert [content_of(files, f"{folder}/{name}").decode() for name in ODD_NAMES] == list(ODD_NAMES)


def test_deleting_takes_a_file_away_and_twice_is_no_fault(files: FileStore, folder: str) -> None:
    put(files, f"{folder}/a.csv", b"x")
    files.delete("landing", f"{folder}/a.csv")
    files.delete("landing", f"{folder}/a.csv")
    assert files.describe("landing", f"{folder}/a.csv") is None


@pytest.mark.parametrize(
    "call",
    [
        lambda files: files.describe("nowhere", "a"),
        lambda files: list(files.list("nowhere")),
        lambda files: list(files.read("nowhere", "a")),
        lambda files: files.create("nowhere", "a", b""),
        lambda files: files.delete("nowhere", "a"),
        lambda files: put(files, "a", b"x", "nowhere"),
    ],
    ids=["describe", "list", "read", "create", "delete", "stage"],
)
def test_a_container_that_is_not_there_is_a_wrong_configuration(
    files: FileStore, call: Callable[[FileStore], object]
) -> None:
    with pytest.raises(ConfigurationError):
        call(files)


@pytest.mark.parametrize(
    ("start", "length"), [(0, 1), (5, 3), (BLOCK_BYTES - 1, BLOCK_BYTES + 2), (len(LARGE) - 4, 100)]
)
def test_a_range_is_those_bytes_and_no_others(files: FileStore, folder: str, start: int, length: int) -> None:
    put(files, f"{folder}/large", LARGE)
    assert files.read_range("landing", f"{folder}/large", start, length) == LARGE[start : start + length]


def test_a_range_is_of_the_version_that_was_asked_for_or_of_none(files: FileStore, folder: str) -> None:
    put(files, f"{folder}/a.csv", b"first")
    version = files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    assert files.read_range("landing", f"{folder}/a.csv", 1, 2, version.etag) == b"ir"
    put(files, f"{folder}/a.csv", b"other")
    with pytest.raises(VersionChangedError):
        files.read_range("landing", f"{folder}/a.csv", 1, 2, version.etag)
    with pytest.raises(FileGoneError):
        files.read_range("landing", f"{folder}/none.csv", 0, 1)
