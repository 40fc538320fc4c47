"""A person's word on two patients over HTTP: once by its key, durable before it is answered, then a record."""

import json
from typing import Any

import pytest

from shared.errors import RequestRefusedError, TransientError
from shared.flows.decide_match import decide_match
from shared.flows.report_persons import list_reviews, show_person
from shared.flows.report_status import show_request
from shared.model.ingestion import Status
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line

WORDS = {
    "patient_id_1": "hospital_b:HOSP1-000007",
    "patient_id_2": "hospital_a:HOSP1-000001",
    "verdict": "same",
    "decided_by": "Ann Steward",
    "note": "seen both charts",
}


def decide(ports: FakePorts, key: str = "", changed: dict[str, object] | None = None) -> dict[str, Any]:
    body = json.dumps({**WORDS, **(changed or {})}).encode()
    return decide_match(ports, body, "application/json", "ann", key)


def landed(ports: FakePorts) -> list[dict[str, str]]:
    """The records in landing."""
    names = [blob.name for blob in ports.files.list("landing", "health_system/")]
    return [json.loads(line) for name in names for line in b"".join(ports.files.read("landing", name)).splitlines()]


def test_a_decision_goes_the_way_of_every_record(line: Line, ports: FakePorts) -> None:
    said = decide(ports)
    (record,) = landed(ports)
    assert record == {
        "decision_id": said["decision_id"],
        "patient_id_1": "hospital_a:HOSP1-000001",
        "patient_id_2": "hospital_b:HOSP1-000007",
        "verdict": "same",
        "decided_by": "Ann Steward",
        "decided_at": said["decided_at"],
        "note": "seen both charts",
    }
    (name,) = [blob.name for blob in ports.files.list("landing", "health_system/")]
    ingestion_id = line.drop(name, b"".join(ports.files.read("landing", name)))
    line.settle()
    ingestion = line.ingestion(ingestion_id)
    assert (ingestion.status, ingestion.outcome.bronze_count) == (Status.LANDED, 1)


def test_the_same_key_decides_once_and_other_words_are_refused(ports: FakePorts) -> None:
    said = decide(ports, "k1")
    ports.clock.advance(3 * 86_400)
    assert decide(ports, "k1") == said
    assert len(landed(ports)) == 1
    with pytest.raises(RequestRefusedError) as refused:
        decide(ports, "k1", {"verdict": "different"})
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")
    assert decide(ports, "k2", {"verdict": "different"})["decision_id"] != said["decision_id"]
    assert len(landed(ports)) == 2


def test_a_decision_is_no_request_to_reprocess(ports: FakePorts) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        show_request(ports, decide(ports)["decision_id"])
    assert (refused.value.status, refused.value.code) == (404, "unknown_request")


def test_a_crash_before_the_file_loses_nothing_that_is_asked_again(
    ports: FakePorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_store(*_: object) -> bool:
        raise TransientError("store_away")

    with monkeypatch.context() as patched:
        patched.setattr(ports.files, "create", no_store)
        with pytest.raises(TransientError):
            decide(ports, "k1")
    assert landed(ports) == []
    said = decide(ports, "k1")
    assert [record["decision_id"] for record in landed(ports)] == [said["decision_id"]]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"patient_id_1": "HOSP1-000001"}, "bad_patient_id_1"),
        ({"patient_id_2": ["x"]}, "bad_patient_id_2"),
        ({"patient_id_1": WORDS["patient_id_2"]}, "one_patient_named_twice"),
        ({"verdict": "maybe"}, "bad_verdict"),
        ({"verdict": []}, "bad_verdict"),
        ({"decided_by": " "}, "decided_by_missing"),
        ({"note": "a\nb"}, "bad_note"),
        ({"ssn": "401-22-1234"}, "unknown_field"),
    ],
)
def test_odd_words_are_refused_and_leave_nothing(ports: FakePorts, changed: dict[str, object], code: str) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        decide(ports, "", changed)
    assert refused.value.code == code
    assert "401-22-1234" not in str(refused.value)
    assert landed(ports) == []


def test_reviews_and_persons_are_those_of_the_newest_edition(ports: FakePorts) -> None:
    pairs = [{"pair_id": str(n), "reason": "weight" if n % 2 else "two_ssns", "match_weight": -n} for n in range(60)]
    person = {"patient_id": "hospital_a:P1", "since": "2026-01-31T10:00:00.000Z", "joined_by": "alone"}
    documents: dict[str, object] = {
        "match_review.json": {"waiting": 70, "pairs": pairs},
        "persons/shard=ab": {"ab" * 16: [person]},
    }
    for name, said in documents.items():
        ports.files.upload("published", f"e1/{name}/part-0.txt", json.dumps(said).encode())
    pointer = {"edition": "e1", "token": "e1", "published_at": "2026-01-31T10:00:00.000000Z"}
    ports.files.upload("published", "current/20260131/part-0.txt", json.dumps(pointer).encode())
    told: Any = list_reviews(ports, {"reason": "two_ssns", "limit": "3"})
    assert (told["edition"], told["waiting"], [one["pair_id"] for one in told["pairs"]]) == ("e1", 70, ["0", "2", "4"])
    assert len(list_reviews(ports, {})["pairs"]) == 50  # type: ignore[arg-type]
    assert show_person(ports, "ab" * 16)["members"] == [person]
    for person_id, code in (
        ("ab" * 15 + "cd", "unknown_person"),
        ("cd" * 16, "unknown_person"),
        ("../x", "bad_person_id"),
    ):
        with pytest.raises(RequestRefusedError) as refused:
            show_person(ports, person_id)
        assert refused.value.code == code
    with pytest.raises(RequestRefusedError, match="1 to 1,000"):
        list_reviews(ports, {"limit": "0"})
