from local.service_bus.duplicates import DuplicateHistory


def test_an_id_is_known_for_the_window_and_no_longer() -> None:
    history = DuplicateHistory(window=100)
    history.remember("a", 1, at=0)
    assert history.number_of("a", now=99) == 1
    assert history.number_of("a", now=100) is None
    assert history.number_of("b", now=0) is None


def test_an_id_seen_again_after_its_window_does_not_keep_older_ones_alive() -> None:
    history = DuplicateHistory(window=100)
    for message_id, number, at in [("a", 1, 0), ("b", 2, 10), ("a", 3, 150)]:
        history.remember(message_id, number, at)
    assert history.number_of("b", now=150) is None
    assert list(history) == [("a", 3, 150)]
