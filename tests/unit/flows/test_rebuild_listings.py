from shared.flows.rebuild_listings import rebuild_listings
from shared.model.commit import LISTING
from shared.testing.line import Line

DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"


def test_lost_listings_come_back_as_they_were(line: Line) -> None:
    for day in (29, 30, 31):
        line.drop(f"emr/hospital_a/2026-01-{day}/departments.csv", DEPARTMENTS)
    line.drop("nowhere/x.csv", b"a,b\n")
    line.settle()
    tables = line.ports.ledger.tables
    before = {(p, key): stored.row for p, rows in tables[LISTING].items() for key, stored in rows.items()}
    tables[LISTING].clear()
    assert rebuild_listings(line.ports) == 4
    assert {(p, key): stored.row for p, rows in tables[LISTING].items() for key, stored in rows.items()} == before
