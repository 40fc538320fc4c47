"""The pinned profile: where plain JSON Schema leaves a choice, or its best-known implementation chose badly."""

from decimal import Decimal

import pytest

from shared.model.violation import Violation
from shared.pipeline.schema import is_valid, validate
from shared.pipeline.schema.cells import CellTypes, record_instances
from shared.pipeline.schema.numbers import is_multiple, number
from shared.pipeline.schema.reference import check_schema


def test_every_amount_of_cents_is_a_multiple_of_a_cent() -> None:
    assert all(is_valid(cents / 100, {"multipleOf": 0.01}) for cents in range(5_001))
    assert not is_valid(0.075, {"multipleOf": 0.01})


def test_multiples_are_exact_in_bounded_time_whatever_the_exponents() -> None:
    assert is_multiple(Decimal("1e999999999"), 4)
    assert not is_multiple(Decimal("1e-999999999"), 1)
    assert is_multiple(10**22, 1)
    assert not is_multiple(10**22, 3)
    assert is_multiple(Decimal("616.8699951171875"), Decimal("0.0000000000005"))
    assert is_multiple(0, 7)
    assert is_multiple(Decimal("-0.00"), 7)


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("-0", 0), ("1.50", Decimal("1.50")), ("1e3", Decimal("1e3")), ("1E-2", Decimal("0.01"))],
)
def test_numbers_follow_the_grammar_of_json(text: str, value: int | Decimal) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["007", ".5", "5.", "+1", "1_000", " 1", "1 ", "1\n", "inf", "NaN", "1,5", "٣", "0x1", "1e", "-", "", "--1"]
)
def test_what_json_would_not_call_a_number_stays_text(text: str) -> None:
    assert number(text) is None


def test_an_end_anchor_means_the_end_and_classes_are_ascii() -> None:
    assert not is_valid("ENC000001\n", {"pattern": "^ENC[0-9]{6}$"})
    assert not is_valid("ENC000001\n", {"pattern": "^(?=E)ENC[0-9]{6}$"})
    assert not is_valid("٣", {"pattern": r"^\d$"})
    assert not is_valid("é", {"pattern": r"^\w$"})
    assert is_valid("$", {"pattern": r"^(?!x)[$]$"})
    assert is_valid("a$", {"pattern": r"(?!x)\$$"})


def test_nan_and_infinity_are_no_numbers() -> None:
    assert not is_valid(float("nan"), {"type": "number"})
    assert not is_valid(float("inf"), {"type": "number"})
    assert is_valid(float("nan"), {"multipleOf": 2})


def test_lengths_count_code_points() -> None:
    assert is_valid("🇩🇪", {"maxLength": 2, "minLength": 2})


def test_what_is_missing_is_named_where_it_should_be() -> None:
    schema = {"required": ["a"], "dependentRequired": {"b": ["c"]}}
    assert [(v.rule, v.field) for v in validate({"b": 1}, schema)] == [("required", "/a"), ("dependentRequired", "/c")]


def test_formats_of_healthcare_are_asserted_and_standard_ones_when_asked() -> None:
    assert not is_valid("1234567890", {"format": "npi"})
    assert is_valid("2024-02-30", {"format": "date"})
    assert not is_valid("2024-02-30", {"format": "date"}, assert_formats=True)


def test_references_reach_what_was_handed_in_and_never_the_network() -> None:
    schemas = {"https://example.org/money": {"type": "number", "multipleOf": 0.01}}
    assert not is_valid(0.001, {"$ref": "https://example.org/money"}, schemas)
    with pytest.raises(Exception, match="Unresolvable"):
        is_valid(1, {"$ref": "https://example.org/elsewhere"})


def test_violations_carry_no_value() -> None:
    (violation,) = validate({"ssn": "123-45-6789"}, {"properties": {"ssn": {"const": "x"}}})
    assert violation == Violation(violation.tier, "const", "/ssn", None, "/properties/ssn/const")
    assert "6789" not in violation.message()


def test_a_wrong_schema_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match="schema at /properties/a/type"):
        check_schema({"properties": {"a": {"type": "strnig"}}})
    with pytest.raises(ValueError, match="pattern"):
        check_schema({"properties": {"a": {"pattern": "(("}}})


def test_a_record_nested_without_end_is_one_violation() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert [v.rule for v in validate(nested, {"items": {"$ref": "#"}})] == ["too_deep"]


SCHEMA = {
    "properties": {
        "count": {"type": "integer"},
        "either": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/money"}]},
        "flag": {"type": ["boolean", "null"]},
        "text": {"const": 5},
    },
    "allOf": [{"if": {}, "then": {"properties": {"late": {"type": "number"}}}}],
    "patternProperties": {"_amount$": {"type": "number"}},
    "$defs": {"money": {"type": "number"}},
}


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("count", "7", 7),
        ("count", "7.0", Decimal("7.0")),
        ("count", "07", "07"),
        ("either", "1.5", Decimal("1.5")),
        ("either", "1.5 ", "1.5 "),
        ("flag", "true", True),
        ("flag", "TRUE", "TRUE"),
        ("flag", "null", "null"),
        ("late", "3", 3),
        ("paid_amount", "3", 3),
        ("text", "5", "5"),
        ("undeclared", "5", "5"),
    ],
)
def test_a_cell_is_a_number_only_where_the_schema_types_it_so(name: str, cell: str, value: object) -> None:
    (instance,) = record_instances([name], [(cell,)], CellTypes(SCHEMA))
    assert instance == {name: value}
    assert type(instance[name]) is type(value)


def test_an_empty_cell_is_a_missing_property() -> None:
    assert list(record_instances(["count", "text"], [("", "x"), ("", "")], CellTypes(SCHEMA))) == [{"text": "x"}, {}]
