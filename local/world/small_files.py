"""Many small files that arrive together."""

from datetime import date
from pathlib import Path
from random import Random

from local.world.csv_files import write_csv
from local.world.demo_hospital import draw_hospital
from local.world.public_shapes import columns, landing_path


def write_many_small_files(
    folder: Path, n: int, rows: int, seed: int = 1, as_of: date = date(2026, 1, 31)
) -> tuple[str, ...]:
    """Write `n` delta files of `rows` encounters of hospital A, each encounter once; return their landing paths."""
    hospital = draw_hospital(Random(seed), "hospital_a", as_of, max(20, n * rows // 4), n * rows)
    cells = [list(encounter.row(encounter.day).values()) for encounter in hospital.encounters]
    paths = [landing_path("hospital_a", "encounter", as_of.isoformat(), f"_{number:06d}") for number in range(n)]
    for number, path in enumerate(paths):
        write_csv(folder / path, columns("hospital_a", "encounter"), cells[number * rows : (number + 1) * rows])
    return tuple(paths)
