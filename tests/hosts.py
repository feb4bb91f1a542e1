"""Debian's own Apache and nginx, each on a port of its own, serving a folder at a path."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from servers import without

APACHE, NGINX = "/usr/sbin/apache2", "/usr/sbin/nginx"
MODULES = "/usr/lib/apache2/modules"
# What Debian enables when Apache is installed, and the two that the rules ask for.
ENABLED = [
    *("mpm_event", "authn_core", "authz_core", "authz_host", "alias", "autoindex", "deflate", "dir", "env", "filter"),
    *("mime", "negotiation", "reqtimeout", "setenvif", "rewrite", "headers"),
]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # lower case; what comes several times, joined by a comma
    body: bytes

    def __getitem__(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


class Host(NamedTuple):
    name: str
    port: int
    path: str

    def ask(self, path: str, method: str = "GET", **fields: str) -> Answer:
        """Ask for what lies below the site's path; ``accept_language="es"`` is a header."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.putrequest(method, self.path + path, skip_accept_encoding=True)
            for name, value in fields.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            headers: dict[str, str] = {}
            for name, value in response.getheaders():
                headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
            return Answer(response.status, headers, response.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def apache(folder: Path, path: str, work: Path) -> Iterator[Host]:
    """Apache over a folder: the server's root, or an alias."""
    if not Path(APACHE).exists():
        without(f"{APACHE} is not installed")
    port, nowhere = free_port(), work / "nowhere"
    nowhere.mkdir(parents=True)
    lines = [
        f'ServerRoot "{work}"',
        f"Listen 127.0.0.1:{port}",
        "ServerName localhost",
        f'PidFile "{work}/apache.pid"',
        f'ErrorLog "{work}/error.log"',
        f"Mutex file:{work} default",
        f'DefaultRuntimeDir "{work}"',
        *(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in ENABLED),
        "User www-data\nGroup www-data" if os.geteuid() == 0 else "",
        f'DocumentRoot "{folder if path == "/" else nowhere}"',
        "" if path == "/" else f'Alias "{path}" "{folder}/"',
        # As Debian has them.
        'TypesConfig "/etc/mime.types"\nAddLanguage es .es\nAddLanguage en .en\nAddType application/x-gzip .gz .tgz',
        "AddEncoding x-gzip .gz\nDirectoryIndex index.html index.php\nAddOutputFilterByType DEFLATE text/html text/css",
        '<Directory "/">\n  Require all denied\n  AllowOverride None\n</Directory>',
        '<FilesMatch "^\\.ht">\n  Require all denied\n</FilesMatch>',
        f'<Directory "{folder}">\n  AllowOverride All\n  Options Indexes FollowSymLinks\n  Require all granted\n</Directory>',
    ]
    (work / "apache.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [APACHE, "-f", str(work / "apache.conf"), "-DFOREGROUND"]
    with up(command, port, work):
        yield Host("apache", port, path)


@contextlib.contextmanager
def nginx(folder: Path, path: str, work: Path) -> Iterator[Host]:
    """The same of nginx."""
    if not Path(NGINX).exists():
        without(f"{NGINX} is not installed")
    port = free_port()
    work.mkdir(parents=True, exist_ok=True)
    temporary = "".join(
        f"  {kind}_temp_path {work}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (work / "site.conf").write_text(
        f"""{"user www-data;" if os.geteuid() == 0 else ""}
daemon off; master_process on; worker_processes 1;
pid {work}/nginx.pid; error_log {work}/error.log info;
events {{ worker_connections 64; }}
http {{
  include /etc/nginx/mime.types; access_log off;
{temporary}
  server {{
    listen 127.0.0.1:{port};
    location ^~ {path} {{
      root "{folder}";
      include "{folder}/nginx.conf";
    }}
  }}
}}
""",
        encoding="utf-8",
    )
    with up([NGINX, "-c", str(work / "site.conf"), "-e", str(work / "error.log")], port, work):
        yield Host("nginx", port, path)


@contextlib.contextmanager
def up(command: list[str], port: int, work: Path) -> Iterator[None]:
    """A server that has said that it listens; ended with all its children."""
    _readable(work)
    with (work / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd="/")
        try:
            _wait(process, port, work)
            yield
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int, work: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    log = work / "error.log"
    pytest.fail((work / "output").read_text() + (log.read_text() if log.exists() else ""))


def _readable(folder: Path) -> None:
    """The servers' workers are somebody else: let them in, where the tests run as root."""
    if os.geteuid() == 0:
        for above in (folder, *folder.parents):
            if above.stat().st_uid == 0 and str(above).startswith("/tmp/"):
                above.chmod(above.stat().st_mode | 0o055)


def put(root: Path, path: str, data: bytes) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
