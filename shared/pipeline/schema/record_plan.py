"""The schema of a record → a plan over columns: every keyword becomes a mask over the rows of a block.

The plan finds what the reference finds, keyword by keyword. Where one property's schema is beyond the kernels, its
distinct cells go to the reference; where the record's is, `plan_for` says so and whole records do.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from shared.pipeline.schema.cell_kernels import cell_kernels
from shared.pipeline.schema.cell_plan import CellKernels, CellPlan, Judge, Kernels
from shared.pipeline.schema.cells import LOGICAL, CellTypes, ReadCell
from shared.pipeline.schema.dialect import search
from shared.pipeline.schema.failure import Failure, Place, failing, merged
from shared.pipeline.schema.frame import Frame, any_present, counting, having
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.masks import Bools, Mask, dense, some
from shared.pipeline.schema.numbers import number
from shared.pipeline.schema.reference import Reference
from shared.pipeline.schema.site import NotColumnarError, Site, escaped, record_site
from shared.pipeline.schema.text_column import Kind, Reading, TextColumn

DEEPEST: Final = 32
BEYOND: Final = frozenset({"const", "enum", "unevaluatedProperties", "$dynamicRef"})


type Check = Callable[[Frame], Iterator[Failure]]


class RecordPlan:
    """Checks blocks whose columns are these, in any order."""

    def __init__(self, site: Site, names: tuple[str, ...], types: CellTypes) -> None:
        self._readings = {name: reading(types.types(name)) for name in names}
        self._check = _Compiler(names, types, self._readings).record(site)

    def failures(
        self, columns: Mapping[str, Any], count: int, kinds: Mapping[str, Any] | None = None
    ) -> tuple[Failure, ...]:
        """What fails, by an Arrow array of text for each column, and for JSON by the kinds of its cells."""
        meant = kinds or {}
        texts = {name: TextColumn(columns[name], way, meant.get(name)) for name, way in self._readings.items()}
        return merged(self._check(Frame(count, texts))) if count else ()


def plan_for(
    schema: Json, names: tuple[str, ...], types: CellTypes, schemas: Mapping[str, Json] | None = None
) -> RecordPlan | None:
    """The plan for blocks with these columns; None if the schema is one for whole records only."""
    try:
        return RecordPlan(record_site(schema, schemas), names, types)
    except NotColumnarError:
        return None


def reading(types: frozenset[str]) -> Reading:
    """How `CellTypes.reader` turns the cells of a property with these types into values."""
    if "boolean" in types:
        return Reading.ANY
    return Reading.NUMBER if types & {"number", "integer"} else Reading.TEXT


def _nothing(_frame: Frame) -> Iterator[Failure]:
    return iter(())


def _chained(checks: list[Check]) -> Check:
    if not checks:
        return _nothing
    return lambda frame: (failure for check in checks for failure in check(frame))


def _at(place: Place, find: Callable[[Frame], Mask]) -> Check:
    """A check with one place: `find` gives its rows."""

    def check(frame: Frame) -> Iterator[Failure]:
        rows = find(frame)
        if rows is not None and rows.any():
            yield Failure(place, rows)

    return check


def _where(applies: Callable[[Frame], Bools], check: Check) -> Check:
    """The check, for the rows to which it applies."""

    def restricted(frame: Frame) -> Iterator[Failure]:
        rows = applies(frame)
        if rows.any():
            inside = ((failure.place, failure.rows & rows) for failure in check(frame))
            yield from (Failure(place, mask) for place, mask in inside if mask.any())

    return restricted


class _Compiler:
    """Turns the keywords of a record's schema into checks; knows which columns there are."""

    def __init__(self, names: tuple[str, ...], types: CellTypes, readings: Mapping[str, Reading]) -> None:
        self._names = names
        self._types = types
        self._readings = readings

    def record(self, site: Site, depth: int = 0) -> Check:
        if site.schema is True:
            return _nothing
        if site.schema is False:
            return _at(Place("false", "", site.pointer), lambda frame: np.ones(frame.count, bool))
        if depth > DEEPEST or site.schema.keys() & BEYOND:
            raise NotColumnarError("a keyword of whole records")
        checks = (check for keyword in site.schema for check in self._keyword(site, keyword, depth + 1))
        return _chained(list(checks))

    def _keyword(self, site: Site, keyword: str, depth: int) -> Iterator[Check]:
        """The checks of one keyword; none for annotations and for keywords that say nothing about objects."""
        place = Place(keyword, "", f"{site.pointer}/{keyword}")
        value = site.schema[keyword]
        match keyword:
            case "type" if "object" not in ([value] if isinstance(value, str) else value):
                yield _at(place, lambda frame: np.ones(frame.count, bool))
            case "$ref":
                yield self.record(site.referred(), depth)
            case "required":
                yield from self._required(value, place, None)
            case "dependentRequired":
                for present, names in value.items():
                    yield from self._required(names, place, present)
            case "minProperties" | "maxProperties":
                yield _at(place, counting(int(value), fewest=keyword.startswith("min")))
            case "properties":
                for name in (name for name in value if name in self._names):
                    yield self._cells(site.child(keyword, name), name)
            case "patternProperties":
                for pattern in value:
                    for name in filter(search(pattern), self._names):
                        yield self._cells(site.child(keyword, pattern), name)
            case "additionalProperties":
                yield from self._additional(site, place)
            case "propertyNames":
                yield from self._property_names(site.child(keyword))
            case "allOf":
                for at in range(len(value)):
                    yield self.record(site.child(keyword, at), depth)
            case "anyOf" | "oneOf":
                branches = [self.record(site.child(keyword, at), depth) for at in range(len(value))]
                yield _at(place, _alternatives(branches, exactly_one=keyword == "oneOf"))
            case "not":
                inner = self.record(site.child(keyword), depth)
                yield _at(place, lambda frame: ~dense(failing(inner(frame)), frame.count))
            case "if":
                yield from self._if(site, depth)
            case "dependentSchemas":
                for name in value:
                    yield _where(having(name), self.record(site.child(keyword, name), depth))

    def _required(self, names: list[str], place: Place, present: str | None) -> Iterator[Check]:
        for name in names:
            where = Place(place.rule, f"/{escaped(name)}", place.pointer)
            missing = _at(where, lambda frame, name=name: frame.missing(name))  # type: ignore[misc]
            yield missing if present is None else _where(having(present), missing)

    def _additional(self, site: Site, place: Place) -> Iterator[Check]:
        patterns = [search(pattern) for pattern in site.schema.get("patternProperties", ())]
        declared = site.schema.get("properties", ())
        extras = [name for name in self._names if name not in declared and not any(each(name) for each in patterns)]
        if site.schema["additionalProperties"] is False:
            yield _at(place, lambda frame: some(any_present(frame, extras)))
        else:
            for name in extras:
                yield self._cells(site.child("additionalProperties"), name)

    def _property_names(self, site: Site) -> Iterator[Check]:
        """Names are known beforehand: each is judged once."""
        judge = self._reference(site)
        for name in self._names:
            for reason in judge.reasons(name):
                yield _at(Place(reason.rule, "", site.pointer + reason.schema_pointer), having(name))

    def _if(self, site: Site, depth: int) -> Iterator[Check]:
        condition = self.record(site.child("if"), depth)

        def fails(frame: Frame) -> Bools:
            return dense(failing(condition(frame)), frame.count)

        if "then" in site.schema:
            yield _where(lambda frame: ~fails(frame), self.record(site.child("then"), depth))
        if "else" in site.schema:
            yield _where(fails, self.record(site.child("else"), depth))

    def _cells(self, site: Site, name: str) -> Check:
        """The check of one property's schema on its column."""
        field = f"/{escaped(name)}"
        kernels = CellKernels(
            _kernels(site, Reading.NUMBER, field),
            _kernels(site, Reading.TEXT, field),
        )
        if kernels.texts == [] and kernels.numbers == []:
            return _nothing
        plan = CellPlan(self._judge(site, name, field), kernels)
        return lambda frame: plan.failures(frame.columns[name])

    def _judge(self, site: Site, name: str, field: str) -> Judge:
        reference, read = self._reference(site), self._types.reader(name)

        def judge(cell: str, kind: Kind) -> tuple[Place, ...]:
            reasons = reference.reasons(_value(cell, kind, read))
            return tuple(Place(each.rule, field + each.field, site.pointer + each.schema_pointer) for each in reasons)

        return judge

    def _reference(self, site: Site) -> Reference:
        return Reference({"$ref": site.location}, known=site.known)


def _value(cell: str, kind: Kind, read: ReadCell | None) -> Json:
    """The value of a cell: as JSON means it, or as `CellTypes` reads a text."""
    if kind is Kind.LITERAL:
        return LOGICAL.get(cell)  # null has no text
    if kind is Kind.NUMBER:
        return number(cell)
    return cell if read is None or kind is Kind.STRING else read(cell)


def _kernels(site: Site, kind: Reading, field: str) -> Kernels | None:
    try:
        return cell_kernels(site, kind, field)
    except NotColumnarError:
        return None


def _alternatives(branches: list[Check], *, exactly_one: bool) -> Callable[[Frame], Mask]:
    def rows(frame: Frame) -> Mask:
        passed = np.zeros(frame.count, np.int16)
        for branch in branches:
            passed += ~dense(failing(branch(frame)), frame.count)
        return some(np.asarray(passed != 1) if exactly_one else np.asarray(passed == 0))

    return rows
