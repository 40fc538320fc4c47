"""What can go wrong, sorted by what to do next: the type decides, the code names, the text never quotes data."""

from collections.abc import Mapping


class RcmError(Exception):
    """A fault with a stable `code` (snake case, part of the contract); its text is free of values and landing paths."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(f"{code}: {text}" if text else code)
        self.code = code


class TransientError(RcmError):
    """May succeed later: raised out of the flow, so that the trigger delivers again."""


class ConflictError(TransientError):
    """Somebody else committed first, under the same head. What they decided holds."""


class ThrottledError(TransientError):
    """A service asked for patience; `retry_after` is in seconds where it said how long."""

    def __init__(self, code: str, text: str = "", retry_after: float | None = None) -> None:
        super().__init__(code, text)
        self.retry_after = retry_after


class PermanentError(RcmError):
    """Will not succeed by itself: recorded and stopped, never retried blindly."""


class ConfigurationError(PermanentError):
    """A setting or metadata file is wrong. The text names the file or setting, the key and the known values."""


class RequestRefusedError(PermanentError):
    """A caller asked for what can't be done; `status` is the HTTP status of the answer, `details` stand in it too."""

    def __init__(
        self, code: str, text: str = "", status: int = 400, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(code, text)
        self.status = status
        self.details = dict(details or {})


class FileGoneError(PermanentError):
    """The file is not there any more (or not yet)."""


class VersionChangedError(PermanentError):
    """Other bytes now stand at the path than the version that was asked for."""
