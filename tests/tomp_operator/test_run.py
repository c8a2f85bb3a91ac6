"""manage.py run …"""

import pytest
from django.core.management import CommandError, call_command

FREE = "1"  # nobody listens at this port


def test_simulates_the_demo_only(settings):
    settings.IS_PUBLIC, settings.ALLOW_DEMO = True, False

    with pytest.raises(CommandError, match="--simulate is for the demo"):
        call_command("run", "--port", FREE, "--simulate")


@pytest.mark.parametrize("rate", ["0", "-5", "nan", "inf"])
def test_simulates_at_a_rate_that_can_be(rate):
    with pytest.raises(CommandError, match="rides a minute cannot be"):
        call_command("run", "--port", FREE, f"--simulate={rate}")
