"""The Python of each peer: the one that runs this, or one of its own, made on first use."""

from __future__ import annotations

import subprocess
import sys
import venv
from functools import lru_cache
from pathlib import Path

from measuring import say

__all__ = ["HERE", "PEERS", "pins", "python_of"]

HERE = Path(__file__).resolve().parents[1]
PEERS = {"bare": "", "pyoxigraph": "", "rdflib": "", "maplib": "maplib", "morph_kgc": "morph-kgc", "pyrudof": "pyrudof"}
"""Every peer, and the package that its own Python needs; none where that of the project has it."""

_PINS = HERE / "constraints-peers.txt"


def pins() -> dict[str, str]:
    """The versions of the peers that have a Python of their own."""
    lines = (line.partition("#")[0].strip() for line in _PINS.read_text(encoding="utf-8").splitlines())
    return {name: version for name, _, version in (line.partition("==") for line in lines) if name}


@lru_cache
def python_of(peer: str) -> str | None:
    """The interpreter that has a peer; None when it cannot be installed, which is said."""
    package = PEERS.get(peer, "")
    if not package:
        return sys.executable
    wanted = f"{package}=={pins()[package]}"
    home = HERE / ".venvs" / peer
    python, stamp = home / "bin" / "python", home / "installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return str(python)
    say(f"setting up {wanted} …")
    try:
        venv.create(home, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"{wanted} could not be installed and is left out: {str(getattr(error, 'stderr', error)).strip()[-200:]}")
        return None
    stamp.write_text(wanted)
    return str(python)
