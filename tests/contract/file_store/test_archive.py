"""How every FileStore keeps exact versions: on the fake, and on Azure Blob Storage's adapter against Azurite."""

from typing import Any

import pytest

from shared.errors import FileGoneError, VersionChangedError


def archived_bytes(store: Any, name: str) -> bytes:
    return b"".join(store.files.read("archive", name))


def test_a_version_is_archived_once_with_its_bytes_and_metadata(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"12345" * 1_000, {"record_count": "2"})
    version = store.files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    assert store.files.archive(version, "archive", folder)
    assert not store.files.archive(version, "archive", folder)
    archived = store.files.describe("archive", folder)
    assert archived is not None
    assert archived.metadata == {"record_count": "2"}
    assert archived_bytes(store, folder) == b"12345" * 1_000


def test_an_overwritten_version_is_not_archived(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"first", {})
    version = store.files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    store.upload(f"{folder}/a.csv", b"second", {})
    with pytest.raises(VersionChangedError):
        store.files.archive(version, "archive", folder)
    assert store.files.describe("archive", folder) is None


def test_a_deleted_version_is_not_archived(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"first", {})
    version = store.files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    store.files.delete("landing", f"{folder}/a.csv")
    with pytest.raises(FileGoneError):
        store.files.archive(version, "archive", folder)
    assert store.files.describe("archive", folder) is None


def test_a_version_that_was_archived_stays_so_when_its_source_is_gone(store: Any, folder: str) -> None:
    store.upload(f"{folder}/a.csv", b"first", {})
    version = store.files.describe("landing", f"{folder}/a.csv")
    assert version is not None
    assert store.files.archive(version, "archive", folder)
    store.files.delete("landing", f"{folder}/a.csv")
    assert not store.files.archive(version, "archive", folder)
    assert archived_bytes(store, folder) == b"first"
