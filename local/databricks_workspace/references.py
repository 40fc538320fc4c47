"""Dynamic value references of job YAML: `{{job.parameters.token}}` and the like."""

import re
from collections.abc import Mapping

REFERENCE = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


def expand(text: str, values: Mapping[str, str]) -> str:
    """`text` with every reference replaced; a value is never expanded again. KeyError for an unknown name."""
    return REFERENCE.sub(lambda match: values[match[1]], text)
