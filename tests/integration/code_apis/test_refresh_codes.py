"""refresh_codes over HTTP against the code APIs' stand-in, with blobs and tables in memory and the shipped metadata."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import urllib3

from local.supervisor.world import World
from shared.adapters.code_set_http import HttpCodeSetReader
from shared.errors import TransientError
from shared.flows.refresh_codes import refresh_codes
from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.code_set import ApiQueries, CodeApi, CodeSet, DeclaredQueries
from shared.model.delivery import DeliveryKind
from shared.model.file_version import LANDING
from shared.pipeline.identify import Identified, identify
from shared.testing.fake_ports import FakePorts

pytestmark = pytest.mark.integration

DAY = 86_400
NPIS = ("1234567893", "1003000126", "1245319599")
NOT_AN_NPI = "1234567890"


class Office:
    """The ports of a timer that refreshes code sets, and the stand-in it asks."""

    def __init__(self, url: str, *chosen: str) -> None:
        shipped = load_metadata(DEFAULT_PATH)
        metadata = replace(shipped, code_sets={name: active(shipped.code_sets[name]) for name in chosen})
        origins = json.dumps(dict.fromkeys(("cms", "nppes", "nlm"), url))
        settings = {"RCM_CODE_ORIGINS": origins, "RCM_HTTP_ALLOWED_ORIGINS": json.dumps([url])}
        self.url = url
        self.ports = FakePorts(metadata, settings=settings)
        self.ports.code_apis = HttpCodeSetReader(self.ports.settings, sleep=self.ports.clock.advance)

    @property
    def landing(self) -> dict[str, bytes]:
        return {path: blob.content for path, blob in self.ports.files.blobs[LANDING].items()}

    def refresh(self) -> dict[str, list[dict[str, str]]]:
        """One tick; the records of each file that came, by its path."""
        before = self.landing
        refresh_codes(self.ports)
        return {path: records(content) for path, content in self.landing.items() if content != before.get(path)}

    def publish(self, **codes_seen: object) -> None:
        """What the lakehouse leaves behind: the codes in use, then the pointer."""
        self.ports.files.upload("published", "e1/codes_seen.json/part-00000.txt", json.dumps(codes_seen).encode())
        self.ports.files.upload("published", "current/part-00000.txt", b'{"edition": "e1"}')

    def spoil(self, kind: str, **more: object) -> None:
        urllib3.request("POST", f"{self.url}/admin/faults", json={"kind": kind, **more})

    def calls(self) -> dict[str, int]:
        answer: dict[str, int] = urllib3.request("GET", f"{self.url}/admin/calls").json()
        return answer


def active(code_set: CodeSet) -> CodeSet:
    return replace(code_set, active=True)


def records(content: bytes) -> list[dict[str, str]]:
    lines = content.decode().splitlines()
    return [json.loads(line) for line in lines] if lines[0].startswith("{") else list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with World(tmp_path_factory.mktemp("code_apis"), ("code_apis",)) as world:
        yield world.address("code_apis")


@pytest.fixture(autouse=True)
def well(url: str) -> None:
    urllib3.request("DELETE", f"{url}/admin/faults")


def test_the_edition_in_force_lands_under_the_day_it_took_force(url: str) -> None:
    office = Office(url, "icd_10_cm")
    ((path, codes),) = office.refresh().items()
    assert identify(path, office.ports.metadata.sources) == Identified("cms__icd_code", {"as_of": "2025-10-01"})
    by_code = {code["code"]: code for code in codes}
    assert by_code["S52.501A"]["billable"] == "1"
    assert by_code["I25"] == {"code": "I25", "description": "Chronic ischemic heart disease", "billable": "0"}
    assert by_code["H81.09"]["description"] == "Ménière's disease, unspecified ear"


def test_hcpcs_brings_each_procedure_once_and_no_modifier(url: str) -> None:
    ((path, codes),) = Office(url, "hcpcs").refresh().items()
    assert path.startswith("codes/hcpcs/2026-01-01/hcpcs-")
    assert len({code["code"] for code in codes}) == len(codes) == 18
    assert codes[1] == {"code": "A0428", "category": "O1A", "description": "Bls", "status": "N"}


def test_a_known_edition_is_not_fetched_again_before_it_is_due(url: str) -> None:
    office = Office(url, "hcpcs")
    office.refresh()
    calls = office.calls()
    assert office.refresh() == {}
    assert office.calls() == calls
    office.ports.clock.advance(31 * DAY)
    assert office.refresh() == {}
    assert office.calls() != calls


def test_a_new_edition_is_brought_by_the_first_tick_after_missed_ones(url: str) -> None:
    office = Office(url, "hcpcs")
    office.refresh()
    office.ports.clock.advance(63 * DAY)
    (path,) = office.refresh()
    assert path.startswith("codes/hcpcs/2026-04-01/")


def test_an_edition_that_its_publisher_skipped_leaves_the_one_before_in_force(url: str) -> None:
    office = Office(url, "icd_10_cm")
    office.ports.clock.advance(90 * DAY)
    office.spoil("status", path="/files/zip/april", status=404)
    (path,) = office.refresh()
    assert path.startswith("codes/icd10cm/2025-10-01/")
    (path,) = office.refresh()
    assert path.startswith("codes/icd10cm/2026-04-01/")


@pytest.mark.parametrize("kind", ["html", "redirect", "drop"])
def test_an_answer_that_is_no_release_lands_nothing_and_the_next_tick_tries_again(url: str, kind: str) -> None:
    office = Office(url, "icd_10_cm")
    office.spoil(kind, times=4)
    with pytest.raises(TransientError, match="icd_10_cm"):
        office.refresh()
    assert office.landing == {}
    urllib3.request("DELETE", f"{url}/admin/faults")
    assert len(office.refresh()) == 1


@pytest.mark.parametrize(("status", "retry_after", "waited"), [(429, "7", 7), (503, "", 1), (500, "", 1)])
def test_a_busy_service_is_waited_for_as_long_as_it_asks(url: str, status: int, retry_after: str, waited: int) -> None:
    office = Office(url, "hcpcs")
    office.spoil("status", status=status, retry_after=retry_after)
    before = office.ports.clock.monotonic()
    assert len(office.refresh()) == 1
    assert office.ports.clock.monotonic() - before == waited


def test_a_service_that_asks_for_more_patience_than_a_tick_has_is_left_to_the_next(url: str) -> None:
    office = Office(url, "hcpcs")
    office.spoil("status", status=429, retry_after="3600")
    with pytest.raises(TransientError):
        office.refresh()
    assert len(office.refresh()) == 1


def test_a_set_far_smaller_than_the_last_is_left_to_the_size_guard_of_its_source(url: str) -> None:
    office = Office(url, "icd_10_cm")
    (first,) = office.refresh().values()
    office.ports.clock.advance(70 * DAY)
    office.spoil("small_set", path="/files/zip/april")
    (second,) = office.refresh().values()
    share = office.ports.metadata.sources["cms__icd_code"].delivery.hold_below_share
    assert share is not None
    assert len(second) < share * len(first)


def test_npis_seen_are_looked_up_once_and_confirmed_again_in_time(url: str) -> None:
    office = Office(url, "npi")
    assert office.refresh() == {}
    office.publish(npi=[*NPIS, NOT_AN_NPI])
    ((path, found),) = office.refresh().items()
    assert identify(path, office.ports.metadata.sources) == Identified("nppes__npi", {"as_of": "2026-01-31"})
    assert {record["npi"] for record in found} == set(NPIS)
    assert {record["confirmed_date"] for record in found} == {"2026-01-31"}
    assert office.refresh() == {}
    office.ports.clock.advance(30 * DAY)
    (again,) = office.refresh().values()
    assert len(again) == len(NPIS)


def test_an_npi_that_the_registry_has_not_is_said_to_be_not_found(url: str) -> None:
    office = Office(url, "npi")
    office.publish(npi=list(many_npis(200)))
    (found,) = office.refresh().values()
    statuses = {record["status"] for record in found}
    assert statuses == {"active", "deactivated", "not_found"}
    assert all(
        set(record) == {"npi", "status", "confirmed_date"} for record in found if record["status"] == "not_found"
    )


@pytest.mark.parametrize("kind", ["errors", "html"])
def test_one_failed_look_up_among_many_lands_none_of_them(url: str, kind: str) -> None:
    office = Office(url, "npi")
    office.publish(npi=NPIS)
    office.spoil(kind, after=1)
    with pytest.raises(TransientError, match="npi"):
        office.refresh()
    assert office.landing == {}
    (found,) = office.refresh().values()
    assert len(found) == len(NPIS)


def test_icd_codes_seen_are_looked_up_in_clinical_tables(url: str) -> None:
    office = Office(url, "icd_10_cm_seen")
    office.publish(icd_code=["I10", "N18.3", "I99.99", "not a code"])
    (found,) = office.refresh().values()
    assert found == [{"code": "I10", "description": "Essential (primary) hypertension", "confirmed_date": "2026-01-31"}]


def test_a_declared_set_lands_whole_over_as_many_pages_as_it_takes(url: str) -> None:
    office = declared(url, "I", "J", "Z")
    (found,) = office.refresh().values()
    assert len(found) == 8
    assert office.refresh() == {}


def test_a_set_without_a_single_code_is_a_failure(url: str) -> None:
    office = declared(url, "W")
    with pytest.raises(TransientError):
        office.refresh()
    assert office.landing == {}


@pytest.mark.parametrize("kind", ["changed_total", "repeated_page", "empty_page"])
def test_a_set_that_changes_while_it_is_read_is_not_taken(url: str, kind: str) -> None:
    office = declared(url, "I", "J", "Z")
    office.spoil(kind, after=1)
    with pytest.raises(TransientError):
        office.refresh()
    assert office.landing == {}


def declared(url: str, *queries: str) -> Office:
    """An office whose one code set asks Clinical Tables for what begins with each text."""
    office = Office(url, "icd_10_cm_seen")
    shipped = office.ports.metadata
    code_set = shipped.code_sets["icd_10_cm_seen"]
    asks = DeclaredQueries(queries, timedelta(days=30))
    refresh = ApiQueries(CodeApi.CLINICAL_TABLES, "/api/icd10cm/v3/search", asks)
    source = shipped.sources["nlm__icd_code"]
    full = replace(source, delivery=replace(source.delivery, kind=DeliveryKind.FULL))
    changed: dict[str, Any] = {"sources": {**shipped.sources, source.source_id: full}}
    office.ports.metadata = replace(shipped, code_sets={"declared": replace(code_set, refresh=refresh)}, **changed)
    return office


def many_npis(count: int) -> Iterator[str]:
    """NPIs with their check digit."""
    for number in range(count):
        digits = f"80840{100_000_000 + number * 7919}"
        total = sum(sum(divmod(int(d) * 2, 10)) for d in digits[::-2]) + sum(int(d) for d in digits[-2::-2])
        yield f"{digits[5:]}{-total % 10}"
