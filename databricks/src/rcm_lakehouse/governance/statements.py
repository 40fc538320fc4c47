"""Who may see what in Unity Catalog, as SQL: tables by name, masks on what identifies a person, rows by hospital.

The job itself works by path, under the principal it runs as. People read by name, and only what is granted here.
"""

from collections.abc import Iterable, Sequence

from rcm_lakehouse.metadata import Metadata, Noun

ENGINEERS = "rcm_engineers"
ANALYSTS = "rcm_analysts"
PHI_READERS = "rcm_phi_readers"
EVERY_HOSPITAL = "rcm_every_hospital"
"""Groups of the account. Beside them `rcm_<hospital>` for each hospital, whose members see its rows."""

READERS = {"bronze": (ENGINEERS,), "silver": (ENGINEERS,), "gold": (ENGINEERS, ANALYSTS)}
MASKS = {"date": "mask_date", "timestamp": "mask_instant", "string": "mask_text"}
"""SQL type to the function that masks it for all but PHI_READERS."""

SQL_TYPES = {"date": "date", "instant": "timestamp"}
HOSPITAL_OF = {"hospital": "of_hospital", "source_id": "of_source"}
"""Column that tells whose a row is, to the function that filters by it."""


def foundations(catalog: str, metadata: Metadata) -> list[str]:
    """Schemas, their grants, and the functions that masks and filters use."""
    granted = [f"GRANT USE CATALOG ON CATALOG {_name(catalog)} TO {_name(group)}" for group in (ENGINEERS, ANALYSTS)]
    schemas = [
        statement
        for layer, groups in READERS.items()
        for statement in (
            f"CREATE SCHEMA IF NOT EXISTS {_name(catalog, layer)}",
            *(f"GRANT USE SCHEMA, SELECT ON SCHEMA {_name(catalog, layer)} TO {_name(group)}" for group in groups),
        )
    ]
    return [*granted, *schemas, *_functions(catalog, _open_origins(metadata))]


def table_statements(catalog: str, table: str, location: str, columns: Sequence[str], metadata: Metadata) -> list[str]:
    """A table by name, with the masks and the row filter that its `columns` call for."""
    layer, _, short = table.partition(".")
    named = _name(catalog, layer, short)
    made = [f"CREATE TABLE IF NOT EXISTS {named} USING DELTA LOCATION '{location}'"]
    noun = metadata.nouns.get(short) if layer == "silver" else None
    made += [
        f"ALTER TABLE {named} ALTER COLUMN {_name(c)} SET MASK {mask}" for c, mask in _masks(catalog, noun, columns)
    ]
    whose = next((column for column in HOSPITAL_OF if column in columns), None)
    if whose:
        made.append(
            f"ALTER TABLE {named} SET ROW FILTER {_name(catalog, 'gold', HOSPITAL_OF[whose])} ON ({_name(whose)})"
        )
    return made


def _masks(catalog: str, noun: Noun | None, columns: Iterable[str]) -> list[tuple[str, str]]:
    if noun is None:
        return []
    present = set(columns)
    hidden = [column for column in noun.columns if column.phi and column.name in present]
    return [(c.name, _name(catalog, "gold", MASKS[SQL_TYPES.get(c.type, "string")])) for c in hidden]


def _open_origins(metadata: Metadata) -> list[str]:
    """Publishers of code sets and the like: none of their records has an id of its own, as those of a facility have."""
    told = {source.origin: False for source in metadata.sources.values()}
    for source in metadata.sources.values():
        told[source.origin] |= any(column.type == "id" for column in metadata.nouns[source.noun].columns)
    return sorted(origin for origin, has_ids in told.items() if not has_ids)


def _functions(catalog: str, open_origins: Iterable[str]) -> list[str]:
    masks = [
        f"CREATE OR REPLACE FUNCTION {_name(catalog, 'gold', name)}(value {kind}) RETURNS {kind} "
        f"RETURN CASE WHEN is_account_group_member('{PHI_READERS}') THEN value END"
        for kind, name in MASKS.items()
    ]
    everyones = ", ".join(f"'{origin}'" for origin in open_origins)
    filters = [
        f"CREATE OR REPLACE FUNCTION {_name(catalog, 'gold', name)}({column} string) RETURNS boolean RETURN "
        f"{column} IS NULL OR split_part({column}, '__', 1) IN ({everyones}) "
        f"OR is_account_group_member('{EVERY_HOSPITAL}') "
        f"OR is_account_group_member(concat('rcm_', split_part({column}, '__', 1)))"
        for column, name in HOSPITAL_OF.items()
    ]
    return [*masks, *filters]


def _name(*parts: str) -> str:
    return ".".join(f"`{part}`" for part in parts)
