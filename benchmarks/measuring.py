"""The one place where anything is measured: fresh processes, time, memory, repetition, and what is said of them.

Only the standard library is imported, so that the Pythons of peers, which know nothing of this project, can use it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import json
import math
import os
import platform
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

__all__ = [
    "Sample", "cores", "exponent", "family_cpu", "family_memory", "forget_peak", "fresh", "machine", "middle",
    "number", "peak_memory", "say", "spread", "timed",
]  # fmt: skip

_BEGUN = "begun"
_WATCHED_EVERY = 0.05
_WAITING = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement: seconds by the wall and of processor time, the peak of memory in bytes, and what was said."""

    seconds: float
    cpu: float
    rss: int
    said: Mapping[str, Any]


def timed(work: Callable[[], Any], look: Callable[[Any], Mapping[str, Any]]) -> None:
    """Do the work in this process and print a sample; ``look``, which is not timed, says what came out.

    The peak of memory is that of the process while it works, with its input in it.
    """
    gc.collect()
    forget_peak()
    print(_BEGUN, flush=True)
    before, start = family_cpu(), time.perf_counter()
    result = work()
    seconds, cpu = time.perf_counter() - start, family_cpu() - before
    rss = peak_memory()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "rss": rss, "said": look(result)}), flush=True)


def fresh(command: Sequence[str], patience: float | None = None) -> Sample | str:
    """Run a command whose program calls ``timed``; returns its sample, or why there is none.

    The memory of its own children counts while it works. It is killed with them after so many seconds of processor
    time, which other programs on the machine do not use up for it; one that only waits, after ten times as many.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=out, stderr=errors, start_new_session=True)
        try:
            peak, late = _watch(process, out.fileno(), patience)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if late:
            return f"> {patience:g} s"
        lines = [line for line in _text(out) if line.startswith('{"seconds"')]
        if process.returncode or not lines:
            return (_text(errors) or [f"ended with {process.returncode}"])[-1][:200]
    said = json.loads(lines[-1])
    return Sample(said["seconds"], said["cpu"], max(said["rss"], peak), said["said"])


def _text(file: IO[bytes]) -> list[str]:
    file.seek(0)
    return file.read().decode("utf-8", "replace").strip().splitlines()


def _watch(process: subprocess.Popen[bytes], out: int, patience: float | None) -> tuple[int, bool]:
    """The peak of memory of a process and its children together while it works, and whether it was too late."""
    peak, begun, before = 0, 0.0, 0.0
    while process.poll() is None:
        family = list(_family(process.pid))
        if not begun and os.fstat(out).st_size:
            begun, before = time.perf_counter(), sum(map(_cpu, family))
        if begun and patience is not None:
            used = max(sum(map(_cpu, family)) - before, (time.perf_counter() - begun) / _WAITING)
            if used > patience:
                return peak, True
        if begun and len(family) > 1:  # alone, the process knows its own peak better
            peak = max(peak, sum(map(_held, family)))
        time.sleep(_WATCHED_EVERY)
    return peak, False


def _family(pid: int) -> Iterator[int]:
    """A process and those that it started, where the system tells."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                yield from _family(int(child))


def _held(pid: int) -> int:
    """The memory that a process holds of its own, in bytes: what is shared counts for those who share it in parts."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("\nPss:")[2].split()[0]) * 1024
    return 0


def family_cpu() -> float:
    """Seconds of processor time of this process, of its children that run, and of those that ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    running = sum(map(_cpu, list(_family(os.getpid()))[1:]))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages) + running


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError, IndexError, ValueError):
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return 0.0


def family_memory() -> int:
    """Bytes that this process and its children hold now; what they share counts once."""
    return sum(map(_held, _family(os.getpid())))


def forget_peak() -> None:
    """Set the peak of memory back, where that can be done."""
    with contextlib.suppress(OSError):  # only Linux can
        Path("/proc/self/clear_refs").write_text("5")


def peak_memory() -> int:
    """Bytes; of this process, or of the largest of its children when it started one."""
    unit = 1 if sys.platform == "darwin" else 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    try:
        status = Path("/proc/self/status").read_text()
        own = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return max(own, child)


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """How something grows: the slope of the least squares through (size, seconds), both as logarithms.

    1 is in step with the size, 2 with its square. None where fewer than two sizes were measured.
    """
    logs = [(math.log(size), math.log(max(seconds, 1e-6))) for size, seconds in points]
    if len({size for size, _ in logs}) < 2:
        return None
    return statistics.linear_regression(*zip(*logs, strict=True)).slope


def middle(samples: Sequence[Sample]) -> Sample:
    """The sample with the median of the seconds (the lower one of two), with the highest peak of them all."""
    ordered = sorted(samples, key=lambda sample: sample.seconds)
    one = ordered[(len(ordered) - 1) // 2]
    return Sample(one.seconds, one.cpu, max(sample.rss for sample in samples), one.said)


def spread(samples: Sequence[Sample]) -> str:
    """The median of the seconds, and their range where there are several."""
    seconds = [sample.seconds for sample in samples]
    said = number(middle(samples).seconds)
    return said if len(seconds) == 1 else f"{said} ({number(min(seconds))}–{number(max(seconds))})"


def number(value: float) -> str:
    """Three significant digits, never an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine(libraries: Sequence[str]) -> str:
    """What it was measured on, without the name of anything; ``libraries`` with the versions that are installed."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in libraries)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cores()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}; {python}, {versions}"


def say(text: str) -> None:
    """Show progress."""
    print(text, file=sys.stderr, flush=True)
