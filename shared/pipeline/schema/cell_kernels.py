"""A schema for a scalar → kernels that together say everything about a column, or the word that they can't."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from shared.pipeline.schema.failure import Place
from shared.pipeline.schema.formats import FORMATS
from shared.pipeline.schema.kernels import EQUALITY, NUMERIC, TEXTUAL, Kernel, kernel
from shared.pipeline.schema.masks import Bools, Mask, dense, either, some
from shared.pipeline.schema.site import NotColumnarError, Site
from shared.pipeline.schema.text_column import Reading, TextColumn

SIMPLE: Final = NUMERIC | TEXTUAL | EQUALITY | {"type"}
DEEPEST: Final = 32

type Kernels = list[tuple[Place, Kernel]]
"""Two may share a place: reports do not name the hop of a `$ref`."""


def cell_kernels(site: Site, reading: Reading, field: str, depth: int = 0) -> Kernels:
    """Raises NotColumnarError if some keyword has no kernel for columns that are read so."""
    if site.schema is True:
        return []
    if site.schema is False:
        return [(Place("false", field, site.pointer), _every_row)]
    if depth > DEEPEST:
        raise NotColumnarError("a reference to itself")
    kernels: Kernels = []
    for keyword in site.schema:
        if keyword in SIMPLE:
            kernels += _simple(site, keyword, reading, field)
        elif keyword in APPLICATORS:
            kernels += APPLICATORS[keyword](site, reading, field, depth + 1)
        elif keyword == "$dynamicRef":
            raise NotColumnarError(keyword)
    return kernels


def _every_row(column: TextColumn) -> Mask:
    return np.ones(column.count, bool)


def _simple(site: Site, keyword: str, reading: Reading, field: str) -> Kernels:
    value = site.schema[keyword]
    if keyword == "format" and value not in FORMATS:
        return []
    found = kernel(keyword, value, reading)
    if found is None:
        raise NotColumnarError(keyword)
    return [(Place(keyword, field, f"{site.pointer}/{keyword}"), found)]


def _referred(site: Site, reading: Reading, field: str, depth: int) -> Kernels:
    return cell_kernels(site.referred(), reading, field, depth)


def _all_of(site: Site, reading: Reading, field: str, depth: int) -> Kernels:
    kernels: Kernels = []
    for at in range(len(site.schema["allOf"])):
        kernels += cell_kernels(site.child("allOf", at), reading, field, depth)
    return kernels


def _branches(site: Site, keyword: str, reading: Reading, field: str, depth: int) -> list[Kernel]:
    """One kernel per alternative: the rows that fail it."""
    places = range(len(site.schema[keyword]))
    return [_together(cell_kernels(site.child(keyword, at), reading, field, depth)) for at in places]


def _together(kernels: Kernels) -> Kernel:
    return lambda column: either(failing(column) for _, failing in kernels)


def _any_of(site: Site, reading: Reading, field: str, depth: int) -> Kernels:
    branches = _branches(site, "anyOf", reading, field, depth)

    def failing(column: TextColumn) -> Mask:
        return some(np.logical_and.reduce([dense(branch(column), column.count) for branch in branches]))

    return [(Place("anyOf", field, f"{site.pointer}/anyOf"), failing)]


def _one_of(site: Site, reading: Reading, field: str, depth: int) -> Kernels:
    branches = _branches(site, "oneOf", reading, field, depth)

    def failing(column: TextColumn) -> Mask:
        passed = sum((~dense(branch(column), column.count)).astype(np.int16) for branch in branches)
        return some(np.asarray(passed != 1))

    return [(Place("oneOf", field, f"{site.pointer}/oneOf"), failing)]


def _not(site: Site, reading: Reading, field: str, depth: int) -> Kernels:
    inner = _together(cell_kernels(site.child("not"), reading, field, depth))
    return [(Place("not", field, f"{site.pointer}/not"), lambda column: some(~dense(inner(column), column.count)))]


def _if(site: Site, reading: Reading, field: str, depth: int) -> Kernels:
    condition = _together(cell_kernels(site.child("if"), reading, field, depth))

    def holds(column: TextColumn) -> Bools:
        return ~dense(condition(column), column.count)

    def fails(column: TextColumn) -> Bools:
        return dense(condition(column), column.count)

    kernels: Kernels = []
    for keyword, applies in (("then", holds), ("else", fails)):
        if keyword in site.schema:
            branch = cell_kernels(site.child(keyword), reading, field, depth)
            kernels += [(place, _where(applies, failing)) for place, failing in branch]
    return kernels


def _where(applies: Callable[[TextColumn], Bools], failing: Kernel) -> Kernel:
    return lambda column: None if (rows := failing(column)) is None else some(rows & applies(column))


APPLICATORS: Final[Mapping[str, Callable[[Site, Reading, str, int], Kernels]]] = {
    "$ref": _referred,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
