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

    def cell_rule(name: str, schema: Mapping[str, Any]) -> pl.Expr:
        cell = pl.col(name)
        if "enum" in schema:
            return pl.Expr.is_in(cell, schema["enum"])
        if schema["type"] == "number":
            value = cell.cast(pl.Float64, strict=False)
            low = value > schema["exclusiveMinimum"] if "exclusiveMinimum" in schema else value >= schema["minimum"]
            within = low & (value <= schema.get("maximum", float("inf")))
            return cell.str.contains(NUMBER) & cell.str.contains(CENTS) & within.fill_null(value=False)
        if "pattern" in schema:
            return cell.str.contains(schema["pattern"])
        if schema["format"] == "date":
            return cell.str.contains(DATE) & cell.str.to_date("%Y-%m-%d", strict=False).is_not_null()
        return cell.str.contains(NPI) & (_luhn(cell) % 10 == 0)

    def _luhn(cell: pl.Expr) -> pl.Expr:
        total = pl.lit(24)
        for place in range(10):
            digit = cell.str.slice(place, 1).cast(pl.Int32, strict=False).fill_null(0)
            doubled = digit * 2
            total += pl.when(doubled > 9).then(doubled - 9).otherwise(doubled) if place % 2 == 0 else digit
        return total

    def has(name: str) -> pl.Expr:
        return pl.col(name) != ""

    good = pl.lit(value=True)
    for name, schema in PROPERTIES.items():
        rule = cell_rule(name, schema)
        good &= rule if name in SCHEMA["required"] else ~has(name) | rule
    good &= ~has("Copay") | has("Coinsurance")
    good &= (pl.col("ClaimStatus") != "Paid") | has("PaidAmount")
    good &= has("Deductible") | has("RenderingNPI")

    def count(table: pa.Table) -> int:
        frame: Any = pl.from_arrow(table)
        return int(frame.lazy().select((~good).sum()).collect().item())

    return count


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


FRAME_PEERS: Final[Mapping[str, Callable[[], CountBad]]] = {"polars": polars_peer, "duckdb": duckdb_peer}
