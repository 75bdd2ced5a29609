"""A broadcast's drafts never cost more than its budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.costs import Budget, Prices


def test_prices_are_for_a_million_tokens() -> None:
    assert Prices(2.0, 8.0).cost(500_000, 250_000) == pytest.approx(3.0)


def test_the_most_that_a_request_may_cost_covers_every_tokenizer() -> None:
    messages = [{"role": "user", "content": "保修多久"}]
    assert Prices(1e6, 0.0).most(messages, tokens_out=100) >= len("保修多久".encode())


def test_what_is_put_aside_is_not_given_twice() -> None:
    budget = Budget(1.0)
    assert budget.put_aside(1, 0.75)
    assert not budget.put_aside(1, 0.75)
    assert budget.put_aside(2, 0.75)
    budget.spend(1, -0.5)
    assert budget.put_aside(1, 0.75)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1))))
def test_the_budget_holds_whatever_requests_cost(requests: list[tuple[float, float]]) -> None:
    budget = Budget(1.0)
    for most, share in requests:
        if budget.put_aside(1, most):
            budget.spend(1, most * share - most)
        assert budget.spent(1) <= 1.0 + 1e-9


def test_what_costs_nothing_needs_no_budget() -> None:
    assert Budget(0.0).put_aside(1, 0.0)
