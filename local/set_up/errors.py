"""What stops a set-up."""


class SetUpError(Exception):
    """A part could not be made: what happened, and what a person can do about it."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
