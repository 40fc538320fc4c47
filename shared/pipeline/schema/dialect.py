r"""The regex dialect of `pattern` and `patternProperties`: RE2.

RE2 searches in linear time whatever pattern and text are, `$` is the end of the text only, and `\d`, `\w`, `\s` and
`\b` are ASCII. A pattern that RE2 does not know (look-around, back-references) runs on Python's `re` with the same
meaning of `$` and of the classes, as fast or slow as its author made it. What neither knows is a wrong schema.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import re2

type Search = Callable[[str], bool]

TOKEN: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$|[^\\\[$]+", re.DOTALL)


@lru_cache(maxsize=1024)
def search(pattern: str) -> Search:
    """A test whether the pattern matches anywhere in a text. ValueError if the dialect does not know the pattern."""
    try:
        compiled = re2.compile(pattern, _options())
    except re2.error:
        return _python_search(pattern)
    return lambda text: compiled.search(text.encode(errors="replace")) is not None


def knows_re2(pattern: str) -> bool:
    """Whether RE2 itself runs the pattern."""
    try:
        re2.compile(pattern, _options())
    except re2.error:
        return False
    return True


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


def _python_search(pattern: str) -> Search:
    try:
        compiled = re.compile(TOKEN.sub(lambda token: r"\Z" if token[0] == "$" else token[0], pattern), re.ASCII)
    except re.error as error:
        raise ValueError(f"pattern not known to RE2 or Python: {error.msg}") from None
    return lambda text: compiled.search(text) is not None
