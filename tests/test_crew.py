"""Workers: real processes, killed as the kernel and as people kill them."""

from __future__ import annotations

import dataclasses
import inspect
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import crew_tasks as tasks
from attacks import unwatched
from mandate_graph import errors
from mandate_graph.crew import TRIES, Crew, processors
from mandate_graph.errors import BadTable, MandateGraphError, WorkLost

ENOUGH = 60.0


def until(there: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + ENOUGH
    while not there():
        assert time.monotonic() < ends, f"{what}: never"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process is there, and not only its name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def takers(folder: Path) -> dict[int, list[int]]:
    """Which processes have taken up which task."""
    found: dict[int, list[int]] = {}
    for file in folder.iterdir():
        number, pid = map(int, file.name.split("-"))
        found.setdefault(number, []).append(pid)
    return found


def numbered(many: int) -> Iterator[tuple[int]]:
    return ((number,) for number in range(many))


def test_results_come_in_the_order_of_the_tasks() -> None:
    with Crew(2) as crew:
        assert list(crew.each(tasks.square, numbered(50))) == [number**2 for number in range(50)]
        pids = set(crew.each(tasks.who, numbered(50)))
        assert os.getpid() not in pids
        assert len(pids) <= 2
        assert all(map(alive, pids)), "they wait for more work"
    assert not any(map(alive, pids))


def test_no_process_is_started_for_one_worker_or_one_task() -> None:
    with Crew(1) as crew:
        assert set(crew.each(tasks.who, numbered(5))) == {os.getpid()}
    with Crew(2) as crew:
        assert list(crew.each(tasks.who, numbered(1))) == [os.getpid()]
        assert list(crew.each(tasks.who, ())) == []


def test_there_is_a_worker_for_each_processor() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from mandate_graph.crew import Crew; print(Crew().workers)"],
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "1\n"
    assert Crew().workers == processors() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize("workers", [1, 2])
def test_tasks_may_be_endless_and_are_taken_as_results_are(workers: int) -> None:
    taken = 0

    def endless() -> Iterator[tuple[int]]:
        nonlocal taken
        while True:
            taken += 1
            yield (taken,)

    with Crew(workers) as crew:
        results = crew.each(tasks.square, endless())
        assert [next(results) for _ in range(10)] == [number**2 for number in range(1, 11)]
        assert taken <= 10 + workers * 3


def test_what_has_not_begun_is_cancelled_when_nobody_wants_it(tmp_path: Path) -> None:
    with Crew(2) as crew:
        results = crew.each(tasks.gated, ((number, tmp_path) for number in range(10**6)))
        assert next(results) == 0
        until(lambda: len(takers(tmp_path)) == 3, "two workers at work")
        results.close()  # type: ignore[attr-defined]
        (tmp_path / "0-0").touch()
        assert list(crew.each(tasks.square, numbered(3))) == [0, 1, 4]
    assert sorted(takers(tmp_path)) == [0, 1, 2]


def test_an_interrupt_is_not_for_the_workers(tmp_path: Path) -> None:
    """A terminal sends it to all; workers that ended of it would be started again by a parent that is not done yet."""
    with Crew(2) as crew:
        results = crew.each(tasks.gated, ((number, tmp_path) for number in range(5)))
        assert next(results) == 0
        until(lambda: len(takers(tmp_path)) == 3, "two workers at work")
        for pid in {pid for pids in takers(tmp_path).values() for pid in pids}:
            os.kill(pid, signal.SIGINT)
        (tmp_path / "0-0").touch()
        assert list(results) == [1, 2, 3, 4]
    assert all(len(pids) == 1 for number, pids in takers(tmp_path).items() if number)


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    with Crew(2) as crew:
        results = crew.each(tasks.deadly, ((number, tmp_path, 2) for number in range(8)))
        assert list(results) == list(range(8))
    assert len(takers(tmp_path)[3]) == 3
    assert all(len(pids) == 1 for number, pids in takers(tmp_path).items() if number != 3), "others go on"


def test_a_worker_that_is_killed_while_it_waits_is_not_missed() -> None:
    with Crew(2) as crew:
        for pid in set(crew.each(tasks.who, numbered(20))):
            os.kill(pid, signal.SIGKILL)
        assert list(crew.each(tasks.square, numbered(5))) == [0, 1, 4, 9, 16]


def test_work_that_kills_whoever_takes_it_up_is_named(tmp_path: Path) -> None:
    with Crew(2) as crew, pytest.raises(WorkLost) as caught:
        list(crew.each(tasks.deadly, ((number, tmp_path, 99) for number in range(8))))
    assert len(takers(tmp_path)[3]) == TRIES
    assert caught.value.exit_code == 1
    assert "deadly(3, " in str(caught.value)
    assert "--workers" in str(caught.value)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_arrives_as_it_was_raised(workers: int) -> None:
    with Crew(workers) as crew:
        results = crew.each(tasks.wrong, numbered(9))
        assert [next(results), next(results)] == [0, 1]
        with pytest.raises(BadTable) as caught:
            next(results)
    assert caught.value == BadTable("themes.csv", "no such theme", 7)
    assert not hasattr(caught.value, "__notes__")


def test_a_fault_of_the_program_says_where_it_happened() -> None:
    with Crew(2) as crew:
        with pytest.raises(ZeroDivisionError) as caught:
            list(crew.each(tasks.bug, numbered(3)))
        assert "number - number" in caught.value.__notes__[0]
        with pytest.raises(RuntimeError, match="Stubborn: 1 and 2"):
            list(crew.each(tasks.stubborn, numbered(3)))
        with pytest.raises((AttributeError, pickle.PicklingError)):
            list(crew.each(lambda number: number, numbered(3)))


def every_error() -> list[type[MandateGraphError]]:
    found, todo = [], [MandateGraphError]
    while todo:
        found.append(todo[-1])
        todo.extend(todo.pop().__subclasses__())
    return found


@pytest.mark.parametrize("kind", [getattr(errors, name) for name in errors.__all__])
def test_every_error_can_travel(kind: type[MandateGraphError]) -> None:
    """Made with all of its fields given by name, as many places do."""
    if not dataclasses.is_dataclass(kind):
        assert pickle.loads(pickle.dumps(kind("what"))).args == ("what",)
        return
    known = {
        "int | None": 3,
        "int": 3,
        "float": 2.5,
        "bool": True,
        "tuple[int, int] | None": (1, 1),
        "Sequence[tuple[str, str]]": [("a", "b")],
        "Sequence[UnreadablePage]": [errors.UnreadablePage("a.txt", problem="is empty", advice="Fill it")],
        "Sequence[str]": ["a", "b"],
        "Sequence[ShapeResult]": [],
    }
    error = kind(**{field.name: known.get(str(field.type), f"some {field.name}") for field in dataclasses.fields(kind)})
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again == error
    assert str(again) == str(error) or kind is errors.EndpointError  # which is never raised itself, and says nothing
    assert set(inspect.signature(kind).parameters) == {field.name for field in dataclasses.fields(kind)}


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_will_do(kind: str) -> None:
    executor = ThreadPoolExecutor(2) if kind == "threads" else ProcessPoolExecutor(2, get_context("spawn"))
    with executor:
        with Crew(2, executor) as crew:
            assert list(crew.each(tasks.square, numbered(10))) == [number**2 for number in range(10)]
            with pytest.raises(BadTable):
                list(crew.each(tasks.wrong, numbered(9)))
        assert executor.submit(tasks.square, 3).result() == 9, "it is not ours to end"


def test_a_broken_executor_of_others_is_an_error_of_ours(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, get_context("spawn")) as executor, Crew(2, executor) as crew:
        for _ in range(2):  # while it breaks, and when it is broken
            with pytest.raises(WorkLost, match="its worker was killed"):
                list(crew.each(tasks.deadly, ((number, tmp_path, 99) for number in range(8))))


# Who runs the tests in the background ignores what a terminal sends, and so would those that they start.
PARENT = """
import signal, sys, pathlib, crew_tasks
signal.signal(signal.SIGINT, signal.default_int_handler)
from mandate_graph.crew import Crew
with Crew(2) as crew:
    list(crew.each(crew_tasks.slow, ((number, pathlib.Path(sys.argv[1])) for number in range(1, 9))))
"""


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_who_gave_it_work(way: signal.Signals, tmp_path: Path) -> None:
    there = unwatched() | {"PYTHONPATH": str(Path(tasks.__file__).parent)}
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], env=there, stderr=subprocess.PIPE, start_new_session=True
    )
    with parent:
        until(lambda: len(takers(tmp_path)) == 2, "two workers at work")
        pids = [pid for each in takers(tmp_path).values() for pid in each]
        if way == signal.SIGINT:  # as a terminal does: to all of them
            os.killpg(parent.pid, way)
        else:
            parent.send_signal(way)
        assert parent.wait(ENOUGH) in {-way, 130}
        until(lambda: not any(map(alive, pids)), "an end of the workers")
    assert len(takers(tmp_path)) == 2, "nothing was begun anew"


def test_a_crew_that_ends_early_ends_who_is_at_work(tmp_path: Path) -> None:
    with pytest.raises(LookupError), Crew(2) as crew:  # noqa: PT012
        assert next(crew.each(tasks.slow, ((number, tmp_path) for number in range(9)))) == 0
        until(lambda: len(takers(tmp_path)) >= 3, "two workers at work")
        raise LookupError
    assert not any(alive(pid) for pids in takers(tmp_path).values() for pid in pids)
    assert len(takers(tmp_path)) == 3
