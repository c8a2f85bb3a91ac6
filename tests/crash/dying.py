"""What granian serves in tests/crash: the service, killed once between its answer and the sending of it."""

import os
import signal
from pathlib import Path

from tomp_operator.wsgi import application as service


def application(environ, start_response):
    answer = service(environ, start_response)
    order = Path(os.environ["TOMP_TEST_DIES_ONCE"])
    if order.exists():
        list(answer)
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
