"""An installation as docs/operating.md describes it …"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.templatetags.static import static

BASE = Path(settings.BASE_DIR)
DEPLOY = BASE / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
ENVIRONMENT = {
    "ALLOWED_HOSTS": "tomp.example.com",
    "TOMP_PUBLIC_URL": "https://tomp.example.com",
    "TOMP_BEHIND_PROXY": "1",
    "SECRET_KEY": "".join(chr(ord("a") + number % 26) + str(number) for number in range(40)),
    "DATABASE_URL": "postgres://tomp:password@127.0.0.1:1/tomp",
}


def lines(path):
    """The settings of a unit, continued lines joined."""
    return re.sub(r"\\\n\s*", "", path.read_text()).splitlines()


def test_is_clean_for_django_s_own_checks(tmp_path):
    checked = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE,
        env=os.environ | ENVIRONMENT | {"TOMP_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("System check identified no issues")


def test_serves_static_files_packed_under_names_that_change_once_they_are_collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    before = static("fleet/imports.js")

    call_command("collectstatic", "--noinput", verbosity=0)

    after = storages.create_storage(settings.STORAGES["staticfiles"]).url("fleet/imports.js")  # as of another process
    content = (tmp_path / "fleet" / "imports.js").read_bytes()
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()[:12]
    assert (before, after) == ("/static/fleet/imports.js", f"/static/fleet/imports.{digest}.js")
    assert gzip.decompress((tmp_path / "fleet" / f"imports.{digest}.js.gz").read_bytes()) == content


def test_example_of_the_environment_names_settings_there_are():
    known = set(re.findall(r"^\| `(\w+)`", (BASE / "docs" / "operating.md").read_text(), re.MULTILINE))
    named = set(re.findall(r"^(\w+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE))

    assert named - known == {"WEB_PROCESSES"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_has_units_that_systemd_understands(unit, tmp_path):
    folder = tmp_path / "units"
    folder.mkdir()
    for each in UNITS:  # with a program that is there: nothing is installed at /opt
        text = re.sub(r"/opt/tomp-operator/\.venv/bin/\w+", sys.executable, each.read_text())
        (folder / each.name).write_text(text)

    said = subprocess.run(
        [shutil.which("systemd-analyze"), "verify", "--man=no", str(folder / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in said.stderr.splitlines() if unit.name.split(".")[0].rstrip("@") in line] == []


@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="nginx is not installed")
def test_has_a_configuration_that_nginx_understands(tmp_path):
    certificate = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    request = [
        shutil.which("openssl"),
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=tomp.example.com",
    ]
    subprocess.run([*request, *certificate], capture_output=True, check=True)
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/tomp", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; events {{}} http {{ {site} }}")

    said = subprocess.run(
        [shutil.which("nginx"), "-t", "-e", str(tmp_path / "log"), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    assert "[warn]" not in said.stderr


def test_starts_the_web_processes_everywhere_alike():
    run = (BASE / "tomp_operator" / "management" / "commands" / "run.py").read_text()
    unit = next(line for line in lines(DEPLOY / "systemd" / "tomp-web.service") if line.startswith("ExecStart"))
    image = (DEPLOY / "Dockerfile").read_text()

    for option in (
        "--blocking-threads 1",
        "--blocking-threads-idle-timeout 600",
        "--respawn-failed-workers",
        "--no-ws",
    ):
        assert option in unit
        assert option in image
        assert option.split()[0] in run


@pytest.mark.parametrize("source", ["tomp-web.service", "Dockerfile"])
def test_options_are_those_granian_has(source):
    text = (DEPLOY / ("systemd" if source.endswith("service") else ".") / source).read_text()
    granian = Path(sys.executable).with_name("granian")
    known = subprocess.run([granian, "--help"], capture_output=True, text=True, check=True).stdout

    command = text[text.index("granian --interface") :].split("tomp_operator.wsgi")[0]
    assert [option for option in re.findall(r"--[a-z-]+", command) if option not in known] == []


def test_copies_into_the_image_all_that_is_served():
    copied = set(re.findall(r"^!([\w.]+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE))
    ours = {app for app in settings.INSTALLED_APPS if (BASE / app).is_dir()}

    assert ours - copied == set()
    assert {"manage.py", "templates"} <= copied


def test_compose_file_waits_for_the_database_and_the_migrations():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]

    assert set(services) == {"database", "migrate", "web", "worker"}
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["image"] == "postgres:17"
