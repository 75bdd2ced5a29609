from assistant.rooms.tally import MOST_NAMES, NAME_CHARACTERS, Tally


def test_only_the_first_of_a_name_is_new() -> None:
    tally = Tally()
    assert [tally.add(name) for name in ("a", "b", "a")] == [True, True, False]
    assert tally.counts == {"a": 2, "b": 1}


def test_made_up_names_cost_bounded_memory_and_few_log_lines() -> None:
    tally = Tally()
    new = sum(tally.add(f"{number} " + "x" * 10_000) for number in range(MOST_NAMES * 3))
    assert new == MOST_NAMES + 1
    assert len(tally.counts) == MOST_NAMES + 1
    assert tally.total == MOST_NAMES * 3
    assert max(map(len, tally.counts)) == NAME_CHARACTERS
