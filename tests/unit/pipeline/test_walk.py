from shared.pipeline.walk import walk

EDGES = [("landing", "bronze"), ("bronze", "silver"), ("silver", "gold"), ("other", "gold"), ("gold", "silver")]


def test_downwards_reaches_all_that_is_made_of_it() -> None:
    assert walk(EDGES, "landing", downwards=True) == [
        ("landing", "bronze"),
        ("bronze", "silver"),
        ("silver", "gold"),
        ("gold", "silver"),
    ]


def test_upwards_reaches_all_that_it_is_made_of() -> None:
    assert ("landing", "bronze") in walk(EDGES, "gold", downwards=False)
    assert ("other", "gold") in walk(EDGES, "gold", downwards=False)


def test_an_unknown_dataset_has_no_edges() -> None:
    assert walk(EDGES, "nowhere", downwards=True) == []
