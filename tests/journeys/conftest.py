"""After every journey the books, the deliveries and the vehicles add up. (No worker takes part, so jobs are late.)"""

import pytest
from django.utils import timezone

from tomp_operator.audit import audit


@pytest.fixture(autouse=True)
def everything_adds_up(clock):
    yield
    wrong = {invariant.name: found.ids for invariant, found in audit(now=timezone.now(), show=5) if found.violations}
    assert wrong.keys() <= {"jobs-go-on"}, wrong
