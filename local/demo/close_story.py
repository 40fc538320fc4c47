"""The story of a month-end close: a hospital's billing arrives, its months are signed, and then more becomes known."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from local.demo.client import ApiError
from local.demo.story import FILES_SECONDS, Stage
from local.world.sending.deliveries import LandingFile, Wave
from local.world.truth import FEWEST_CLAIMS, TruthWorld, write_truth_world

HOSPITAL = "hospital_a"
SIGNED_BY = "controller@hospital-a.example"
WAVES_BEFORE_THE_SIGNATURE = 2
ATTEMPTS = 3


def play_close(stage: Stage, folder: Path, seed: int) -> None:
    """Two and a half years arrive and are signed month by month, until one does not agree with the general ledger.

    A quarter follows, with the file that puts it right and with what changes months that are signed.

    The smallest truth world, and of its two hospitals one: the story is in the kinds of entries, not in their number.
    """
    truth = write_truth_world(folder, FEWEST_CLAIMS, seed)
    before, after = truth.waves[:WAVES_BEFORE_THE_SIGNATURE], truth.waves[WAVES_BEFORE_THE_SIGNATURE]
    _deliver(stage, truth, before)
    _sign_months(stage, f"{before[-1].known_on:%Y-%m}")
    _withdraw(stage, after.withdrawn)
    _deliver(stage, truth, [after])
    _sign_months(stage, f"{after.known_on:%Y-%m}")


def _deliver(stage: Stage, truth: TruthWorld, waves: Sequence[Wave]) -> None:
    files = [file for wave in waves for file in wave.files if _is_told(file)]
    stage.progress.say(f"{len(files)} files of {HOSPITAL} arrive, known by {waves[-1].known_on}")
    stage.ingest([(truth.landing / file.path, file.path) for file in files])
    stage.progress.say("Databricks takes what landed to account ledger, KPIs and close")
    stage.gold()


def _is_told(file: LandingFile) -> bool:
    """Files of the other hospital stay out; payers and their contracts are of both."""
    return file.source_id.startswith((HOSPITAL, "health_system"))


def _sign_months(stage: Stage, last: str) -> None:
    """Signs the open months up to `last` in order, until one does not tie out."""
    signed = 0
    for period in _open_months(stage.client.get("periods", hospital=HOSPITAL)["periods"], last):
        try:
            _sign(stage, period)
        except ApiError as refusal:
            if refusal.code != "tie_out_failed":
                raise
            stage.progress.say(f"{period} does not tie out: {_why(stage, period)}")
            break
        signed += 1
    stage.progress.say(f"{SIGNED_BY} signed {signed} months")


def _why(stage: Stage, period: str) -> str:
    lines = stage.client.get(f"periods/{HOSPITAL}/{period}")["tie_out"]
    failed = [line for line in lines if not line["holds"]]
    return "; ".join(f"{each['check']} {each['of']} is off by {each['difference']}" for each in failed)


def _sign(stage: Stage, period: str) -> None:
    """A timer may have brought files just now: then the signature waits until they are in what is published."""
    said = {"signed_by": SIGNED_BY}
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            stage.client.post(f"periods/{HOSPITAL}/{period}/close", said, f"demo-close-{period}")
        except ApiError as refusal:
            if refusal.code != "not_settled" or not attempts_left:
                raise
            stage.gold()
        else:
            return


def _open_months(periods: Iterable[dict[str, Any]], last: str) -> list[str]:
    return sorted(each["period"] for each in periods if each["period"] <= last and each["status"] != "signed")


def _withdraw(stage: Stage, paths: Iterable[str]) -> None:
    wanted = set(paths)
    for found in list(stage.client.ingestions()):
        if found["path"] in wanted:
            stage.progress.say(
                f"withdraw {found['source_id']} {found['ingestion_id'][:12]}…: it is not this hospital's"
            )
            body = {"file_version_ids": [found["file_version_id"]]}
            answer = stage.client.post("withdraw", body, f"demo-withdraw-{found['ingestion_id'][:12]}")
            stage.progress.wait_for_request(answer["request_id"], FILES_SECONDS)
