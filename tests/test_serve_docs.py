"""docs/serving.md is true: its commands run, its tables are those of the code, and the unit that it speaks of is one."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from living import Running, command, free_port, running
from mandate_graph.cli import parser
from mandate_graph.serve.problems import KINDS
from mandate_graph.serve.settings import Settings, read_settings
from servers import needed

PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", "\n".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)), re.MULTILINE)
CURL = [each for each in COMMANDS if each.startswith("curl ")]
UNIT = ROOT / "docs" / "mandate-graph.service"


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(built, tmp_path_factory.mktemp("docs"), "--log", "none") as there:
        there.complete()
        yield there


@pytest.mark.parametrize("line", CURL)
def test_every_request_is_answered(line: str, server: Running, tmp_path: Path) -> None:
    needed("curl", "curl")
    line = line.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}").replace("curl ", "curl -sS --fail ", 1)
    run = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_every_other_command_serves(server: Running) -> None:
    for line in COMMANDS:
        if line not in CURL:
            program, *words = shlex.split(line)
            assert program == "mandate-graph"
            assert parser().parse_args(words).verb == "serve"


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    table = PAGE.split(f"\n{heading}\n")[1].split("\n|", 1)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]


def test_the_table_of_the_configuration_is_that_of_the_code() -> None:
    said = {key.strip("`"): tomllib.loads(f"value = {value}")["value"] for key, value, _ in rows("## Configuration")}
    assert said == {
        field.name: list(field.default) if isinstance(field.default, tuple) else field.default
        for field in dataclasses.fields(Settings)
    }


def test_the_example_of_a_configuration_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "serve.toml").write_text(example)
    assert read_settings(str(tmp_path / "serve.toml")) != Settings()


def test_the_table_of_errors_is_that_of_the_code() -> None:
    said = [(kind.strip("`"), meaning, remedy) for kind, _, meaning, remedy in rows("### Errors")]
    assert said == [(kind, about.meaning, about.remedy) for kind, about in KINDS.items()]


def test_the_addresses_are_there(server: Running) -> None:
    for cell, _ in rows("## What is where"):
        for path in re.findall(r"`(/[^`]*)`", cell):
            if "X" not in path and "…" not in path:
                assert server.ask(path).status == 200, path


# ---- what is refused before anything is served


def refused(build: Path, *options: str) -> str:
    """What is said, on one line or two, with exit code 2."""
    run = subprocess.run(command(build, *options), capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 2, run.stderr
    assert len(run.stderr.splitlines()) <= 2, run.stderr
    return run.stderr


def test_a_port_that_is_taken(built: Path, server: Running) -> None:
    assert f"127.0.0.1:{server.port} cannot be had" in refused(built, "--bind", f"127.0.0.1:{server.port}")


def test_no_build(tmp_path: Path) -> None:
    assert "mandate-graph build" in refused(tmp_path)


def test_a_log_that_cannot_be_written(built: Path, tmp_path: Path) -> None:
    assert "cannot be written" in refused(built, "--log", str(tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seconds =", "is not TOML"),
        ("\xff\xfe", "is not TOML"),
        ("colour = 1", "colour"),
        ("seconds = 0", "seconds is at least 0.1"),
        ("seconds = 1e9", "at most 86,400"),
        ("seconds = nan", "seconds is at least"),
        ("seconds = true", "seconds is a number"),
        ("workers = 1.5", "workers is a whole number"),
        ("workers = 1000", "at most 256"),
        ("query = 100000", "at most 64,000"),
        ('memory = "1 GB"', "memory is a whole number"),
        ("memory = 1", "at least 64,000,000"),
        ('services = "https://example.org/"', "services is a list"),
        ('services = ["example.org"]', "not the address of an endpoint"),
        ('services = ["http://["]', "not the address of an endpoint"),
        ('proxies = ["localhost"]', "not the IP address of a machine"),
        ('proxies = ["10.0.0.0/8"]', "not the IP address of a machine"),
        ('store = "cloud"', "memory"),
        ("store = []", "store"),
    ],
)
def test_a_configuration_that_is_wrong(text: str, said: str, built: Path, tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_bytes(text.encode("latin-1"))
    assert said in refused(built, "--config", str(file), "--bind", f"127.0.0.1:{free_port()}")


def test_a_configuration_that_is_not_there(built: Path, tmp_path: Path) -> None:
    assert "nowhere.toml" in refused(built, "--config", str(tmp_path / "nowhere.toml"))


def test_an_address_that_is_none(built: Path) -> None:
    assert "site-url" in refused(built, "--site-url", "example.org")


# ---- the unit


def directives() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_unit_is_one_and_gives_away_little(tmp_path: Path) -> None:
    program = needed("systemd-analyze", "systemd")
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/mandate-graph/bin/mandate-graph", "/bin/true"))
    checked = subprocess.run([program, "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    # ten is a service without any defence; this one speaks to the network, and that alone counts 1.4
    most = ["security", "--offline=yes", "--threshold=15", str(unit)]
    exposed = subprocess.run([program, *most], capture_output=True, text=True, check=False)
    assert exposed.returncode == 0, exposed.stdout


def test_the_unit_allows_what_the_server_does(built: Path, tmp_path: Path) -> None:
    """Every call to the system is one that the unit's filter allows, while pages, queries and a kill go on."""
    program, strace = needed("systemd-analyze", "systemd"), needed("strace", "strace")
    assert directives()["SystemCallFilter"] == ["@system-service", "~@privileged"]

    def calls(group: str) -> set[str]:
        text = subprocess.run([program, "syscall-filter", group], capture_output=True, text=True, check=True).stdout
        names = {line.strip() for line in text.splitlines()[1:] if line.startswith("    ") and "#" not in line}
        return {each for each in names if each[0] != "@"}.union(*(calls(each) for each in names if each[0] == "@"))

    allowed = calls("@system-service") - calls("@privileged")
    trace = tmp_path / "trace"
    port = free_port()
    traced = subprocess.Popen(
        [strace, "-f", "-o", trace, *command(built, "--bind", f"127.0.0.1:{port}", "--state", str(tmp_path / "state"))],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        there = Running(traced, port)  # type: ignore[arg-type]
        there.until(lambda: _answers(there), "a start")
        there.complete()
        for path in ("/", "/id/country/bo.ttl", "/search?q=migrants", "/reconcile", "/sparql?query=ASK%7B%7D"):
            assert there.ask(path).status == 200
    finally:
        os.killpg(traced.pid, 15)
        traced.wait(60)
    text = trace.read_text(errors="replace")
    made = set(re.findall(r"^\d+ +([a-z_0-9]+)\(", text, re.MULTILINE))
    assert "fork" in made or "clone" in made
    assert made <= allowed
    assert "PROT_WRITE|PROT_EXEC" not in text  # MemoryDenyWriteExecute


def _answers(server: Running) -> bool:
    try:
        return server.ask("/healthz").status == 200
    except OSError:
        return False


def test_the_unit_starts_what_there_is() -> None:
    (start,) = directives()["ExecStart"]
    words = start.replace("${BIND}", "127.0.0.1:8000").replace("${SITE_URL}", "").split()[1:]
    assert parser().parse_args(words).verb == "serve"
    assert directives()["CacheDirectory"] == ["mandate-graph"]
    assert directives()["DynamicUser"] == ["yes"]
