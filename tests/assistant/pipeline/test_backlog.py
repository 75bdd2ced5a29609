from assistant.pipeline.backlog import Backlog
from tests.fakes.lines import line


def test_paid_lines_go_first_and_each_kind_keeps_its_order() -> None:
    backlog = Backlog(10)
    for id, paid in ((1, False), (2, True), (3, False), (4, True)):
        assert backlog.put(line(id=id, paid=paid)) is None
    assert [taken.id for taken in backlog.take(3)] == [2, 4, 1]
    assert [taken.id for taken in backlog.take(3)] == [3]


def test_under_flood_the_oldest_unpaid_line_goes_and_no_paid_one() -> None:
    backlog = Backlog(2)
    dropped = [backlog.put(line(id=id, paid=id == 1)) for id in range(1, 6)]
    assert [line.id for line in dropped if line] == [2, 3]
    assert [taken.id for taken in backlog.take(9)] == [1, 4, 5]


def test_lines_that_were_taken_back_leave_the_queue() -> None:
    backlog = Backlog(10)
    for id in range(4):
        backlog.put(line(id=id, paid=id == 3))
    assert [gone.id for gone in backlog.remove(lambda one: one.id in (1, 3))] == [3, 1]
    assert [kept.id for kept in backlog.take(9)] == [0, 2]
