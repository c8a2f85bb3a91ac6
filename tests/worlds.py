"""What takes long to make and is only looked at: made once for a file, and as it was made for each of its tests."""

import pytest
from django.db import transaction


@pytest.fixture(scope="module")
def shared_world(request, django_db_setup, django_db_blocker):
    """A transaction around the tests of a file: what fixtures of the file make in it is gone after the last.

    The transaction of a test is a savepoint in it, so that each begins with the same. A test that does not ask
    for it would find these rows or not, depending on who was there before; that is refused.
    """
    others = [item.name for item in request.session.items if item.path == request.path and _is_stranger(item)]
    assert not others, f"All tests of a file share a world or none of them: {', '.join(others)}"
    whole = transaction.atomic()
    whole._from_testcase = True  # as Django's own tests: what has to be outermost may begin in here
    with django_db_blocker.unblock(), whole:
        yield
        transaction.set_rollback(True)


def _is_stranger(item):
    uses_database = "db" in item.fixturenames or item.get_closest_marker("django_db")
    return uses_database and "shared_world" not in item.fixturenames
