"""Whether a code is in the edition of its code set that counts for the record.

The edition is that of the discharge date for inpatients, of the service date for everybody else: the latest that was
in force on that day (ICD-10-CM Official Guidelines for Coding and Reporting, introduction).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.model.violation import Reason, Tier
from shared.pipeline.block import Finding
from shared.pipeline.schema.masks import Bools
from shared.pipeline.schema.site import escaped

RULE: Final = "code_set"
ISO_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The codes in force from `starts` until the next edition starts, written as the records write them.

    None where nobody knows them any more: then nothing is judged by it.
    """

    starts: date
    codes: pa.StringArray | None


class CodeMembership:
    """Checks one column of codes by the dates beside it.

    The first of `date_columns` that holds an ISO date decides, so name discharge before service. Records without such a
    date, or from before the oldest edition, are not judged; neither are empty cells.
    """

    def __init__(self, column: str, date_columns: Sequence[str], editions: Sequence[Edition]) -> None:
        self._column = column
        self._date_columns = tuple(date_columns)
        ordered = sorted(editions, key=lambda edition: edition.starts)
        self._starts = [edition.starts.isoformat() for edition in ordered]
        self._codes = [edition.codes for edition in ordered]

    def findings(self, records: pa.RecordBatch) -> tuple[Finding, ...]:
        """The rows whose code is not in their edition, as one advisory finding."""
        present = [name for name in self._date_columns if name in records.schema.names]
        if self._column not in records.schema.names or not present:
            return ()
        codes = records.column(self._column).cast(pa.string())
        edition = self._edition(pc.coalesce(*(_dates(records.column(name)) for name in present)))
        unknown = np.zeros(records.num_rows, bool)
        for position in np.unique(edition[edition >= 0]).tolist():
            if self._codes[position] is not None:
                unknown |= (edition == position) & ~_mask(pc.is_in(codes, self._codes[position]))
        unknown &= _mask(pc.greater(pc.binary_length(codes), 0))
        reason = Reason(Tier.ADVISORY, RULE, f"/{escaped(self._column)}")
        return (Finding(reason, np.flatnonzero(unknown)),) if unknown.any() else ()

    def _edition(self, dates: pa.StringArray) -> Any:
        """The position of the edition in force on each date; -1 where there is none. ISO dates sort as text."""
        started = [_mask(pc.greater_equal(dates, start)).astype(np.int64) for start in self._starts]
        return np.sum(started, axis=0) - 1 if started else np.full(len(dates), -1)


def _dates(column: Any) -> pa.StringArray:
    """The cells that begin with an ISO date, null for the others."""
    cells = column.cast(pa.string())
    return pc.if_else(pc.match_substring_regex(cells, ISO_DATE), cells, pa.scalar(None, pa.string()))


def _mask(rows: pa.BooleanArray) -> Bools:
    """Null counts as no."""
    mask: Bools = pc.fill_null(rows, fill_value=False).to_numpy(zero_copy_only=False)
    return mask
