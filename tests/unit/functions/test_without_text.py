"""The host logs what a function raises, text and all: so nothing that isn't ours may come out as it was."""

import ast
from pathlib import Path

import pytest

from functions.answer import answer
from functions.without_text import without_text
from shared.errors import PermanentError, RcmError, ThrottledError, TransientError

FUNCTIONS = Path(__file__).parents[3] / "functions"


def read_amount(cell: str) -> float:
    return float(cell)


def test_a_fault_that_nobody_foresaw_tells_its_kind_and_place_and_no_value() -> None:
    with pytest.raises(TransientError) as raised, without_text():
        read_amount("John Smith")
    assert (raised.value.code, raised.value.__suppress_context__) == ("unforeseen", True)
    assert "ValueError at " in str(raised.value)
    assert "test_without_text.py" in str(raised.value)
    assert "read_amount" in str(raised.value)
    assert "John" not in str(raised.value)


@pytest.mark.parametrize("fault", [TransientError("a"), ThrottledError("b", retry_after=3), PermanentError("c")])
def test_faults_of_ours_pass_as_they_are(fault: RcmError) -> None:
    with pytest.raises(RcmError) as raised, without_text():
        raise fault
    assert raised.value is fault


def test_an_answer_that_fails_unforeseen_is_left_to_the_host_without_its_text() -> None:
    with pytest.raises(TransientError, match="unforeseen"):
        answer(lambda: {"amount": read_amount("John Smith")})


def test_every_function_answers_or_raises_without_text() -> None:
    bare = [
        f"{path.name}: {node.name}"
        for path in sorted(FUNCTIONS.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and "blueprint." in (said := ast.unparse(node))
        if "@without_text()" not in said and "return answer(" not in said and "return _post(" not in said
    ]
    assert bare == []
