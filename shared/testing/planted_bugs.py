"""Bugs to plant, one at a time, to prove that the invariants see them: each takes a guard of the real program away.

A planted bug that no schedule finds means that the guard is not needed or the checker is blind; both are faults.
"""

from collections.abc import Mapping

from shared.flows import (
    commit_run,
    finish_run,
    follow_through,
    ingest,
    launch_run,
    reconcile,
    register,
    reprocess,
    run_databricks,
    stage,
    start_run,
    sweep_staged,
    take_message,
)
from shared.model import file_version, manifest
from shared.testing import fake_file_store, fake_ledger
from shared.testing import planted_flows as wrong
from shared.testing import planted_runs as amiss
from shared.testing.planted_arrivals import PLANTED_ARRIVALS, comparisons_without
from shared.testing.planted_bug import PlantedBug
from shared.testing.planted_timers import PLANTED_TIMERS

PLANTED: Mapping[str, PlantedBug] = {
    bug.name: bug
    for bug in (
        *PLANTED_TIMERS,
        *PLANTED_ARRIVALS,
        PlantedBug(
            "listing_not_looked_at_again",
            "a late writer shows what it read before",
            ((follow_through, "show_in_listings", wrong.list_once),),
        ),
        PlantedBug(
            "redelivery_skips_sends",
            "the commit is there, so nothing is sent",
            ((take_message, "ingest", wrong.work_without_following),),
        ),
        PlantedBug(
            "catch_all",
            "every fault is swallowed and the message let go",
            ((take_message, "_take", wrong.swallow_transient),),
        ),
        PlantedBug(
            "let_go_before_sends",
            "a failed send after a commit is forgotten",
            (
                (ingest, "follow_through", wrong.follow_through_swallowing),
                (register, "follow_through", wrong.follow_through_swallowing),
            ),
        ),
        PlantedBug(
            "gone_let_go",
            "nothing stands where an event told of a file, so there is nothing to do",
            ((register, "_record_lost", wrong.nothing),),
        ),
        PlantedBug(
            "unguarded_head",
            "a commit writes over whatever head there is",
            ((fake_ledger.FakeLedger, "commit", wrong.commit_unguarded),),
        ),
        PlantedBug(
            "token_after_the_call",
            "the token is not stored before run_now",
            ((start_run, "launch", amiss.launch_with_fresh_token),),
        ),
        PlantedBug(
            "run_not_recorded",
            "the run id is never written down",
            ((start_run, "launch", amiss.launch_untold),),
        ),
        PlantedBug(
            "token_without_attempt",
            "a retry asks with the failed run's token",
            ((commit_run, "idempotency_token", amiss.token_without_attempt),),
        ),
        PlantedBug(
            "run_lock_not_released",
            "an ended run stays the active one",
            ((finish_run, "end_run", amiss.end_run_and_keep_the_lock),),
        ),
        PlantedBug(
            "no_inbox",
            "nothing remembers that a generation was asked for",
            ((run_databricks, "take_ready", amiss.take_ready_without_inbox),),
        ),
        PlantedBug(
            "ready_never_cleared",
            "what a run took stays ready",
            ((launch_run, "clear_ready", amiss.clear_ready_never_noted),),
        ),
        PlantedBug(
            "ready_cleared_first",
            "what is ready is cleared before the run is committed",
            ((start_run, "_start", amiss.start_clearing_first),),
        ),
        PlantedBug(
            "archive_not_pinned",
            "the archive takes whatever stands at the path",
            ((fake_file_store.FakeFileStore, "archive", wrong.archive_whatever_is_there),),
        ),
        PlantedBug(
            "success_by_end",
            "a run that ended is taken for a success",
            ((finish_run, "decide", amiss.decide_by_run_id),),
        ),
        PlantedBug(
            "missing_skipped",
            "SKIPPED and INTERNAL_ERROR are not seen as ends",
            ((finish_run, "decide", amiss.decide_without_skipped),),
        ),
        PlantedBug(
            "never_tried_again", "a failed run is the last word", ((finish_run, "decide", amiss.decide_never_again),)
        ),
        PlantedBug(
            "stranded_for_good",
            "a group whose run attempts all failed is never tried again",
            ((start_run, "group_to_start_again", amiss.no_group_again),),
        ),
        PlantedBug(
            "requested_id_without_generation",
            "a reprocess is swallowed as a duplicate",
            ((follow_through, "ingestion_requested", wrong.requested_without_generation),),
        ),
        PlantedBug(
            "landed_id_without_generation",
            "a new generation's landing is swallowed as a duplicate",
            ((follow_through, "ingestion_landed", wrong.landed_without_generation),),
        ),
        PlantedBug(
            "version_by_name",
            "a second version at a path is taken for the first",
            ((file_version, "file_version_id", wrong.version_by_name),),
        ),
        PlantedBug(
            "staged_under_one_name",
            "two attempts write the same staged file",
            ((stage, "staged_name", wrong.staged_without_attempt),),
        ),
        PlantedBug(
            "never_swept",
            "staged files of dead attempts stay",
            ((sweep_staged, "sweep_staged", wrong.nothing), (reconcile, "sweep_staged", wrong.nothing)),
        ),
        PlantedBug(
            "request_raises_again",
            "a redelivered request raises another generation",
            ((reprocess, "raise_generation", wrong.raised_by_head_only),),
        ),
        PlantedBug(
            "path_in_audit", "a landing path stands in an audit event", ((ingest, "_event", wrong.path_in_details),)
        ),
        PlantedBug(
            "content_not_claimed", "the same bytes land twice", ((ingest, "claim_content", wrong.claims_nothing),)
        ),
        PlantedBug("step_without_audit", "a generation ends without its event", ((ingest, "seal", wrong.no_audit),)),
        PlantedBug(
            "fault_taken_for_bad_data",
            "a hiccup of a service refuses a file for good",
            ((ingest, "_examined", wrong.refuse_for_good),),
        ),
        PlantedBug(
            "wrong_hash",
            "the content hash is not that of the bytes",
            ((stage.Digest, "finish", wrong.finish_chunk_short),),
        ),
        PlantedBug(
            "follow_stops",
            "a run still at work is not looked at again",
            ((finish_run, "_ended", amiss.wait_without_next),),
        ),
        PlantedBug(
            "landing_not_reconciled",
            "a file without an event is never found",
            ((reconcile, "COMPARISONS", comparisons_without("landing_with_ledger")),),
        ),
        PlantedBug(
            "newer_message_parked",
            "a message of the next version is taken for a bad one",
            ((take_message, "_take", wrong.take_only_known),),
        ),
        PlantedBug(
            "newer_column_refused",
            "a row with a column that only the next version knows can't be read",
            ((manifest.Member, "from_row", amiss.member_of_known_columns),),
        ),
        PlantedBug(
            "older_delivery_counts_last",
            "the delivery that was worked last is taken for the last delivery",
            ((follow_through, "note_last_delivery", wrong.note_whatever_comes),),
        ),
    )
}
