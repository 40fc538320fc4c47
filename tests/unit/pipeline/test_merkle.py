from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pipeline.merkle import merkle_root

# RFC 6962's test data, as published with Certificate Transparency: roots of the first n of its eight leaves.
LEAVES = ["", "\x00", "\x10"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
}


@pytest.mark.parametrize("count", ROOTS)
def test_the_root_is_that_of_the_standard(count: int) -> None:
    assert merkle_root(LEAVES[:count]) == ROOTS[count]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle_root([]) == sha256().hexdigest()


@given(st.lists(st.text(), min_size=1, max_size=9, unique=True), st.data())
def test_any_change_of_a_text_or_of_the_order_changes_the_root(texts: list[str], data: st.DataObject) -> None:
    changed = data.draw(st.permutations(texts)) if data.draw(st.booleans()) else [*texts[:-1], texts[-1] + "x"]
    assert (merkle_root(changed) == merkle_root(texts)) == (changed == texts)


def test_a_node_is_not_mistaken_for_a_leaf() -> None:
    assert merkle_root(["a", "b"]) != merkle_root(["ab"])
