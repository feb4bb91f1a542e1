"""Readers in a process of their own: a file that brings its reader down, or keeps it busy, loses nothing but itself.

The child has a limit of memory, and each file one of time.
"""

from __future__ import annotations

from typing import Any, Self

from mandate_graph.child import Child, serve
from mandate_graph.containers import CONTAINERS, Rendition
from mandate_graph.errors import UnreadablePage

__all__ = ["ReaderProcess"]

_SECONDS = 60.0
_MEMORY = 2 * 2**30
_CODE = "from mandate_graph.containers.apart import answer; answer()"


class ReaderProcess:
    """One child, started when it is first needed and again when it died."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._child = Child(_CODE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def read(self, media_type: str, name: str, data: bytes) -> Rendition:
        """Read a file there.

        Raises:
            UnreadablePage: when the reader refuses it, takes too long or too much memory, or dies of it.
        """
        try:
            reply, _ = self._child.ask({"type": media_type, "name": name}, data, self._seconds)
        except TimeoutError:
            advice = "A page takes less than a second; this one is not a usual page."
            raise UnreadablePage(name, f"was not read within {self._seconds:.0f} seconds", advice) from None
        except EOFError:
            raise UnreadablePage(name, "brought its reader down", "Save it again, or save its text.") from None
        if "problem" in reply:
            raise UnreadablePage(name, reply["problem"], reply["advice"])
        return Rendition(reply["text"], {int(place): hint for place, hint in reply["hints"]}, tuple(reply["notes"]))


def answer() -> None:
    """The child's whole life."""
    _limit_memory()
    serve(lambda request, data: (_reply(request["type"], request["name"], data), b""))


def _reply(media_type: str, name: str, data: bytes) -> dict[str, Any]:
    try:
        found = CONTAINERS[media_type].load()(name, data)
    except UnreadablePage as error:
        return {"problem": error.problem, "advice": error.advice}
    except MemoryError:
        return {"problem": f"needs more than {_MEMORY // 2**30} GiB to be read", "advice": "Save its text."}
    except Exception as error:  # noqa: BLE001  (whatever a reader stumbles over, the file is what is wrong)
        return {"problem": f"cannot be read ({type(error).__name__})", "advice": "Save it again, or save its text."}
    return {"text": found.text, "hints": list(found.hints.items()), "notes": list(found.notes)}


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not every system has limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
