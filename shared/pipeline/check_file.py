"""A whole file, streamed: its bytes in, bronze and quarantine out, and a report of what became of its records."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import pyarrow as pa

from shared.model.file_format import FileFormat
from shared.model.violation import Reason, Tier, Violation
from shared.pipeline.block import Block, Finding
from shared.pipeline.check import Checked, RecordChecker
from shared.pipeline.control_sums import ControlSums
from shared.pipeline.divide import Counts, divide
from shared.pipeline.parquet_sink import ByteSink, ParquetSink
from shared.pipeline.read import read_with

SAMPLES: Final = 5

type ReasonKey = tuple[Tier, str, str]
"""Tier, rule and field: how violations are counted."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file's records: `records_in` = `bronze` + `quarantined`, `advisory` of the bronze ones.

    `reasons` counts violations by tier, rule and field, in falling order; a record may have several. `samples` are the
    first few of each. With `structural` violations the file is refused: all counts are 0 and what was written to the
    sinks counts for nothing. `column_totals` are exact sums over all records that have cells.
    """

    records_in: int = 0
    bronze: int = 0
    quarantined: int = 0
    advisory: int = 0
    reasons: Mapping[ReasonKey, int] = field(default_factory=dict)
    samples: tuple[Violation, ...] = ()
    structural: tuple[Violation, ...] = ()
    column_totals: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        return bool(self.structural)


def check_file(
    chunks: Iterable[bytes],
    file_format: FileFormat,
    checker: RecordChecker,
    bronze_sink: ByteSink,
    quarantine_sink: ByteSink,
    observe: Callable[[pa.RecordBatch], None] | None = None,
    total_columns: Iterable[str] = (),
    workers: int = 1,
) -> FileReport:
    """Streams the file through reading, checking and dividing, in memory that does not grow with it.

    The bronze sink gets a Parquet file unless the file is refused, the quarantine sink gets one only if some record is
    quarantined. `observe` sees each batch that lands. What `chunks` and the sinks raise passes through. With more than
    one worker, chunks are fetched, and blocks parsed and checked, in threads; sinks and `observe` stay with the caller.
    """
    bronze, quarantine = ParquetSink(bronze_sink), ParquetSink(quarantine_sink)
    tally = Tally(total_columns)
    for checked in read_with(checker.check, Checked.after, chunks, file_format, workers):
        if isinstance(checked, Violation):
            tally.structural.append(checked)
            continue
        divided = divide(checked)
        bronze.write(divided.bronze)
        if divided.quarantine.num_rows:
            quarantine.write(divided.quarantine)
        if observe:
            observe(divided.bronze)
        tally.add(checked, divided.counts)
    if not tally.structural:
        bronze.close()
        quarantine.close()
    return tally.report()


class Tally:
    """Adds up what the blocks of one file brought."""

    def __init__(self, total_columns: Iterable[str] = ()) -> None:
        self.structural: list[Violation] = []
        self._counts = Counts()
        self._reasons: Counter[ReasonKey] = Counter()
        self._samples: defaultdict[ReasonKey, list[Violation]] = defaultdict(list)
        self._sums = ControlSums(total_columns)

    def add(self, checked: Checked, counts: Counts) -> None:
        self._counts += counts
        self._sums.add(checked.block)
        for finding in (*checked.row_findings, *checked.advisory_findings):
            self._add_finding(finding, checked.block)
        for row in checked.block.unsplit:
            self._add(Reason(Tier.ROW, row.rule), [row.row_number], 1)

    def _add_finding(self, finding: Finding, block: Block) -> None:
        first = block.row_numbers.take(pa.array(finding.rows[:SAMPLES])).to_pylist()
        self._add(finding.reason, first, len(finding.rows))

    def _add(self, reason: Reason, first: list[int], count: int) -> None:
        key = (reason.tier, reason.rule, reason.field)
        self._reasons[key] += count
        shown = self._samples[key]
        shown.extend(reason.at(number) for number in first[: SAMPLES - len(shown)])

    def report(self) -> FileReport:
        if self.structural:
            refused = Counter((each.tier, each.rule, each.field) for each in self.structural)
            return FileReport(reasons=dict(refused), structural=tuple(self.structural))
        return FileReport(
            self._counts.records_in,
            self._counts.bronze,
            self._counts.quarantined,
            self._counts.advisory,
            dict(self._reasons.most_common()),
            tuple(violation for shown in self._samples.values() for violation in shown),
            (),
            self._sums.totals,
        )
