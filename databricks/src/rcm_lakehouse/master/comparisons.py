"""Each level of agreement as a condition over two patients, and the model that Splink scores them by."""

from typing import TYPE_CHECKING, Any

from rcm_lakehouse.master.rules import MatchRules

if TYPE_CHECKING:
    from splink import SettingsCreator

RECORD_ID = "patient_id"
COMPONENT = "component"
"""Column of a patient's component, where pairs inside of components are asked for."""


def _any_pair(left: str, right: str, condition: str) -> str:
    """Whether `condition` holds of some `x` of one list and some `y` of another."""
    inner = f"list_transform({right}, lambda y: {condition})"
    return f"coalesce(list_bool_or(flatten(list_transform({left}, lambda x: {inner}))), false)"


def _either_way(left: str, right: str, condition: str) -> str:
    return f"({_any_pair(f'{left}_l', f'{right}_r', condition)} OR {_any_pair(f'{left}_r', f'{right}_l', condition)})"


def _both(field: str, condition: str) -> str:
    return _any_pair(f"{field}_l", f"{field}_r", condition)


def _shared(field: str) -> str:
    return f"list_has_any({field}_l, {field}_r)"


_SLIP = "length(x) = length(y) AND damerau_levenshtein(x, y) = 1"
_SWAPPED = f"length(x) > 3 AND {_SLIP} AND list_sort(string_split(x, '')) = list_sort(string_split(y, ''))"
_DAY_AND_MONTH = "left(x, 4) = left(y, 4) AND substr(x, 6, 2) = substr(y, 9, 2) AND substr(x, 9, 2) = substr(y, 6, 2)"
_INITIAL = "left(x, 1) = left(y, 1) AND (length(x) = 1 OR length(y) = 1)"
_SIMILAR = "jaro_winkler_similarity(x, y) >= 0.88"

CONDITIONS: dict[str, dict[str, str]] = {
    "ssn": {"same": _shared("ssn"), "slip": _both("ssn", _SLIP)},
    "birth_date": {"same": _shared("birth_date"), "slip": _both("birth_date", f"({_SLIP} OR {_DAY_AND_MONTH})")},
    "first_name": {
        "same": _shared("first_name"),
        "nickname": _shared("called"),
        "swapped": _both("first_name", _SWAPPED),
        "middle": _either_way("first_name", "middle_name", "length(y) > 2 AND x = y"),
        "similar": _both("first_name", f"({_SIMILAR} OR {_INITIAL})"),
    },
    "last_name": {
        "same": _shared("last_name"),
        "part": _shared("last_part"),
        "swapped": _both("last_name", _SWAPPED),
        "similar": _both("last_name", _SIMILAR),
    },
    "middle_name": {"same": f"({_shared('middle_name')} OR {_both('middle_name', _INITIAL)})"},
    "gender": {"same": _shared("gender")},
    "phone": {"same": _shared("phone")},
    "address": {"same": _shared("address")},
}
"""By field and level, strongest first, in DuckDB's SQL; what fulfils none of them is `different`."""


_OTHERWISE_BORN = " AND ".join(
    _any_pair("birth_date", "birth_date", f"NOT (x = y OR {a})") for a in (_SLIP, _DAY_AND_MONTH)
)
_ANOTHER_SSN = _any_pair("ssn", "ssn", f"NOT (x = y OR {_SLIP})")
_ANOTHER_NAME = _any_pair("first_name", "first_name", f"NOT (x = y OR {_SIMILAR} OR {_INITIAL})")
OVERLAID = f"{_ANOTHER_NAME} AND (({_OTHERWISE_BORN}) OR {_ANOTHER_SSN})"
"""The versions of one patient tell of two people: one was written over another."""


def model(rules: MatchRules, inside: bool = False) -> "SettingsCreator":
    """The settings for Splink: chances as pinned. Candidates are the rules', or all pairs of a component."""
    from splink import SettingsCreator, block_on
    from splink.comparison_library import CustomComparison

    blocks: list[Any] = [block_on(*keys, arrays_to_explode=[*keys]) for keys in rules.candidates]
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=RECORD_ID,
        probability_two_random_records_match=rules.prior,
        comparisons=[CustomComparison(_levels(field, rules), output_column_name=field) for field in rules.fields],
        blocking_rules_to_generate_predictions=[block_on(COMPONENT)] if inside else blocks,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def _levels(field: str, rules: MatchRules) -> list[Any]:
    unknown = f"len({field}_l) = 0 OR len({field}_r) = 0"
    levels: list[Any] = [{"sql_condition": unknown, "label_for_charts": "unknown", "is_null_level": True}]
    for level, chances in rules.fields[field].items():
        levels.append(
            {
                "sql_condition": CONDITIONS[field].get(level, "ELSE"),
                "label_for_charts": level,
                "m_probability": chances.m,
                "u_probability": chances.u,
            }
        )
    return levels
