#!/usr/bin/env python
"""Runs a management command, with the database it needs."""

import os
import sys
from contextlib import nullcontext

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from tomp_operator import embedded

WITHOUT_DATABASE = {
    "", "--help", "-h", "help", "--version", "version", "check", "collectstatic", "compilemessages",
    "diffsettings", "findstatic", "makemessages", "spectacular",
}  # fmt: skip


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
    needs_database = "".join(sys.argv[1:2]) not in WITHOUT_DATABASE and not {"-h", "--help"} & set(sys.argv)
    try:
        with embedded.running() if needs_database else nullcontext():
            execute_from_command_line(sys.argv)
    except (embedded.EmbeddedPostgresError, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
