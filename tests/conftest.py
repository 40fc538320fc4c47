"""What holds for every tier of tests."""

import pytest


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Names bytes by their parameter: as they stand they are unreadable, and a time inside them tells workers apart."""
    return argname if isinstance(val, bytes) else None
