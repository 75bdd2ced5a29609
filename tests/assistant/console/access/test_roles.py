"""The table of roles, pages and operations is whole."""

from collections.abc import Iterator
from itertools import pairwise

from fastapi.routing import APIRoute

from assistant.console import api
from assistant.console.access.needs import Needs
from assistant.console.access.roles import NEEDED, PAGES, PEOPLE, Caller, Operation, Page, Role


def test_every_page_and_operation_names_the_role_that_it_needs() -> None:
    assert set(PAGES) == set(Page)
    assert set(NEEDED) == set(Operation)
    assert Role.OVERLAY not in NEEDED.values()
    assert [page for page, role in PAGES.items() if role is Role.OVERLAY] == [Page.OVERLAY]


def test_each_role_may_what_those_below_may_and_the_overlay_may_nothing() -> None:
    allowed = [{one for one in Operation if Caller("x", role, "k").may(one)} for role in Role]
    assert all(lower <= higher for lower, higher in pairwise(allowed))
    assert allowed[0] == set()
    assert allowed[-1] == set(Operation)
    assert len(PEOPLE) == 4


def test_every_route_of_the_api_says_what_it_needs() -> None:
    routes = [route for route in api.router.routes if isinstance(route, APIRoute)]
    assert routes
    assert [route.path for route in routes if len(list(asked(route))) != 1] == []


def asked(route: APIRoute) -> Iterator[Needs]:
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Needs):
            yield dependency.call
