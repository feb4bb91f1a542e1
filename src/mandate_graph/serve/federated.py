"""SERVICE, where the configuration allows it: the front asks the other server, and workers stay without a network.

What the other server says stands in the query as VALUES before a worker sees it (``sparql.elsewhere``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from mandate_graph.engine import solutions
from mandate_graph.errors import BadQuery, EndpointError, UsageError
from mandate_graph.serve.messages import Refused
from mandate_graph.serve.protocol import traits
from mandate_graph.sparql.elsewhere import addresses, with_our_side, with_their_side

__all__ = ["Elsewhere"]

_AT_ONCE = 4
_MOST = 5

Ask = Callable[[str], Awaitable[bytes]]


class Elsewhere:
    """Asks the servers of a list, a few at once; all that a query asks share its time."""

    def __init__(self, allowed: tuple[str, ...], seconds: float) -> None:
        self._allowed = allowed
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(_AT_ONCE)
        self._busy = 0

    async def resolved(self, query: str, ask: Ask) -> str:
        """The query with the answers of other servers in it; ``ask`` answers a SELECT query of our side with JSON.

        Raises:
            Refused: when a server is not allowed (403), does not answer well (502), our side takes too long (504), or
                the query cannot be read (400).
        """
        asked = addresses(query)
        strangers = [each for each in asked if each not in self._allowed]
        if strangers or not asked or len(asked) > _MOST:
            there = f"it asks {', '.join(self._allowed)} alone" if self._allowed else "this one asks none"
            raise Refused(403, "no-service", f"SERVICE would ask another server; {there}")
        if self._busy >= _AT_ONCE:  # also with queries whose clients have left: a thread cannot be stopped
            raise Refused(503, "busy", "too many queries ask other servers at the moment", {"Retry-After": "5"})
        loop = asyncio.get_running_loop()
        share = self._seconds / len(asked)

        def table(ours: str) -> tuple[list[str], list[list[str]]]:
            return solutions(asyncio.run_coroutine_threadsafe(_body(ask(ours)), loop).result(self._seconds))

        def work() -> str:
            text = with_our_side("the query", query, table, None, ())
            return with_their_side("the query", text, share, redirected=False)

        try:
            self._busy += 1
            done = self._threads.submit(work)
            done.add_done_callback(lambda _: loop.call_soon_threadsafe(self._free))
            text = await asyncio.wrap_future(done)
        except EndpointError as error:
            raise Refused(502, "other-server", str(error)) from None
        except TimeoutError:
            raise Refused(504, "timeout", f"our side took longer than {self._seconds:g} seconds") from None
        except (BadQuery, UsageError) as error:
            raise Refused(400, "unreadable-query", str(error)) from None
        if traits(text).elsewhere:
            raise Refused(403, "no-service", "SERVICE within a SERVICE: the other server would ask a third one")
        return text

    def _free(self) -> None:
        self._busy -= 1


async def _body(work: Awaitable[bytes]) -> bytes:
    return await work
