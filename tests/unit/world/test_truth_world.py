"""The truth world's files and its truth tell the same story: an oracle reads the files by README.md's rules alone."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from local.world.reading import Record, files_of, records
from local.world.sending.deliveries import LandingFile
from local.world.truth import TruthWorld, write_truth_world

pytestmark = pytest.mark.slow

DENIAL_REASONS = {"16", "18", "22", "26", "27", "29", "50", "96", "109", "197"}
MINUS = {"transfer", "denial_write_off", "charity", "small_balance", "bad_debt_transfer"}

type Amounts = dict[tuple[str, ...], tuple[int, int]]
type Change = tuple[str, str, str, date, date, date]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> TruthWorld:
    return write_truth_world(tmp_path_factory.mktemp("truth"), claims=700, seed=3)


@pytest.fixture(scope="module")
def kpis(world: TruthWorld) -> list[Record]:
    return table(world, "kpis")


@pytest.fixture(scope="module")
def whole(world: TruthWorld) -> Amounts:
    """The hospitals' KPIs: numerator and denominator by (known at, hospital, period, KPI, bucket)."""
    rows = json.loads((world.truth / "kpis.json").read_text(encoding="utf-8"))
    names = ("known_at", "hospital", "period", "kpi_id", "bucket")
    return {tuple(row[name] for name in names): (row["numerator"], row["denominator"]) for row in rows}


def effects(noun: str, row: Record) -> Iterator[tuple[str, int, date]]:
    """Yield (party, cents, effective date) of a row: the table of README.md."""
    match noun:
        case "charge":
            yield row["responsible_party"], row["amount"], row["service_date"]
        case "remittance_claim":
            yield row["payer_code"], -row["paid_amount"], row["payment_date"]
        case "remittance_adjustment" if row["group_code"] == "PR":
            yield row["payer_code"], -row["amount"], row["payment_date"]
            yield row["crossover_payer_code"] or "PATIENT", row["amount"], row["payment_date"]
        case "remittance_adjustment":
            told_again = (row["group_code"], row["reason_code"]) == ("OA", "23")
            if row["reason_code"] not in DENIAL_REASONS and not told_again:
                yield row["payer_code"], -row["amount"], row["payment_date"]
        case "provider_adjustment" if row["reason_code"] == "WO":
            yield row["payer_code"], row["amount"], row["payment_date"]
        case "patient_payment" if row["payment_type"] != "recovery":
            yield "PATIENT", row["amount"] * (1 if row["payment_type"] == "reversal" else -1), row["payment_date"]
        case "account_adjustment":
            sign = -1 if row["adjustment_type"] in MINUS else 1
            yield row["responsible_party"], sign * row["amount"], row["effective_date"]
            if row["adjustment_type"] == "transfer":
                yield row["to_party"], row["amount"], row["effective_date"]


def changes_of(noun: str, hospital: str, row: Record, known: date, sign: int) -> Iterator[tuple[Change, int]]:
    for party, cents, effective in effects(noun, row):
        yield (hospital, row["account_id"], party, row["posting_date"], effective, known), sign * cents


def file_changes(world: TruthWorld) -> Counter[Change]:
    """Read every file and return the changes of balance; a later file of a month replaces the earlier one."""
    total: Counter[Change] = Counter()
    nouns = ("charge", "remittance_claim", "remittance_adjustment", "provider_adjustment", "account_adjustment")
    for noun in nouns:
        for file, withdrawn in files_of(world, noun):
            hospital = file.source_id.split("__")[0]
            for row in records(world, file):
                for key, cents in changes_of(noun, hospital, row, file.known_on, 1):
                    total[key] += cents
                for key, cents in changes_of(noun, hospital, row, withdrawn, -1) if withdrawn else ():
                    total[key] += cents
    for hospital, row, known, sign in payments(world):
        for key, cents in changes_of("patient_payment", hospital, row, known, sign):
            total[key] += cents
    return Counter({key: cents for key, cents in total.items() if cents})


def payments(world: TruthWorld) -> Iterator[tuple[str, Record, date, int]]:
    """Yield patient payments as facts that begin (1) or end (-1) to be known on a day."""
    months: defaultdict[tuple[str, str], list[LandingFile]] = defaultdict(list)
    for file, _ in files_of(world, "patient_payment"):
        months[file.source_id, file.path.split("patient_payments_")[1][:7]].append(file)
    for (source_id, _), files in months.items():
        held: dict[str, Record] = {}
        for file in sorted(files, key=lambda file: file.known_on):
            told = {row["payment_id"]: row for row in records(world, file)}
            for key in held.keys() | told.keys():
                if held.get(key) != told.get(key):
                    if key in held:
                        yield source_id.split("__")[0], held[key], file.known_on, -1
                    if key in told:
                        yield source_id.split("__")[0], told[key], file.known_on, 1
            held = told


def table(world: TruthWorld, name: str) -> list[Record]:
    rows: list[Record] = pq.read_table(world.truth / f"{name}.parquet").to_pylist()
    return rows


def test_the_files_alone_give_every_change_of_every_balance(world: TruthWorld) -> None:
    truth = {
        (r["hospital"], r["account_id"], r["party"], r["posting_date"], r["effective_date"], r["known_at"]): r["cents"]
        for r in table(world, "balance_changes")
    }
    assert dict(file_changes(world)) == truth


def test_entries_and_balance_changes_agree_in_every_account(world: TruthWorld) -> None:
    balances: Counter[tuple[str, str, str]] = Counter()
    for row in table(world, "balance_changes"):
        balances[row["hospital"], row["account_id"], row["party"]] += row["cents"]
    for row in table(world, "entries"):
        if row["known_until"] is None:
            balances[row["hospital"], row["account_id"], row["party"]] -= row["ar_cents"]
    assert not any(balances.values())


def test_every_remitted_claim_is_charge_less_adjustments(world: TruthWorld) -> None:
    left: Counter[tuple[str, str]] = Counter()
    for file, _ in files_of(world, "remittance_claim"):
        for row in records(world, file):
            left[file.source_id[:10], row["remittance_claim_id"]] += row["charge_amount"] - row["paid_amount"]
    for file, _ in files_of(world, "remittance_adjustment"):
        for row in records(world, file):
            left[file.source_id[:10], row["remittance_claim_id"]] -= row["amount"]
    assert left
    assert not any(left.values())


def test_every_payment_is_claims_less_provider_adjustments_and_never_negative(world: TruthWorld) -> None:
    left: Counter[tuple[str, str]] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for file, _ in files_of(world, "remittance"):
        for row in records(world, file):
            assert row["payment_amount"] >= 0
            left[file.source_id[:10], row["remittance_id"]] += row["payment_amount"]
            counts[file.source_id[:10], row["remittance_id"]] += int(row["claim_count"])
    for file, _ in files_of(world, "remittance_claim"):
        for row in records(world, file):
            left[file.source_id[:10], row["remittance_id"]] -= row["paid_amount"]
            counts[file.source_id[:10], row["remittance_id"]] -= 1
    for file, _ in files_of(world, "provider_adjustment"):
        for row in records(world, file):
            left[file.source_id[:10], row["remittance_id"]] += row["amount"]
    assert left
    assert not any(left.values())
    assert not any(counts.values())


def test_what_is_forwarded_is_taken_from_the_payments_that_follow(world: TruthWorld) -> None:
    """While a payer still has something to keep back it pays nothing; when it pays, nothing is left to keep back."""
    for hospital in ("hospital_a", "hospital_b"):
        forwarded: Counter[str] = Counter()
        for file, _ in files_of(world, "provider_adjustment"):
            if file.source_id.startswith(hospital):
                rows = (row for row in records(world, file) if row["reason_code"] == "FB")
                forwarded.update({row["remittance_id"]: row["amount"] for row in rows})
        carried: Counter[str] = Counter()
        files = [file for file, _ in files_of(world, "remittance") if file.source_id.startswith(hospital)]
        payments = [row for file in files for row in records(world, file)]
        for row in sorted(payments, key=lambda row: row["payment_date"]):
            carried[row["payer_code"]] -= forwarded[row["remittance_id"]]
            assert carried[row["payer_code"]] >= 0
            assert not (row["payment_amount"] and carried[row["payer_code"]])
        assert forwarded


def test_the_general_ledger_ties_to_the_entries(world: TruthWorld) -> None:
    booked: dict[tuple[str, str, str], int] = {}
    for file, _ in files_of(world, "gl_balance"):
        for row in records(world, file):
            booked[file.source_id[:10], row["period"], row["gl_account"]] = row["amount"]
    entries = [row for row in table(world, "entries") if row["known_until"] is None]
    for hospital in ("hospital_a", "hospital_b"):
        receivable = sum(r["ar_cents"] for r in entries if r["hospital"] == hospital)
        assert booked[hospital, "2024-12", "1200"] == receivable
        may = [r for r in entries if r["hospital"] == hospital and r["posting_date"].isoformat()[:7] == "2024-05"]
        assert booked[hospital, "2024-05", "1000"] == sum(row["cash_cents"] for row in may)
        revenue = sum(r["ar_cents"] for r in may if r["kind"] in {"charge", "late_charge"})
        assert booked[hospital, "2024-05", "4000"] == revenue


@pytest.mark.parametrize("wave", range(4))
def test_kpis_of_receivables_follow_from_the_entries_known_then(world: TruthWorld, whole: Amounts, wave: int) -> None:
    known = world.waves[wave].known_on
    entries = [
        row
        for row in table(world, "entries")
        if row["known_from"] <= known and (row["known_until"] is None or row["known_until"] > known)
    ]
    names = ("gross_days_in_ar", "net_days_in_credit_balance", "cash_share_of_net_revenue")
    for period, as_of in (("2022-05", date(2022, 5, 31)), ("2023-12", date(2023, 12, 31)), (None, known)):
        month = period or f"{known:%Y-%m}"
        for hospital in ("hospital_a", "hospital_b"):
            mine = [r for r in entries if r["hospital"] == hospital and r["posting_date"] <= as_of]
            balances: Counter[tuple[str, str]] = Counter()
            for row in mine:
                balances[row["account_id"], row["party"]] += row["ar_cents"]
            charges = [r for r in mine if r["kind"] in {"charge", "late_charge"}]
            recent = sum(r["ar_cents"] for r in charges if (as_of - r["posting_date"]).days < 90)
            debits = sum(cents for cents in balances.values() if cents > 0)
            credit = -sum(cents for cents in balances.values() if cents < 0)
            cash = sum(r["cash_cents"] for r in mine if f"{r['posting_date']:%Y-%m}" == month)
            told = {name: whole[known.isoformat(), hospital, month, name, ""] for name in names}
            assert told["gross_days_in_ar"] == (debits, recent)
            assert told["net_days_in_credit_balance"][0] == credit
            assert told["cash_share_of_net_revenue"][0] == cash


def test_buckets_of_age_add_up_to_all_billed_receivables(whole: Amounts) -> None:
    names = ("0-30", "31-60", "61-90", "91-120", "over_120")
    for hospital in ("hospital_a", "hospital_b"):
        parts = [whole["2024-12-31", hospital, "2024-06", "aged_ar", f"all|{name}"] for name in names]
        assert sum(numerator for numerator, _ in parts) == parts[0][1] > 0


def test_slices_of_a_hospital_add_up_to_it(kpis: list[Record]) -> None:
    rows = [row for row in kpis if row["known_at"] == date(2024, 12, 31) and row["kpi_id"] == "gross_days_in_ar"]
    for hospital in ("hospital_a", "hospital_b"):
        mine = [row for row in rows if row["hospital"] == hospital and row["period"] == "2024-11"]
        charges: Counter[str] = Counter()
        for row in mine:
            charges[row["dimension"]] += row["denominator"]
        assert set(charges) == {"", "payer", "department", "provider", "service_line"}
        assert len(set(charges.values())) == 1


def test_a_quotient_holds_of_numerator_and_denominator(kpis: list[Record]) -> None:
    for row in kpis:
        if row["denominator"]:
            assert abs(float(row["value"]) - row["numerator"] * row["multiplier"] / row["denominator"]) < 1e-6
        else:
            assert row["value"] is None


def test_files_hold_the_records_that_the_waves_name(world: TruthWorld) -> None:
    for wave in world.waves:
        for file in wave.files:
            with (world.landing / file.path).open(encoding="utf-8", newline="") as lines:
                assert sum(1 for _ in csv.reader(lines)) - 1 == file.records
            assert file.known_on <= wave.known_on


def test_each_kind_of_planted_fault_is_labelled(world: TruthWorld) -> None:
    causes = Counter(file.cause for wave in world.waves for file in wave.files if file.cause)
    assert causes.keys() == {"harbor_mutual", "corrected", "misdirected", "late_file", "redelivered"}
    assert [path for wave in world.waves for path in wave.withdrawn] == [
        file.path for wave in world.waves for file in wave.files if file.cause == "misdirected"
    ]
    assert sum(len(file.violations) for wave in world.waves for file in wave.files) == 3


def test_charges_come_late_now_and_then(world: TruthWorld) -> None:
    late = [
        row
        for row in table(world, "entries")
        if row["kind"] in {"charge", "late_charge"} and (row["known_from"] - row["posting_date"]).days > 92
    ]
    assert late


def test_some_persons_are_patients_twice(world: TruthWorld) -> None:
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for row in table(world, "persons"):
        numbers[row["person_id"]].add(row["hospital"] + row["patient_id"])
    assert sum(len(known) > 1 for known in numbers.values()) > 10


def test_a_world_too_small_for_its_planted_faults_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 200 claims"):
        write_truth_world(tmp_path, claims=199, seed=1)


def test_the_same_seed_writes_the_same_world(world: TruthWorld, tmp_path: Path) -> None:
    again = write_truth_world(tmp_path, claims=700, seed=3)
    assert again.waves == world.waves
    for name in ("landing", "truth"):
        files = sorted(path.relative_to(world.folder) for path in (world.folder / name).rglob("*") if path.is_file())
        for path in files:
            assert (again.folder / path).read_bytes() == (world.folder / path).read_bytes(), path
