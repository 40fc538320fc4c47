"""The shipped definitions against the relations that code lays out."""

import json
from pathlib import Path

import pytest
from rcm_lakehouse.kpis.definitions import Kpi, read_kpis
from rcm_lakehouse.kpis.feeds import SHARED_FEEDS
from rcm_lakehouse.kpis.relations import RELATIONS
from rcm_lakehouse.metadata import read_metadata

METADATA = Path(__file__).parents[3] / "metadata"
KPIS = read_kpis(METADATA)


def test_the_schema_names_the_relations_that_there_are() -> None:
    schema = json.loads((METADATA / "schema" / "kpi.schema.json").read_text(encoding="utf-8"))
    assert schema["$defs"]["measure"]["properties"]["of"]["enum"] == list(RELATIONS)


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.kpi_id)
def test_a_feed_is_a_noun_that_a_source_fills_and_a_shared_one_has_one_origin(kpi: Kpi) -> None:
    origins = {(source.noun, source.origin) for source in read_metadata(METADATA).sources.values()}
    for feed in {feed for definition in kpi.definitions for feed in definition.feeds}:
        of = {origin for noun, origin in origins if noun == feed}
        assert (of == {"health_system"}) == (feed in SHARED_FEEDS), feed
        assert of


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.kpi_id)
def test_the_headline_is_one_of_the_buckets_and_no_two_buckets_have_one_name(kpi: Kpi) -> None:
    for definition in kpi.definitions:
        names = [bucket.name for bucket in definition.buckets]
        assert definition.headline is None or definition.headline in names
        assert len(names) == len(set(names))
