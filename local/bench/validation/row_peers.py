"""Validators of ready records (dicts), each built for the schema of the claims: how many records are wrong?"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from local.bench.validation.claims import SCHEMA
from shared.pipeline.schema.formats import is_npi

type Record = dict[str, Any]
type CountBad = Callable[[list[Record]], int]


def _is_date(text: object) -> bool:
    try:
        return not isinstance(text, str) or bool(date.fromisoformat(text))
    except ValueError:
        return False


def jsonschema_peer() -> CountBad:
    """The library as it comes, but for the step of amounts: as it comes it refuses one valid amount in seven."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    from shared.pipeline.schema.profile_keywords import PROFILE_KEYWORDS

    checker = FormatChecker(formats=("date",))
    checker.checks("npi")(lambda text: not isinstance(text, str) or is_npi(text))
    exact_step = {"multipleOf": PROFILE_KEYWORDS["multipleOf"]}
    validator = extend(Draft202012Validator, exact_step)(SCHEMA, format_checker=checker)  # type: ignore[no-untyped-call]
    return lambda records: sum(1 for record in records if list(validator.iter_errors(record)))


def jsonschema_rs_peer() -> CountBad:
    import jsonschema_rs

    validator = jsonschema_rs.Draft202012Validator(SCHEMA, formats={"npi": is_npi}, validate_formats=True)
    return lambda records: sum(not validator.is_valid(record) for record in records)


def fastjsonschema_peer() -> CountBad:
    import fastjsonschema

    draft_7 = {**SCHEMA, "$schema": "http://json-schema.org/draft-07/schema"}
    draft_7["dependencies"] = draft_7.pop("dependentRequired")
    validate = fastjsonschema.compile(draft_7, formats={"npi": is_npi, "date": _is_date})

    def is_bad(record: Record) -> bool:
        try:
            validate(record)
        except fastjsonschema.JsonSchemaException:
            return True
        return False

    return lambda records: sum(map(is_bad, records))


def pydantic_peer() -> CountBad:
    from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, create_model, model_validator

    def checked(test: Callable[[str], bool]) -> Any:
        def check(text: str) -> str:
            if not test(text):
                raise ValueError
            return text

        return Annotated[str, AfterValidator(check)]

    def whole(model: Any) -> Any:
        paid = model.ClaimStatus != "Paid" or model.PaidAmount is not None
        known = model.Deductible is not None or model.RenderingNPI is not None
        if not (paid and known and (model.Copay is None or model.Coinsurance is not None)):
            raise ValueError
        return model

    def type_of(schema: Mapping[str, Any]) -> Any:
        if "enum" in schema:
            return Literal[tuple(schema["enum"])]
        if schema["type"] == "number":
            return Annotated[float, Field(ge=schema.get("minimum"), gt=schema.get("exclusiveMinimum"))]
        if "pattern" in schema:
            return Annotated[str, Field(pattern=schema["pattern"])]
        return checked({"date": _is_date, "npi": is_npi}[schema["format"]])

    fields: dict[str, Any] = {
        name: (type_of(schema), ...) if name in SCHEMA["required"] else (type_of(schema) | None, None)
        for name, schema in SCHEMA["properties"].items()
    }
    rules: Any = {"whole": model_validator(mode="after")(whole)}
    model = create_model("Claim", __config__=ConfigDict(strict=True), __validators__=rules, **fields)
    adapter = TypeAdapter(model)

    def is_bad(record: Record) -> bool:
        try:
            adapter.validate_python(record)
        except ValidationError:
            return True
        return False

    return lambda records: sum(map(is_bad, records))


def msgspec_peer() -> CountBad:
    """Shapes, bounds and patterns by msgspec; the rules between fields and the check digit in Python."""
    import msgspec

    def type_of(schema: Mapping[str, Any]) -> Any:
        if "enum" in schema:
            return Literal[tuple(schema["enum"])]
        if schema["type"] == "number":
            above = "exclusiveMinimum" in schema
            return Annotated[float, msgspec.Meta(gt=0) if above else msgspec.Meta(ge=0)]
        if schema.get("format") == "date":
            return date
        return Annotated[str, msgspec.Meta(pattern=schema.get("pattern"))]

    fields: list[Any] = [
        (name, type_of(schema)) if name in SCHEMA["required"] else (name, type_of(schema) | None, None)
        for name, schema in SCHEMA["properties"].items()
    ]
    claim = msgspec.defstruct("Claim", fields, kw_only=True)

    def is_bad(record: Record) -> bool:
        try:
            read: Any = msgspec.convert(record, claim)
        except msgspec.ValidationError:
            return True
        npi_wrong = read.RenderingNPI is not None and not is_npi(read.RenderingNPI)
        unknown = read.Deductible is None and read.RenderingNPI is None
        unpaid = read.ClaimStatus == "Paid" and read.PaidAmount is None
        return npi_wrong or unknown or unpaid or (read.Copay is not None and read.Coinsurance is None)

    return lambda records: sum(map(is_bad, records))


ROW_PEERS: Final[Mapping[str, Callable[[], CountBad]]] = {
    "jsonschema": jsonschema_peer,
    "jsonschema_rs": jsonschema_rs_peer,
    "fastjsonschema": fastjsonschema_peer,
    "pydantic": pydantic_peer,
    "msgspec": msgspec_peer,
}
