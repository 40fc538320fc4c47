"""Patients made comparable: one row each, with every value that any version of theirs has had, in a plain spelling.

In DuckDB's SQL, so that a million rows cost seconds. What can't name anybody (a placeholder, a number that too many
people carry) is left out, as if it had not been given.
"""

from typing import TYPE_CHECKING

from rcm_lakehouse.master.rules import MatchRules

if TYPE_CHECKING:  # the engine is loaded when there is something to match
    import duckdb
    import pyarrow as pa

PATIENT_COLUMNS = (
    "patient_id", "first_name", "middle_name", "last_name", "birth_date", "gender", "ssn", "phone", "address",
)  # fmt: skip
"""What is read of every version in silver: text, but for `birth_date`, a date."""

_PLAIN_LETTERS = r"regexp_replace(lower(strip_accents({0})), '[''\x{{2019}}.`]', '', 'g')"
_FOLDED = rf"trim(regexp_replace({_PLAIN_LETTERS}, '[^\p{{{{L}}}}]+', ' ', 'g'))"
_DIGITS = r"regexp_replace({0}, '\D', '', 'g')"
_ADDRESS_WORDS = "string_split(trim(regexp_replace(lower(strip_accents(address)), '[^a-z0-9]+', ' ', 'g')), ' ')"

_PLAIN = rf"""
SELECT patient_id,
  {_FOLDED.format("first_name")} AS first_name,
  {_FOLDED.format("middle_name")} AS middle_name,
  trim(regexp_replace({_FOLDED.format("last_name")}, '\s(jr|sr|ii|iii|iv)$', '')) AS last_name,
  strftime(birth_date, '%Y-%m-%d') AS birth_date,
  lower(gender) AS gender,
  {_DIGITS.format("ssn")} AS ssn,
  right({_DIGITS.format("regexp_replace(lower(phone), '(x|ext).*$', '')")}, 10) AS phone,
  array_to_string(
    list_transform({_ADDRESS_WORDS}, lambda word: coalesce(getvariable('address_words')[word], word)), ' ') AS address
FROM version
"""

_TELLING = r"""
SELECT patient_id,
  CASE WHEN NOT list_contains(getvariable('no_first_name'), split_part(first_name, ' ', 1))
    THEN nullif(first_name, '') END AS first_name,
  nullif(middle_name, '') AS middle_name,
  CASE WHEN NOT list_contains(getvariable('no_last_name'), last_name) THEN nullif(last_name, '') END AS last_name,
  CASE WHEN NOT list_contains(getvariable('no_birth_date'), birth_date) THEN birth_date END AS birth_date,
  CASE WHEN gender IN ('female', 'male') THEN gender END AS gender,
  CASE WHEN regexp_full_match(ssn, '[0-8]\d{8}') AND left(ssn, 3) NOT IN ('000', '666') AND ssn[4:5] <> '00'
    AND right(ssn, 4) <> '0000' AND ssn <> repeat(left(ssn, 1), 9) AND NOT list_contains(getvariable('no_ssn'), ssn)
    THEN ssn END AS ssn,
  CASE WHEN length(phone) = 10 AND phone <> repeat(left(phone, 1), 10) THEN phone END AS phone,
  CASE WHEN length(address) >= 8 AND regexp_matches(address, '\d') THEN address END AS address
FROM plain
"""

_SHARED = """
SELECT 'ssn' AS field, ssn AS shared FROM telling WHERE ssn IS NOT NULL
GROUP BY ssn HAVING count(DISTINCT birth_date) > {ssn}
UNION ALL SELECT 'phone', phone FROM telling WHERE phone IS NOT NULL
GROUP BY phone HAVING count(DISTINCT patient_id) > {phone}
UNION ALL SELECT 'address', address FROM telling WHERE address IS NOT NULL
GROUP BY address HAVING count(DISTINCT patient_id) > {address}
"""
"""An SSN is somebody's: not that of people of many birth dates."""

_OWN = "coalesce(list_sort(list(DISTINCT {0}) FILTER (WHERE {0} IS NOT NULL{1})), [])"
_UNSHARED = " AND {0} NOT IN (SELECT shared FROM shared WHERE field = '{0}')"

_RECORD = f"""
SELECT *,
  list_distinct(list_transform(first_name, lambda name: left(name, 1))
    || list_transform(called, lambda name: left(name, 1))) AS first_key,
  list_distinct(list_transform(last_part, lambda part: left(part, 1))) AS last_key
FROM (
  SELECT *,
    coalesce(list_distinct(flatten(list_transform(last_name, lambda name: string_split(name, ' ')))), []) AS last_part,
    coalesce(list_distinct(flatten(list_transform(first_name,
      lambda name: getvariable('called')[split_part(name, ' ', 1)]))), []) AS called
  FROM (
    SELECT patient_id,
      {_OWN.format("first_name", "")} AS first_name,
      {_OWN.format("middle_name", "")} AS middle_name,
      {_OWN.format("last_name", "")} AS last_name,
      {_OWN.format("birth_date", "")} AS birth_date,
      {_OWN.format("gender", "")} AS gender,
      {_OWN.format("ssn", _UNSHARED.format("ssn"))} AS ssn,
      {_OWN.format("phone", _UNSHARED.format("phone"))} AS phone,
      {_OWN.format("address", _UNSHARED.format("address"))} AS address
    FROM telling GROUP BY patient_id))
"""


def standardise(engine: "duckdb.DuckDBPyConnection", versions: "pa.Table", rules: MatchRules) -> None:
    """Makes the table `record`: a row per patient, each field a sorted list of its values, empty where none tells.

    `called` are the groups of names that go for the patient's first names; `first_key` and `last_key` the initials
    under which candidates are looked for.
    """
    _set_words(engine, rules)
    engine.register("version", versions.select(PATIENT_COLUMNS))
    engine.execute(f"CREATE TABLE plain AS {_PLAIN}")
    engine.execute(f"CREATE TABLE telling AS {_TELLING}")
    engine.execute(f"CREATE TABLE shared AS {_SHARED.format(**rules.shared_by_most)}")
    engine.execute(f"CREATE TABLE record AS {_RECORD}")


def _set_words(engine: "duckdb.DuckDBPyConnection", rules: MatchRules) -> None:
    groups: dict[str, list[str]] = {}
    for names in rules.called:
        for name in names:
            groups.setdefault(name, []).append(names[0])
    for variable, words in (("called", groups), ("address_words", dict(rules.address_words))):
        engine.execute(
            f"SET VARIABLE {variable} = MAP($names, $values)", {"names": [*words], "values": [*words.values()]}
        )
    for field, values in rules.placeholders.items():
        engine.execute(f"SET VARIABLE no_{field} = $values", {"values": list(values)})
