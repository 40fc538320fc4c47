"""A page of `List Blobs` is read as Azure Storage and Azurite write it."""

from datetime import UTC, datetime

from local.host.event_grid.blob_events import FoundBlob
from local.host.event_grid.listing import read_page

PAGE = """<?xml version="1.0" encoding="utf-8"?>
<EnumerationResults ServiceEndpoint="http://h/a" ContainerName="landing"><Blobs>
<Blob><Name>emr/ä &amp; b.csv</Name><Properties><Last-Modified>Sat, 31 Jan 2026 10:00:00 GMT</Last-Modified>
<Etag>0x1</Etag><Content-Length>7</Content-Length><Content-Type>text/csv</Content-Type></Properties></Blob>
<Blob><Name Encoded="true">odd%EF%BF%BE%2F.csv</Name><Properties><Etag>"0x2"</Etag><CopyId>c</CopyId>
<Last-Modified>Sat, 31 Jan 2026 10:00:01 GMT</Last-Modified><Content-Length>0</Content-Length></Properties></Blob>
</Blobs><NextMarker>more</NextMarker></EnumerationResults>"""


def test_blobs_are_read_with_what_an_event_tells_of_them() -> None:
    (first, second), _ = read_page(PAGE.encode(), "a", "http://h/a/landing")
    assert first == FoundBlob(
        account="a",
        container="landing",
        name="emr/ä & b.csv",
        etag="0x1",
        url="http://h/a/landing/emr/%C3%A4%20%26%20b.csv",
        length=7,
        content_type="text/csv",
        is_copy=False,
        modified_at=datetime(2026, 1, 31, 10, tzinfo=UTC),
    )
    assert (second.name, second.etag, second.is_copy) == ("odd\ufffe/.csv", "0x2", True)


def test_the_marker_leads_to_the_next_page_and_the_last_page_has_none() -> None:
    assert read_page(PAGE.encode(), "a", "u")[1] == "more"
    assert read_page(b"<EnumerationResults ContainerName='x'><Blobs/><NextMarker/></EnumerationResults>", "a", "u") == (
        [],
        "",
    )
