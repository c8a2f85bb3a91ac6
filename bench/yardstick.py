"""Constant bytes as fast as a web server sends them: by nginx where the machine has it, else by a WSGI callable."""

import getpass
import os
import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import load, service

PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIGURATION = """
user {user};
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    if_modified_since before;
    default_type application/json;
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""
HAS_IT = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}


@dataclass
class Nginx:
    """Sends the very bytes as files. `share`: what it sends of what nginx sends."""

    process: Any
    folder: Any
    name = "nginx, the same bytes:"
    share = 1.0

    def requests(self, feed):
        for name in ("plain", "gzipped"):
            (self.folder / name).write_bytes(getattr(feed, name))
        asked = {"gzip": ("/gzipped", {}), "plain": ("/plain", {}), "304": ("/gzipped", HAS_IT)}
        return {coding: load.request("GET", *each) for coding, each in asked.items()}


@dataclass
class Wsgi:
    """Sends as many bytes, by granian; its share was measured elsewhere, once, with 620 bytes."""

    process: Any
    name = "WSGI callable, as much:"
    share = 0.62

    def requests(self, feed):
        sizes = {"gzip": len(feed.gzipped), "plain": len(feed.plain), "304": 304}
        return {coding: load.request("GET", f"/{size}", {}) for coding, size in sizes.items()}


@contextmanager
def running(folder, webs):
    """The yardstick of this machine; nginx has as many processes as the product."""
    if PROGRAM is None:
        yield Wsgi(webs["WSGI"])
        return
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = {"user": getpass.getuser(), "workers": service.WEB_PROCESSES, "folder": folder, "port": port}
    (folder / "nginx.conf").write_text(CONFIGURATION.format(**said))
    with service.running("nginx", "-c", str(folder / "nginx.conf"), program=PROGRAM) as process:
        process.port = port
        service.wait_for(process)
        yield Nginx(process, folder)
