"""The claims' rules written by hand for engines of frames: text columns in, the number of wrong rows out."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import pyarrow as pa

from local.bench.validation.claims import SCHEMA

NUMBER: Final = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
CENTS: Final = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]{1,2}0*)?$"
DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NPI: Final = "^[12][0-9]{9}$"
PROPERTIES: Final[Mapping[str, Any]] = SCHEMA["properties"]

type CountBad = Callable[[pa.Table], int]


def polars_peer() -> CountBad:
    import polars as pl

    good = pl.all_horizontal(*_polars_cells().values(), *_polars_records())

    def count(table: pa.Table) -> int:
        frame: Any = pl.from_arrow(table)
        return int(frame.lazy().select((~good).sum()).collect().item())

    return count


def pandera_peer() -> CountBad:
    """The same expressions as the checks of a schema, which tells of every failure: rows are counted once."""
    import pandera.polars as pandera
    import polars as pl

    def check(rule: Any) -> Any:
        return pandera.Check(lambda told: told.lazyframe.select(rule))

    columns = {name: pandera.Column(str, check(rule)) for name, rule in _polars_cells().items()}
    schema = pandera.DataFrameSchema(columns, checks=[check(rule) for rule in _polars_records()])

    def count(table: pa.Table) -> int:
        try:
            schema.validate(pl.from_arrow(table), lazy=True)
        except pandera.errors.SchemaErrors as errors:
            return int(errors.failure_cases["index"].n_unique())
        return 0

    return count


def _polars_cells() -> dict[str, Any]:
    """For each column the expression of what holds in it; an empty cell is a missing one."""
    cells = {name: _polars_cell(name, schema) for name, schema in PROPERTIES.items()}
    return {name: rule if name in SCHEMA["required"] else ~_has(name) | rule for name, rule in cells.items()}


def _polars_records() -> tuple[Any, ...]:
    import polars as pl

    return (
        ~_has("Copay") | _has("Coinsurance"),
        (pl.col("ClaimStatus") != "Paid") | _has("PaidAmount"),
        _has("Deductible") | _has("RenderingNPI"),
    )


def _has(name: str) -> Any:
    import polars as pl

    return pl.col(name) != ""


def _polars_cell(name: str, schema: Mapping[str, Any]) -> Any:
    import polars as pl

    cell = pl.col(name)
    if "enum" in schema:
        return cell.is_in(schema["enum"])
    if schema["type"] == "number":
        value = cell.cast(pl.Float64, strict=False)
        low = value > schema["exclusiveMinimum"] if "exclusiveMinimum" in schema else value >= schema["minimum"]
        within = low & (value <= schema.get("maximum", float("inf")))
        return cell.str.contains(NUMBER) & cell.str.contains(CENTS) & within.fill_null(value=False)
    if "pattern" in schema:
        return cell.str.contains(schema["pattern"])
    if schema["format"] == "date":
        return cell.str.contains(DATE) & cell.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return cell.str.contains(NPI) & (_polars_luhn(cell) % 10 == 0)


def _polars_luhn(cell: Any) -> Any:
    """The sum of the digits, every second doubled, and of those that the prefix of an NPI adds."""
    import polars as pl

    total = pl.lit(24)
    for place in range(10):
        digit = cell.str.slice(place, 1).cast(pl.Int32, strict=False).fill_null(0)
        doubled = digit * 2
        total += pl.when(doubled > 9).then(doubled - 9).otherwise(doubled) if place % 2 == 0 else digit
    return total


def duckdb_peer() -> CountBad:
    import duckdb

    def cell_rule(name: str, schema: Mapping[str, Any]) -> str:
        if "enum" in schema:
            listed = ", ".join(f"'{value}'" for value in schema["enum"])
            return f"{name} IN ({listed})"
        if schema["type"] == "number":
            value = f"TRY_CAST({name} AS DOUBLE)"
            low = f"> {schema['exclusiveMinimum']}" if "exclusiveMinimum" in schema else f">= {schema['minimum']}"
            high = f"{value} <= {schema.get('maximum', 1e300)}"
            return (
                f"regexp_matches({name}, '{NUMBER}') AND regexp_matches({name}, '{CENTS}')"
                f" AND coalesce({value} {low} AND {high}, false)"
            )
        if "pattern" in schema:
            return f"regexp_matches({name}, '{schema['pattern']}')"
        if schema["format"] == "date":
            return f"regexp_matches({name}, '{DATE}') AND TRY_CAST({name} AS DATE) IS NOT NULL"
        doubled = [f"coalesce(TRY_CAST(substr({name}, {place}, 1) AS INT), 0)" for place in range(1, 11)]
        summed = " + ".join(
            f"(2 * {digit} - 9 * CAST({digit} > 4 AS INT))" if place % 2 == 0 else digit
            for place, digit in enumerate(doubled)
        )
        return f"regexp_matches({name}, '{NPI}') AND (24 + {summed}) % 10 = 0"

    rules = []
    for name, schema in PROPERTIES.items():
        rule = f"({cell_rule(name, schema)})"
        rules.append(rule if name in SCHEMA["required"] else f"({name} = '' OR {rule})")
    rules += [
        "(Copay = '' OR Coinsurance <> '')",
        "(ClaimStatus <> 'Paid' OR PaidAmount <> '')",
        "(Deductible <> '' OR RenderingNPI <> '')",
    ]
    query = f"SELECT count(*) FROM claims WHERE NOT ({' AND '.join(rules)})"  # noqa: S608 made of the schema alone

    def count(claims: pa.Table) -> int:
        with duckdb.connect() as connection:
            connection.register("claims", claims)
            return int(connection.execute(query).fetchall()[0][0])

    return count


FRAME_PEERS: Final[Mapping[str, Callable[[], CountBad]]] = {
    "polars": polars_peer,
    "duckdb": duckdb_peer,
    "pandera": pandera_peer,
}
