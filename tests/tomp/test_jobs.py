"""A job that does one thing with each of many …"""

from tomp.errors import Missing
from tomp.jobs import do_each


def test_counts_what_was_done():
    assert do_each([1, 2, 3], lambda each: each != 2, failure="not_done") == 2
    assert do_each([1, 2], lambda each: None, failure="not_done") == 2


def test_goes_on_after_what_was_refused_or_broke(caplog):
    done = []

    def do(each):
        if each == "refused":
            raise Missing("Field: x", module=3)
        if each == "broken":
            raise RuntimeError("Out of order.")
        done.append(each)

    assert do_each(["a", "refused", "broken", "b"], do, failure="not_done") == 2
    assert done == ["a", "b"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
