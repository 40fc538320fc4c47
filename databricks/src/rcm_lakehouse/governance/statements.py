"""Who may see what in Unity Catalog, as SQL: people read views, in which masks and row filters stand.

The job works by path, and Databricks refuses access by path to a table with masks or filters of its own. So the tables
are registered without any, in a schema that is granted to nobody, and belong to the principal that the jobs run as.
"""

from collections.abc import Container, Mapping

from rcm_lakehouse.metadata import Metadata

ENGINEERS = "rcm_engineers"
ANALYSTS = "rcm_analysts"
PHI_READERS = "rcm_phi_readers"
EVERY_HOSPITAL = "rcm_every_hospital"
"""Groups of the account. Beside them `rcm_<hospital>` for each hospital, whose members see its rows."""

READERS = {"bronze": (ENGINEERS,), "silver": (ENGINEERS,), "gold": (ENGINEERS, ANALYSTS)}
STORED = "stored"
"""Schema of the tables that the views read."""

OWNER_COLUMNS = ("hospital", "source_id")
"""Columns that tell whose a row is, as `<hospital>` or `<hospital>__<noun>`."""

PAIR = ("patient_id_1", "patient_id_2")
"""Columns of a row on two patients, who may be of two hospitals: it is for those who may see both."""

NAMES_ANOTHER = ("joined_with",)
"""Columns that name a patient of any hospital in a row of one: NULL for those who may not see that hospital."""


def foundations(catalog: str) -> list[str]:
    """Schemas and their grants."""
    granted = [f"GRANT USE CATALOG ON CATALOG {_name(catalog)} TO {_name(group)}" for group in (ENGINEERS, ANALYSTS)]
    schemas = [
        statement
        for layer, groups in READERS.items()
        for statement in (
            f"CREATE SCHEMA IF NOT EXISTS {_name(catalog, layer)}",
            *(f"GRANT USE SCHEMA, SELECT ON SCHEMA {_name(catalog, layer)} TO {_name(group)}" for group in groups),
        )
    ]
    return [*granted, f"CREATE SCHEMA IF NOT EXISTS {_name(catalog, STORED)}", *schemas]


def table_statements(
    catalog: str, table: str, location: str, columns: Mapping[str, str], metadata: Metadata
) -> list[str]:
    """A table by the path it has, and the view of it: PHI and rows as one may see, and what each column says.

    `columns` are the names with the comments that the table itself has, "" where it has none.
    """
    layer, _, short = table.partition(".")
    stored = _name(catalog, STORED, f"{layer}_{short}")
    noun = metadata.nouns.get(short) if layer == "silver" else None
    words = {c.name: c.description for c in noun.columns if c.name in columns} if noun else {}
    comments = {**columns, **words}
    told = [f"{_name(name)} COMMENT {_text(comment)}" if comment else _name(name) for name, comment in comments.items()]
    hidden = _identifying(layer, short, metadata)
    cells = [_masked(name, _is_phi_reader()) if name in hidden else _cell(name) for name in columns]
    condition = _rows_of(layer, short, columns, metadata)
    rows = f" WHERE {condition}" if condition else ""
    view = f"{_name(catalog, layer, short)} ({', '.join(told)}) AS SELECT {', '.join(cells)} FROM {stored}{rows}"
    made = f"CREATE TABLE IF NOT EXISTS {stored} USING DELTA LOCATION {_text(location)}"
    return [made, f"CREATE OR REPLACE VIEW {view}"]


def _identifying(layer: str, short: str, metadata: Metadata) -> set[str]:
    """Columns of a log or of silver that identify a person; gold keeps none."""
    if layer == "bronze":
        source = metadata.source(short)
        return {source.log_names[column] for column in source.phi_columns}
    return {c.name for c in metadata.nouns[short].columns if c.phi} if layer == "silver" else set()


def _rows_of(layer: str, short: str, columns: Container[str], metadata: Metadata) -> str | None:
    """SQL for whether one may see a row, None: anybody may. A log is of one origin, of others columns tell."""
    if all(name in columns for name in PAIR):
        return " AND ".join(f"({_is_of_hospital(_hospital_of(name))})" for name in PAIR)
    if layer == "bronze":
        return _may_see(_text(metadata.source(short).origin), _open_origins(metadata))
    whose = next((column for column in OWNER_COLUMNS if column in columns), None)
    return _may_see(f"split_part({_name(whose)}, '__', 1)", _open_origins(metadata)) if whose else None


def _open_origins(metadata: Metadata) -> list[str]:
    """Publishers of code sets and the like: none of their records has an id of its own, as those of a facility have."""
    told = {source.origin: False for source in metadata.sources.values()}
    for source in metadata.sources.values():
        told[source.origin] |= any(column.type == "id" for column in metadata.nouns[source.noun].columns)
    return sorted(origin for origin, has_ids in told.items() if not has_ids)


def _may_see(owner: str, open_origins: list[str]) -> str:
    everyones = ", ".join(map(_text, open_origins))
    return f"{owner} IS NULL OR {owner} IN ({everyones}) OR {_is_of_hospital(owner)}"


def _is_of_hospital(hospital: str) -> str:
    every = f"is_account_group_member({_text(EVERY_HOSPITAL)})"
    return f"{every} OR is_account_group_member(concat('rcm_', {hospital}))"


def _hospital_of(patient: str) -> str:
    """SQL for the hospital whose number the id in a column is."""
    return f"split_part({_name(patient)}, ':', 1)"


def _is_phi_reader() -> str:
    return f"is_account_group_member({_text(PHI_READERS)})"


def _cell(column: str) -> str:
    return _masked(column, _is_of_hospital(_hospital_of(column))) if column in NAMES_ANOTHER else _name(column)


def _masked(column: str, condition: str) -> str:
    return f"CASE WHEN {condition} THEN {_name(column)} END AS {_name(column)}"


def _name(*parts: str) -> str:
    return ".".join(f"`{part}`" for part in parts)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
