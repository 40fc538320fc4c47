"""Keys that Azure takes, for any text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.table_keys import decode_key, encode_key

REFUSED = re.compile(r"[/\\#?\x00-\x1f\x7f-\x9f]")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
plain = st.text("abcXYZ019-_.~ %'", max_size=100)


@given(texts)
def test_every_text_comes_back_from_its_key(text: str) -> None:
    assert decode_key(encode_key(text)) == text


@given(texts)
def test_no_key_has_a_character_that_azure_refuses(text: str) -> None:
    assert not REFUSED.search(encode_key(text))


@given(texts, texts)
def test_a_prefix_stays_a_prefix_and_two_texts_stay_two(first: str, second: str) -> None:
    assert encode_key(first + second).startswith(encode_key(first))
    assert (encode_key(first) == encode_key(second)) == (first == second)


@given(plain)
def test_a_text_without_odd_characters_is_its_own_key(text: str) -> None:
    assert encode_key(text) == text
