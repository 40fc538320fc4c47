"""What is wrong with a record or a file, without the value that is wrong: no violation can carry PHI."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tier(StrEnum):
    """Structural refuses the file, row sends the record to quarantine, advisory lets it land and counts."""

    STRUCTURAL = "structural"
    ROW = "row"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of violation.

    `rule` is a keyword of JSON Schema or a stable reason code of reading, `field` a JSON pointer into the record ("" is
    the whole record or file), `schema_pointer` leads to the keyword in the schema.
    """

    tier: Tier
    rule: str
    field: str = ""
    schema_pointer: str = ""

    def at(self, row_number: int | None) -> "Violation":
        return Violation(self.tier, self.rule, self.field, row_number, self.schema_pointer)


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason at one record. `row_number` is the record's 1-based ordinal, a header not counted; None for a file."""

    tier: Tier
    rule: str
    field: str
    row_number: int | None
    schema_pointer: str = ""

    @property
    def reason(self) -> Reason:
        return Reason(self.tier, self.rule, self.field, self.schema_pointer)

    def message(self) -> str:
        """One sentence for people, made of the rule and the place only."""
        subject = f"field {self.field}" if self.field else ("the file" if self.row_number is None else "the record")
        place = "" if self.row_number is None else f"record {self.row_number}: "
        return f"{place}{subject} {MESSAGES.get(self.rule, f'breaks the rule {self.rule}')}"


MESSAGES: Final = {
    # keywords of JSON Schema
    "additionalProperties": "has a property that the schema does not allow",
    "allOf": "fails one of the schemas that must all hold",
    "anyOf": "matches none of the allowed alternatives",
    "const": "is not the one allowed value",
    "contains": "lacks an element that must be there",
    "dependentRequired": "is missing although another property demands it",
    "enum": "is not one of the allowed values",
    "exclusiveMaximum": "is not below the upper bound",
    "exclusiveMinimum": "is not above the lower bound",
    "false": "must not be there",
    "format": "does not have the declared format",
    "items": "has more elements than allowed",
    "maxContains": "has too many elements of a kind",
    "maxItems": "has too many elements",
    "maxLength": "is too long",
    "maxProperties": "has too many properties",
    "maximum": "is above the maximum",
    "minContains": "has too few elements of a kind",
    "minItems": "has too few elements",
    "minLength": "is too short",
    "minProperties": "has too few properties",
    "minimum": "is below the minimum",
    "multipleOf": "is not a multiple of the declared step",
    "not": "matches a schema that it must not match",
    "oneOf": "does not match exactly one of the alternatives",
    "pattern": "does not match the declared pattern",
    "required": "is missing",
    "type": "is not of the declared type",
    "unevaluatedItems": "has an element that no schema allows",
    "unevaluatedProperties": "has a property that no schema allows",
    "uniqueItems": "has equal elements",
    "code_set": "is not in the edition of its code set that counts for the record",
    # records that could not be read
    "control_char": "holds a control character",
    "duplicate_key": "names a property twice",
    "not_json": "is not JSON",
    "not_unicode": "holds half of a surrogate pair",
    "ragged_row": "does not have as many cells as the header",
    "text_after_quote": "has text after a closing quote",
    "too_deep": "is nested too deeply",
    # files that could not be read
    "archive": "is an archive, not one compressed file",
    "bad_gzip": "is not gzip as it should be",
    "bad_gzip_crc": "fails the checksum of gzip",
    "bad_zstd": "is not Zstandard as it should be",
    "compression_ratio": "unpacks to more than the allowed ratio",
    "duplicate_column": "names a column twice",
    "empty_file": "is empty",
    "encoding": "is not in the declared encoding",
    "field_too_long": "has a field longer than allowed",
    "header_only": "has no records",
    "missing_column": "is not in the header",
    "missing_sheet": "lacks the declared sheet",
    "nested_compression": "is compressed more than once",
    "not_excel": "is not a workbook",
    "not_json_array": "is not one JSON array",
    "not_parquet": "is not Parquet",
    "not_utf8": "is not UTF-8",
    "output_limit": "unpacks to more than the allowed size",
    "record_too_long": "has a record longer than allowed",
    "too_many_columns": "has more columns than allowed",
    "trailing_bytes": "goes on after its end",
    "truncated_gzip": "ends in the middle of gzip",
    "truncated_zstd": "ends in the middle of Zstandard",
    "unknown_column": "has a column that nobody declared",
    "unterminated_quote": "ends inside a quoted cell",
    "wrong_delimiter": "is not separated as declared",
}
