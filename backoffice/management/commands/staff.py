"""What helps staff who cannot sign in, from the shell."""

import getpass
from argparse import ArgumentParser
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from backoffice.signin import second_step, throttle

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Unlocks the sign-in of a colleague, or removes the second step of one who lost the phone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("unlock", "remove-second-step"))
        parser.add_argument("username")

    def handle(self, *args: Any, action: str, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        if action == "unlock":
            throttle.unlock(username)
            self.stdout.write(f"{username} can sign in again.")
        elif second_step.forget(user):
            self.stdout.write(f"For {username} the password is enough now.")
        else:
            raise CommandError(f"{username} has no second step.")
        log.info("sign-in helped", what=action, user=user.pk, by=getpass.getuser())
