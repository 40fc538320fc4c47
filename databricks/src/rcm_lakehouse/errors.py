"""What can go wrong in the lakehouse. Bad records are values (rejects, quality flags); these are faults."""


class LakehouseError(Exception):
    """Base of every error raised here. Messages name tables, sources and counts, never a record's value."""


class MetadataError(LakehouseError):
    """A metadata file has no sense; the message names file, key and what is known."""


class ManifestError(LakehouseError):
    """The manifest cannot be read, or is of a version this package does not know."""


class ControlTotalError(LakehouseError):
    """Counts that must agree do not; the message names source and both counts."""
