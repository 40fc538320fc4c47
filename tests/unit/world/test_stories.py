"""Laws that hold in every account's story, whatever the seed."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.accounting.book import balance_changes
from local.world.accounting.entries import Entry, story_entries
from local.world.accounting.measures import is_denied
from local.world.cycle.calendar import FIRST_DAY, LAST_DAY
from local.world.cycle.events import ClaimRemitted, ClaimSubmitted, PatientPaid
from local.world.cycle.payers import PATIENT, PAYERS, payday
from local.world.cycle.persons import PersonBook
from local.world.cycle.story import AccountStory, tell_stories

SEEDS = st.integers(0, 10**6)


def stories(seed: int, claims: int = 25) -> list[AccountStory]:
    return list(tell_stories(seed, claims, PersonBook(seed, 60)))


def lasting(story: AccountStory) -> list[Entry]:
    return [entry for entry in story_entries(story) if entry.known_until is None]


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_nothing_is_recorded_outside_the_three_years_or_out_of_order(seed: int) -> None:
    for story in stories(seed):
        recorded = [event.recorded for event in story.events]
        assert recorded == sorted(recorded)
        assert all(FIRST_DAY <= day <= LAST_DAY for day in recorded)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_every_change_of_balance_is_told_by_entries(seed: int) -> None:
    for story in stories(seed):
        entries = story_entries(story)
        assert sum(balance_changes(entries).values()) == sum(e.ar for e in entries if e.known_until is None)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_transfers_move_what_is_owed_and_change_no_total(seed: int) -> None:
    for story in stories(seed):
        assert sum(entry.ar for entry in lasting(story) if entry.kind == "transfer") == 0


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_reversal_takes_back_exactly_what_was_remitted(seed: int) -> None:
    for story in stories(seed):
        remitted = [event for event in story.events if isinstance(event, ClaimRemitted)]
        for reversal in (event for event in remitted if event.status == "22"):
            before = [e for e in remitted if e.charge == -reversal.charge and e.paid == -reversal.paid]
            assert before, "there is a remittance that it reverses"
            assert before[0].recorded <= reversal.recorded


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_payer_that_remitted_all_and_denied_nothing_owes_nothing(seed: int) -> None:
    for story in stories(seed):
        remitted = [event for event in story.events if isinstance(event, ClaimRemitted)]
        submitted = [event for event in story.events if isinstance(event, ClaimSubmitted)]
        entries = lasting(story)
        charged = sum(entry.ar for entry in entries if entry.kind in {"charge", "late_charge"})
        if len(remitted) == 1 and len(submitted) == 1 and remitted[0].charge == charged and not remitted[0].crossover:
            denied = sum(part.amount for part in remitted[0].adjustments if part.reason in {"50", "16", "197", "29"})
            if not denied and not is_denied(remitted[0]):
                payer = remitted[0].payer
                assert sum(entry.ar for entry in entries if entry.party == payer) == 0


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_patients_pay_no_more_than_they_came_to_owe_but_for_what_is_theirs_again(seed: int) -> None:
    for story in stories(seed):
        patient = [entry for entry in lasting(story) if entry.party == PATIENT]
        owed = sum(entry.ar for entry in patient if entry.kind in {"charge", "late_charge", "transfer"})
        assert sum(entry.ar for entry in patient) >= -max(
            sum(e.amount for e in story.events if isinstance(e, PatientPaid) and e.kind == "payment"), abs(owed)
        )


def test_payers_pay_on_their_own_weekday() -> None:
    for payer in PAYERS.values():
        for day in range(FIRST_DAY, FIRST_DAY + 30):
            paid = payday(payer, day)
            assert day <= paid < day + 7
            assert (paid - 1) % 7 == payer.weekday


def test_a_world_has_every_kind_of_remittance_and_adjustment() -> None:
    told = stories(11, claims=1500)
    remitted = [event for story in told for event in story.events if isinstance(event, ClaimRemitted)]
    assert Counter(event.status for event in remitted).keys() == {"1", "2", "4", "19", "22"}
    assert {event.status for event in remitted if is_denied(event)} >= {"1", "4"}
    zero_paid = [event for event in remitted if event.paid == 0 and event.status == "1" and not is_denied(event)]
    assert any({part.reason for part in event.adjustments} == {"45", "1"} for event in zero_paid)
    kinds = Counter(entry.kind for story in told for entry in story_entries(story))
    assert kinds.keys() == {
        "charge", "late_charge", "contractual_adjustment", "insurer_payment", "patient_payment", "takeback", "refund",
        "bad_debt_recovery", "transfer", "denial_write_off", "charity", "small_balance", "bad_debt_transfer",
    }  # fmt: skip
    frequencies = {event.frequency for story in told for event in story.events if isinstance(event, ClaimSubmitted)}
    assert frequencies == {"1", "7", "8"}


def test_patients_differ_by_behaviour_as_planted() -> None:
    owed: Counter[str] = Counter()
    paid: Counter[str] = Counter()
    for story in stories(5, claims=1500):
        patient = [entry for entry in lasting(story) if entry.party == PATIENT]
        owed[story.account.behaviour] += sum(e.ar for e in patient if e.kind in {"charge", "late_charge", "transfer"})
        paid[story.account.behaviour] -= sum(e.ar for e in patient if e.kind == "patient_payment")
    shares = {name: paid[name] / owed[name] for name in owed}
    assert shares["prompt"] > shares["slow"] > shares["reluctant"]
