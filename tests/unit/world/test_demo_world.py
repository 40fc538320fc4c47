"""The demo world: the same for a seed, true to what it says it planted, and sensible."""

import csv
from datetime import date
from pathlib import Path

import pytest

from local.world.demo import DemoFile, DemoWorld, write_demo_world
from local.world.identifiers import luhn_digit
from local.world.public_shapes import columns

AS_OF = date(2026, 1, 31)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> DemoWorld:
    return write_demo_world(tmp_path_factory.mktemp("demo"), seed=7, as_of=AS_OF)


def rows_of(world: DemoWorld, file: DemoFile) -> list[list[str]]:
    with (world.folder / file.path).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def good_rows(world: DemoWorld, source_id: str) -> list[dict[str, str]]:
    records = []
    for file in world.files:
        if file.source_id == source_id and file.outcome == "landed" and file is not world.misdirected:
            header, *cells = rows_of(world, file)
            bad = {violation.row_number for violation in file.violations}
            records += [dict(zip(header, row, strict=True)) for n, row in enumerate(cells, 1) if n not in bad]
    return records


def test_the_same_seed_writes_the_same_bytes(world: DemoWorld, tmp_path: Path) -> None:
    again = write_demo_world(tmp_path, seed=7, as_of=AS_OF)
    assert [(again.folder / file.path).read_bytes() for file in again.files] == [
        (world.folder / file.path).read_bytes() for file in world.files
    ]


def test_another_seed_writes_other_people(world: DemoWorld, tmp_path: Path) -> None:
    other = write_demo_world(tmp_path, seed=8, as_of=AS_OF)
    path = world.files[0].path
    assert (other.folder / path).read_bytes() != (world.folder / path).read_bytes()


def test_every_file_holds_the_records_it_says(world: DemoWorld) -> None:
    for file in world.files:
        assert max(0, len(rows_of(world, file)) - 1) == file.records, file.path


def test_each_planted_violation_stands_in_its_row(world: DemoWorld) -> None:
    planted = [(file, violation) for file in world.files for violation in file.violations]
    for file, violation in planted:
        header, *cells = rows_of(world, file)
        row = cells[violation.row_number - 1]
        if violation.rule == "ragged_row":
            assert len(row) != len(header)
        else:
            value = dict(zip(header, row, strict=True))[violation.field]
            assert value in {
                "",
                "null",
                "12345",
                "1984-02-30",
                "31/12/2025",
                "2025-13-01",
                "12,50",
                "Walk-in",
                "Lost",
            } or (value.startswith("-"))
    assert {violation.rule for _, violation in planted} == {
        "not", "format", "pattern", "enum", "required", "minimum", "type", "ragged_row",
    }  # fmt: skip


def test_each_kind_of_sender_s_mistake_is_there_once(world: DemoWorld) -> None:
    causes = sorted(file.cause for file in world.files if file.cause)
    assert causes == [
        "corrected_period", "empty", "late_row", "misdirected", "redelivered", "renamed_header", "unknown_path",
    ]  # fmt: skip


def test_dates_of_a_claim_stand_in_order_and_payments_stay_within_the_claim(world: DemoWorld) -> None:
    for row in good_rows(world, "hospital_a__claim"):
        assert row["ServiceDate"] < row["ClaimDate"] <= row["ModifiedDate"] <= AS_OF.isoformat()
        assert 0 <= float(row["PaidAmount"]) <= float(row["ClaimAmount"])
        if row["ClaimStatus"] != "Paid":
            assert row["PaidAmount"] == "0.00"


def test_every_reference_meets_its_row(world: DemoWorld) -> None:
    patients = {row["ID"] for row in good_rows(world, "hospital_b__patient")}
    providers = {row["ProviderID"] for row in good_rows(world, "hospital_b__provider")}
    for row in good_rows(world, "hospital_b__transaction"):
        assert row["PatientID"] in patients
        assert row["ProviderID"] in providers


def test_npis_pass_their_check_digit(world: DemoWorld) -> None:
    for row in good_rows(world, "hospital_a__provider"):
        assert luhn_digit("80840" + row["NPI"][:9]) == row["NPI"][9]


def test_hospitals_share_patient_ids_but_no_people(world: DemoWorld) -> None:
    a = {row["PatientID"]: row["SSN"] for row in good_rows(world, "hospital_a__patient")}
    b = {row["ID"]: row["SSN"] for row in good_rows(world, "hospital_b__patient")}
    assert a.keys() == b.keys()
    assert not set(a.values()) & set(b.values())


def test_denials_stay_near_a_tenth_of_what_was_decided(world: DemoWorld) -> None:
    statuses = [row["ClaimStatus"] for row in good_rows(world, "hospital_a__claim")]
    denied, paid = statuses.count("Denied"), statuses.count("Paid")
    assert 0.05 < denied / (denied + paid) < 0.2


def test_the_late_row_was_modified_before_the_first_extract_but_comes_with_the_second(world: DemoWorld) -> None:
    source_id, key = world.late_key
    holders = [file for file in world.files if file.source_id == source_id and (key, "") in file.keys]
    assert [file.cause for file in holders] == ["late_row"]
    row = next(row for row in good_rows(world, source_id) if row["EncounterID"] == key)
    assert row["ModifiedDate"] < world.files[0].path.split("/")[2]


def test_the_renamed_header_is_the_declared_one_after_the_alias(world: DemoWorld) -> None:
    seen, meant = world.alias
    header = rows_of(world, world.renamed)[0]
    assert tuple(meant if name == seen else name for name in header) == columns("hospital_b", "encounter")


def test_members_are_what_the_last_words_of_the_files_leave(world: DemoWorld) -> None:
    assert len(world.members["hospital_a__patient"]) == 248
    assert world.members["hospital_a__encounter"] == {f"ENC{n:06d}" for n in range(1, 521)}
    corrected = next(file for file in world.files if file.cause == "corrected_period")
    month = corrected.keys[0][1]
    first = next(file for file in world.files if file.source_id == "hospital_a__claim")
    before = {key for key, claim_month in first.keys if claim_month == month}
    assert len(before - world.members["hospital_a__claim"]) == 1
