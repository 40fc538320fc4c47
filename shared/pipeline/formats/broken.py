"""How a reader gives up on a file. Only `read` catches it, and turns it into values."""

from shared.model.violation import Tier, Violation


class BrokenFileError(Exception):
    """The rest of the file cannot be read as declared; `violations` say why, without any of its bytes."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__(", ".join(violation.rule for violation in violations))
        self.violations = violations


def broken(rule: str, field: str = "") -> BrokenFileError:
    return BrokenFileError(Violation(Tier.STRUCTURAL, rule, field, None))
