"""How a server of others is asked: seldom, patiently, and never twice for one thing within a week."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mandate_graph.failures import EndpointError, passing
from mandate_graph.link.files import Progress, silent

__all__ = ["Manners", "Polite", "cache_folder"]


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server is treated; all but ``tries`` are seconds.

    A request is tried so often; the first ``wait`` doubles each time, unless the server says how long. The pause
    between requests is as long as the last answer took, up to a longest one. ``keep`` is for how long answers are kept.
    """

    tries: int = 5
    wait: float = 1.0
    longest_wait: float = 120.0
    longest_pause: float = 1.0
    keep: float = 7 * 86_400.0


def cache_folder() -> Path:
    """Where answers are kept: below XDG_CACHE_HOME, else ``~/.cache`` (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "mandate-graph" / "answers"


class Polite:
    """Asks, waits between requests, tries again where a server is busy or the network failed, and keeps answers.

    ``asked`` counts the requests that were really sent.
    """

    def __init__(self, manners: Manners | None = None, cache: Path | None = None, progress: Progress = silent) -> None:
        self.asked = 0
        self._manners = manners or Manners()
        self._cache = cache
        self._progress = progress
        self._pause = 0.0

    def ask(self, what: str, send: Callable[[], Any]) -> Any:
        """The answer to a request: kept, or fetched by ``send``; ``what`` is address and request, and is its key.

        Answers are what JSON can hold.

        Raises:
            EndpointError: when the server does not do its part, after all tries; when it asks us to wait longer than
                we do, at once.
        """
        kept = self._kept(what)
        if kept is not None:
            return kept
        answer = self._tried(send)
        self._keep(what, answer)
        return answer

    def _tried(self, send: Callable[[], Any]) -> Any:
        wait = self._manners.wait
        for number in range(1, self._manners.tries + 1):
            time.sleep(self._pause)
            start = time.monotonic()
            try:
                self.asked += 1
                answer = send()
            except EndpointError as error:
                asked = passing(error)
                if asked is None or number == self._manners.tries or asked > self._manners.longest_wait:
                    raise
                asked = asked or min(wait, self._manners.longest_wait)
                self._progress(f"waiting {asked:.0f} s: {error}", 0, 0)
                time.sleep(asked)
                wait *= 2
            else:
                self._pause = min(time.monotonic() - start, self._manners.longest_pause)
                return answer
        raise AssertionError  # the last try returns or raises

    def _place(self, what: str) -> Path | None:
        return self._cache / f"{hashlib.sha256(what.encode()).hexdigest()}.json" if self._cache else None

    def _kept(self, what: str) -> Any:
        place = self._place(what)
        with contextlib.suppress(OSError, ValueError):
            if place and time.time() - place.stat().st_mtime < self._manners.keep:
                return json.loads(place.read_text(encoding="utf-8"))
        return None

    def _keep(self, what: str, answer: Any) -> None:
        place = self._place(what)
        if place is None:
            return
        # a cache that cannot be written is no cache, and no reason to stop
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            side = place.with_name(f".{place.name}.{os.getpid()}")
            side.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
            side.replace(place)
