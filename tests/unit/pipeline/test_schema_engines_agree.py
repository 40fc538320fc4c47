"""The columnar plan says what the reference says, and the comparison would notice if it did not."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.bench.validation.differential import Difference, differences
from shared.pipeline.schema import cell_kernels, decimal_bounds, format_kernels, kernels, numerals, record_plan
from shared.pipeline.schema.cell_plan import CellPlan
from shared.pipeline.schema.cells import CellTypes
from shared.pipeline.schema.failure import Place
from shared.pipeline.schema.fixed_pattern import FixedPattern
from shared.pipeline.schema.frame import Frame
from shared.pipeline.schema.masks import dense, some
from shared.pipeline.schema.record_plan import plan_for
from shared.pipeline.schema.site import Site
from shared.pipeline.schema.text_column import Reading, TextColumn

SEEDS = range(130)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1_000, 2**32))
def test_plan_and_reference_agree_on_keyword_and_pointers_of_every_drawn_row(seed: int) -> None:
    assert [each for each in differences([seed]) if isinstance(each, Difference)] == []


def test_plan_and_reference_agree_on_the_rows_that_unmask_planted_bugs() -> None:
    found = list(differences(SEEDS))
    assert [each for each in found if isinstance(each, Difference)] == []
    assert sum(each for each in found if isinstance(each, int)) >= 50 * len(SEEDS)


type Plant = Callable[[pytest.MonkeyPatch], None]


def leading_zeros_are_allowed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(numerals, "_leading_zero", lambda first, _: np.zeros(len(first), bool))


def only_the_first_word_is_read(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(numerals, "KEPT", numerals.KEPT * np.array([[1], [0], [0]], np.uint64))


def the_calendar_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(format_kernels.FORMAT_KERNELS, "date", format_kernels.DATE_SHAPE.failing)


def the_check_digit_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(format_kernels.FORMAT_KERNELS, "npi", format_kernels.NPI_SHAPE.failing)


def one_more_decimal_is_fine(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        decimal_bounds.Step, "failing", lambda rule, _, counted: some(counted.decimals > 1 + places(rule.step))
    )


def places(step: object) -> int:
    return max(0, -int(step.normalize().as_tuple().exponent))  # type: ignore[attr-defined]


def long_decimals_are_compared_as_floats(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decimal_bounds, "EXACT_DIGITS", 40)


def every_bound_is_exclusive(patch: pytest.MonkeyPatch) -> None:
    real = decimal_bounds.Bound
    patch.setattr(kernels, "Bound", lambda bound, above, _: real(bound, above, inclusive=False))


def lengths_are_bytes(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(kernels.TEXT_KERNELS, "maxLength", lambda limit: lambda column: some(column.lengths > limit))


def a_fixed_pattern_need_not_end(patch: pytest.MonkeyPatch) -> None:
    real = FixedPattern.failing

    def failing(pattern: FixedPattern, column: TextColumn) -> object:
        rows = real(pattern, column)
        return None if rows is None else rows & (column.lengths <= pattern.length)

    patch.setattr(FixedPattern, "failing", failing)


def a_number_equals_its_text(patch: pytest.MonkeyPatch) -> None:
    def one_of(values: list[object]) -> object:
        texts = pa.array([str(value) for value in values])
        return lambda column: some(~pc.is_in(column.array, texts).to_numpy(zero_copy_only=False))

    patch.setattr(kernels, "_one_of", one_of)


def then_applies_always(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record_plan, "_where", lambda _, check: check)


def one_of_is_any_of(patch: pytest.MonkeyPatch) -> None:
    real = record_plan._alternatives
    patch.setattr(record_plan, "_alternatives", lambda branches, **_: real(branches, exactly_one=False))

    def of_cells(site: Site, reading: Reading, field: str, depth: int) -> list[tuple[Place, object]]:
        branches = cell_kernels._branches(site, "oneOf", reading, field, depth)

        def all_fail(column: TextColumn) -> object:
            return some(np.logical_and.reduce([dense(each(column), column.count) for each in branches]))

        return [(Place("oneOf", field, f"{site.pointer}/oneOf"), all_fail)]

    patch.setitem(cell_kernels.APPLICATORS, "oneOf", of_cells)


def empty_cells_are_present(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TextColumn, "missing", None)


def doubtful_cells_pass(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(CellPlan, "_of_doubtful", lambda *_: iter(()))


def cells_are_not_asked_twice_in_one_place(patch: pytest.MonkeyPatch) -> None:
    real = cell_kernels.cell_kernels
    patch.setattr(record_plan, "cell_kernels", lambda *site: list(dict(real(*site)).items()))


def an_absent_column_is_no_missing_property(patch: pytest.MonkeyPatch) -> None:
    real = Frame.missing

    def missing(frame: Frame, name: str) -> object:
        return real(frame, name) if name in frame.columns else np.zeros(frame.count, bool)

    patch.setattr(Frame, "missing", missing)


def slices_start_at_the_front(patch: pytest.MonkeyPatch) -> None:
    def offsets(column: TextColumn) -> object:
        return np.frombuffer(column.array.buffers()[1], np.int32)[: column.count + 1]

    patch.setattr(TextColumn, "_offsets", property(offsets))


BUGS: list[Plant] = [
    leading_zeros_are_allowed,
    only_the_first_word_is_read,
    the_calendar_is_forgotten,
    the_check_digit_is_forgotten,
    one_more_decimal_is_fine,
    long_decimals_are_compared_as_floats,
    every_bound_is_exclusive,
    lengths_are_bytes,
    a_fixed_pattern_need_not_end,
    a_number_equals_its_text,
    then_applies_always,
    one_of_is_any_of,
    empty_cells_are_present,
    doubtful_cells_pass,
    cells_are_not_asked_twice_in_one_place,
    an_absent_column_is_no_missing_property,
    slices_start_at_the_front,
]


@pytest.mark.parametrize("plant", BUGS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(isinstance(each, Difference) for each in differences(SEEDS))


@pytest.mark.parametrize(
    "schema",
    [
        {"unevaluatedProperties": False},
        {
            "properties": {"a": {"$ref": "#anchor"}},
            "$defs": {"x": {"$anchor": "anchor"}},
            "allOf": [{"$ref": "#anchor"}],
        },
        {"properties": {"a": {"$id": "urn:x"}}},
        {"const": {"a": "1"}},
        {"allOf": [{"$ref": "#"}]},
    ],
)
def test_what_only_whole_records_can_tell_is_left_to_the_reference(schema: object) -> None:
    assert plan_for(schema, ("a",), CellTypes()) is None
