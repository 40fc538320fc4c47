"""One small world through the whole job, with the shipped metadata: the star, its keys, what is published."""

import json
import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import hospital_rows as rows
import pyarrow.parquet as pq
import pytest
from deliveries import Cells, Delivered
from kpi_oracle import Figures, figures
from line import NOON, Line
from pyspark.sql import SparkSession
from rcm_lakehouse.arguments import Arguments
from rcm_lakehouse.gold.keys import UNKNOWN_KEY
from rcm_lakehouse.tables import lake_tables
from rcm_lakehouse.tasks import publish

REPOSITORY = Path(__file__).parents[3]
AS_OF = date(2024, 11, 6)
DRAW = random.Random(5)
CLAIMS = {h: rows.some_claims(DRAW, 60) for h in ("hospital_a", "hospital_b")}
ENCOUNTERS = {h: rows.some_encounters(DRAW, 30) for h in ("hospital_a", "hospital_b")}
TRANSACTIONS = {
    h: [*rows.some_transactions(DRAW, 40, 30), rows.transaction("TX", "E1", "2024-09-15", "10", "4")]
    for h in ("hospital_a", "hospital_b")
}


@dataclass(frozen=True, slots=True)
class Built:
    """The line after the run, its arguments, and the folder of the edition it published."""

    line: Line
    arguments: Arguments
    edition: Path

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [row.asDict() for row in self.line.lake.read(f"gold.{table}").collect()]

    def document(self, name: str) -> Any:
        (part,) = (self.edition / name).glob("part-*")
        return json.loads(part.read_text())

    def report(self, task: str) -> Any:
        (part,) = Path(self.arguments.report_uri, task).glob("part-*")
        return json.loads(part.read_text())


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Built:
    line = Line(spark, tmp_path_factory.mktemp("gold"), REPOSITORY / "metadata")
    delivered = [*_of_both("claim", CLAIMS), *_of_both("encounter", ENCOUNTERS), *_of_both("transaction", TRANSACTIONS)]
    versions = [rows.patient("P1", "2024-03-01"), rows.patient("P1", "2024-09-15", first_name="Anna")]
    delivered += [
        Delivered("hospital_a__patient", "one", "2024-11-05", [versions[0]]),
        Delivered("hospital_a__patient", "two", "2024-11-06", [versions[1]]),
        Delivered("hospital_b__patient", "one", "2024-11-05", [rows.patient_of_b("P1", "2024-01-01")]),
        Delivered("hospital_a__department", "one", "2024-11-05", [rows.department("DEPT001", "Emergency")]),
    ]
    arguments = line.to_gold(AS_OF, *delivered)
    return Built(line, arguments, _current(arguments))


def _current(arguments: Arguments) -> Path:
    """The folder of the edition that the newest pointer names."""
    published = Path(arguments.uri("published/"))
    parts = sorted((published / "current").glob("*/part-*"))
    return published / str(json.loads(parts[-1].read_text())["edition"])


def _of_both(noun: str, records: dict[str, list[Cells]]) -> list[Delivered]:
    return [Delivered(f"{hospital}__{noun}", "one", "2024-11-05", mine) for hospital, mine in records.items()]


def test_a_fact_is_bound_to_the_patient_as_he_was_on_the_day_of_the_service(built: Built) -> None:
    versions = {row["patient_key"]: row for row in built.rows("patient")}
    for fact in built.rows("transaction"):
        if fact["patient_id"] != "hospital_a:P1":
            continue
        bound = versions[fact["patient_key"]]
        assert bound["valid_from"].date() <= fact["service_date"]
        assert bound["valid_to"] is None or bound["valid_to"].date() > fact["service_date"]
    keys = {row["patient_key"] for row in built.rows("transaction") if row["patient_id"] == "hospital_a:P1"}
    assert len(keys) == 2


def test_one_number_in_two_hospitals_is_two_patients(built: Built) -> None:
    members = {row["patient_id"] for row in built.rows("patient") if not row["is_inferred"]}
    assert members == {"hospital_a:P1", "hospital_b:P1", None}


def test_a_member_that_only_facts_name_is_inferred_and_nobody_is_the_unknown(built: Built) -> None:
    (provider,) = {row["provider_key"] for row in built.rows("claim") if row["hospital"] == "hospital_a"}
    members = {row["provider_key"]: row for row in built.rows("provider")}
    assert members[provider]["is_inferred"]
    assert members[provider]["provider_id"] == "hospital_a:PROV1"
    assert members[UNKNOWN_KEY]["provider_id"] is None


@pytest.mark.parametrize("table", ["claim", "encounter", "transaction"])
def test_a_fact_is_one_row_and_every_key_of_it_is_in_its_dimension(built: Built, table: str) -> None:
    facts = built.rows(table)
    assert len(facts) == built.line.lake.read(f"silver.{table}").count()
    for dimension in ("patient", "provider", "department", "payer", "icd_code", "cpt_code"):
        if f"{dimension}_key" in facts[0]:
            known = {row[f"{dimension}_key"] for row in built.rows(dimension)}
            assert {fact[f"{dimension}_key"] for fact in facts} <= known


def test_a_dimension_holds_each_key_once(built: Built) -> None:
    for dimension in ("patient", "provider", "department", "payer", "icd_code", "cpt_code", "npi", "date"):
        keys = [row[f"{dimension}_key"] for row in built.rows(dimension)]
        assert len(keys) == len(set(keys)), dimension


def test_gold_keeps_no_column_that_identifies_a_person(built: Built) -> None:
    nouns = built.line.metadata.nouns.values()
    identifying = {column.name for noun in nouns for column in noun.columns if column.phi}
    for table in ("patient", "provider", "claim", "encounter", "transaction"):
        assert not identifying & set(built.line.lake.read(f"gold.{table}").columns) - {"first_name", "last_name"}
    assert "first_name" not in built.line.lake.read("gold.patient").columns


def test_a_column_tells_what_it_holds(built: Built) -> None:
    comments = {field.name: field.metadata.get("comment") for field in built.line.lake.read("gold.claim").schema}
    assert comments["billed_amount"] == "Billed, USD"
    assert "hash" in str(comments["patient_key"])


def test_every_kpi_is_what_the_delivered_rows_say(built: Built) -> None:
    published = built.document("kpis.json")
    got = {(r["kpi_id"], r["hospital"], r["period"], r.get("bucket")): r for r in published["kpis"]}
    expected: Figures = {}
    for hospital, claims in CLAIMS.items():
        expected |= figures(hospital, claims, TRANSACTIONS[hospital], ENCOUNTERS[hospital], AS_OF)
    assert {one["kpi_id"] for one in published["refused"]}.isdisjoint(key[0] for key in got)
    assert {"kpi_id": "net_days_in_ar", "hospital": "hospital_b", "missing_feeds": ["gl_balance"]} in published[
        "refused"
    ]
    assert set(got) - set(expected) <= {key for key, figure in got.items() if figure["period"] == "undated"}
    for key, (above, below) in expected.items():
        assert Decimal(got[key]["numerator"]) == above, key
        assert Decimal(got[key]["denominator"]) == below, key
        if below:
            exact = above * got[key]["multiplier"] / below
            assert abs(Decimal(got[key]["value"]) - exact) <= Decimal("0.0000005"), key


def test_a_figure_that_claims_stand_in_for_says_so_and_how_many_rows_are_doubtful(built: Built) -> None:
    row = next(r for r in built.document("kpis.json")["kpis"] if r["kpi_id"] == "gross_collection_rate")
    assert row["basis"] == "claims"
    assert "rows are flagged" in row["quality"]


def test_a_figure_by_payer_is_in_the_table_and_sums_up_to_the_hospital(built: Built) -> None:
    rows = [r for r in built.rows("kpi") if (r["kpi_id"], r["period"]) == ("gross_collection_rate", "2024-09")]
    mine = [r for r in rows if r["hospital"] == "hospital_a"]
    (whole,) = [r["denominator"] for r in mine if r["dimension"] is None]
    assert sum(r["denominator"] for r in mine if r["dimension"] == "department") == whole


def test_figures_by_slice_are_published_in_a_folder_for_each_kpi(built: Built) -> None:
    (part,) = (built.edition / "kpi_slices" / "kpi_id=gross_collection_rate").glob("part-*")
    told = [json.loads(line) for line in part.read_text().splitlines()]
    stands = [r for r in built.rows("kpi") if r["kpi_id"] == "gross_collection_rate" and r["dimension"]]
    columns = ("hospital", "period", "dimension", "member", "numerator")
    assert sorted([r[name] for name in columns] for r in told) == sorted([str(r[n]) for n in columns] for r in stands)


def test_what_is_left_out_of_a_kpi_is_counted_by_reason(built: Built) -> None:
    rejected = sum(c["ClaimStatus"] == "Rejected" and c["ClaimDate"] <= str(AS_OF) for c in CLAIMS["hospital_a"])
    kpis = built.document("kpis.json")["kpis"]
    (row,) = [r for r in kpis if (r["kpi_id"], r["hospital"]) == ("aged_ar", "hospital_a") and "bucket" not in r]
    assert row["left_out"]["rejected"] == rejected


def test_published_tables_hold_the_rows_of_gold_and_are_counted(built: Built) -> None:
    tables = built.document("tables.json")
    for name, count in tables["tables"].items():
        assert pq.read_table(built.edition / name).num_rows == count == built.line.lake.read(f"gold.{name}").count()
    source = tables["sources"]["hospital_a__claim"]
    assert source == {"bronze_log": 60, "silver": 60, "rejected": 0, "superseded": 0}


def test_a_task_that_is_tried_again_publishes_beside_what_the_attempt_before_left(built: Built) -> None:
    left = {part: part.stat().st_mtime_ns for part in built.edition.rglob("part-*")}
    publish.publish(built.line.lake, built.arguments, built.line.metadata, NOON)
    assert _current(built.arguments) != built.edition
    assert {part: part.stat().st_mtime_ns for part in built.edition.rglob("part-*")} == left


def test_codes_seen_in_the_data_are_published(built: Built) -> None:
    assert built.document("codes_seen.json") == {"npi": [], "icd_code": ["I10"], "cpt_code": ["99213"]}


def test_a_run_without_news_builds_nothing_of_gold_anew(built: Built) -> None:
    tables = ("gold.patient", "gold.claim", "gold.kpi", "gold.date")
    before = built.line.versions(*tables)
    built.line.to_gold(AS_OF)
    assert built.line.versions(*tables) == before


def test_every_task_leaves_a_report_of_its_tables(built: Built) -> None:
    report = built.report("silver")
    claim = next(table for table in report["tables"] if table["table"] == "silver.claim")
    assert (claim["version_before"], claim["version_after"], claim["rows_in"], claim["inserted"]) == (None, 0, 120, 120)
    assert report["sources"]["hospital_b__claim"]["silver"] == 60


def test_the_lineage_of_a_log_grows_with_its_sources_and_not_with_their_files(built: Built) -> None:
    edges = [(one["input"], one["output"]) for one in built.report("bronze")["lineage"]]
    assert ("bronze/hospital_a__claim", "bronze.hospital_a__claim") in edges
    assert len(edges) == len({table for _, table in edges})


def test_every_table_that_was_written_is_known_to_those_who_look_after_tables(built: Built) -> None:
    logs = Path(built.line.store.lake_root).glob("*/*/_delta_log")
    assert {f"{log.parents[1].name}.{log.parent.name}" for log in logs} <= {*lake_tables(built.line.metadata)}


def test_the_lineage_of_the_kpis_leads_up_to_what_they_are_made_of(built: Built) -> None:
    lineage = {(one["input"], one["output"]) for one in built.report("gold")["lineage"]}
    assert {name for name, table in lineage if table == "gold.kpi"} == {
        "silver.claim",
        "silver.encounter",
        "silver.transaction",
    }
