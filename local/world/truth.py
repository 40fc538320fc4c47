"""The truth world: three years of two hospitals' billing as files in four waves, and the truth about every figure."""

from dataclasses import dataclass
from pathlib import Path

from local.world.accounting.book import TruthBook
from local.world.cycle.persons import PersonBook
from local.world.cycle.story import tell_stories
from local.world.sending.deliveries import Wave
from local.world.sending.sender import Sender

TRUTH_FOLDER = "truth"
LANDING_FOLDER = "landing"
FEWEST_CLAIMS = 200


@dataclass(frozen=True, slots=True)
class TruthWorld:
    """What was written: `landing` holds the waves' files under their landing paths, `truth` the tables of the truth."""

    folder: Path
    claims: int
    seed: int
    waves: tuple[Wave, ...]

    @property
    def landing(self) -> Path:
        """The folder of the files."""
        return self.folder / LANDING_FOLDER

    @property
    def truth(self) -> Path:
        """The folder of the truth."""
        return self.folder / TRUTH_FOLDER


def write_truth_world(folder: Path, claims: int, seed: int) -> TruthWorld:
    """Write a world of `claims` insured accounts (and some without insurance) under `folder`, in bounded memory.

    The same arguments give the same files. Fewer than `FEWEST_CLAIMS` leave some files empty and raise ValueError.
    """
    if claims < FEWEST_CLAIMS:
        raise ValueError(f"a truth world needs at least {FEWEST_CLAIMS} claims, not {claims}")
    persons = PersonBook(seed, max(60, claims // 3))
    sender = Sender(folder / LANDING_FOLDER, seed, persons)
    truth = TruthBook(folder / TRUTH_FOLDER, seed, persons)
    for story in tell_stories(seed, claims, persons):
        sender.send(story)
        truth.add(story)
    waves = sender.finish(truth.general_ledger())
    truth.finish()
    return TruthWorld(folder, claims, seed, waves)
