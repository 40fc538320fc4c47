"""Files nobody can read: each is refused under one stable code, told about, kept, and never tried for ever."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusSubQueue
from azure.storage.blob import BlobServiceClient

from local.supervisor.world import World

HEADER = b"DeptID,Name\n"
RECORDS = b"DEPT001,Emergency\nDEPT002,Cardiology\n"
FOLDER = "emr/hospital_b/2026-02-02"

BAD = {
    "no_bytes": (f"{FOLDER}/departments_a.csv", b"", "empty_file"),
    "header_only": (f"{FOLDER}/departments_b.csv", HEADER, "header_only"),
    "other_delimiter": (f"{FOLDER}/departments_c.csv", (HEADER + RECORDS).replace(b",", b";"), "wrong_delimiter"),
    "missing_column": (f"{FOLDER}/departments_d.csv", b"DeptID\nDEPT001\n", "missing_column"),
    "not_utf_8": (f"{FOLDER}/departments_e.csv", HEADER + b"DEPT001,\xff\xfe\n", "not_utf8"),
    "open_quote": (f"{FOLDER}/departments_f.csv", HEADER + b'DEPT001,"Emergency\n', "unterminated_quote"),
    "cut_gzip": (f"{FOLDER}/departments_g.csv", gzip.compress((HEADER + RECORDS) * 99)[:-12], "truncated_gzip"),
    "unknown_path": ("nowhere/2026-02-02/departments.csv", HEADER + RECORDS, "unknown_path"),
}

Drop = Callable[[str, bytes], dict[str, Any]]


@pytest.mark.parametrize(("path", "content", "reason"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_under_one_code_told_about_and_kept(
    drop: Drop, world: World, path: str, content: bytes, reason: str
) -> None:
    ended = drop(path, content)
    assert (ended["status"], ended["reason"], ended["records_in"]) == ("refused", reason, 0)
    *_, last = ended["audit"]
    assert (last["action"], last["outcome"], last["details"]["reason"]) == ("ingestion_concluded", "refused", reason)
    with BlobServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as blobs:
        assert blobs.get_blob_client("archive", ended["file_version_id"]).download_blob().readall() == content


def test_a_record_with_a_nul_is_quarantined_under_one_code(story: Any, told: Callable[[str], dict[str, Any]]) -> None:
    reasons = told(story.newcomer.path)["reasons"]
    assert [(each["tier"], each["count"]) for each in reasons if each["rule"] == "control_char"] == [("row", 1)]


def test_no_message_ends_as_a_dead_letter(story: Any, world: World) -> None:
    queues = [value for name, value in world.settings.items() if name.startswith("RCM_QUEUE_")]
    with ServiceBusClient.from_connection_string(world.settings["RCM_SERVICE_BUS"]) as client:
        for queue in queues:
            with client.get_queue_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER) as dead_letters:
                assert dead_letters.peek_messages(max_message_count=10) == [], queue
