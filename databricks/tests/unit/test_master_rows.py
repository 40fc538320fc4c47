"""Memberships over time: what ends, what begins, and what is only told otherwise."""

from datetime import UTC, datetime

from rcm_lakehouse.master.rows import ALONE, Membership, membership_changes

JAN, FEB = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
BOB_ALONE, BOB_WITH_ANN = Membership("bob", ALONE), Membership("ann", "certain_rule", "a:ann")


def changes(stored: Membership | None, wanted: Membership | None, at: datetime = FEB) -> list[tuple[object, ...]]:
    """What becomes of one patient, b:bob, known since January: since, until, person and what to do."""
    before = {"b:bob": (JAN, stored, 1)} if stored else {}
    after = {"b:bob": wanted} if wanted else {}
    return [(row[2], row[3], row[5], row[-1]) for row in membership_changes(before, after, at, 2)]


def test_a_patient_who_is_joined_leaves_what_they_were() -> None:
    assert changes(BOB_ALONE, BOB_WITH_ANN) == [(JAN, FEB, "bob", "update"), (FEB, None, "ann", "insert")]


def test_a_patient_who_is_parted_is_themself_again() -> None:
    assert changes(BOB_WITH_ANN, BOB_ALONE) == [(JAN, FEB, "ann", "update"), (FEB, None, "bob", "insert")]


def test_a_patient_who_is_withdrawn_leaves_a_row_that_ended() -> None:
    assert changes(BOB_WITH_ANN, None) == [(JAN, FEB, "ann", "update")]


def test_another_reason_for_the_same_person_begins_nothing() -> None:
    assert changes(BOB_WITH_ANN, BOB_WITH_ANN._replace(joined_by="decision", decided_by="Sue")) == [
        (JAN, None, "ann", "update")
    ]
    assert changes(BOB_WITH_ANN, BOB_WITH_ANN) == []


def test_what_began_at_the_same_instant_is_written_over() -> None:
    assert changes(BOB_ALONE, BOB_WITH_ANN, at=JAN) == [(JAN, None, "ann", "update")]
    assert changes(BOB_ALONE, None, at=JAN) == [(JAN, None, "bob", "delete")]
    assert changes(None, BOB_ALONE, at=JAN) == [(JAN, None, "bob", "insert")]
