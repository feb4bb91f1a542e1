"""One measured process: ``child.py WHO TASK FOLDER`` gets a task ready, does it, and prints its sample."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from measuring import timed


def main() -> None:
    """Measure one task of one peer, or of ours."""
    who, task, folder = sys.argv[1:]
    module = importlib.import_module(f"comparing.{'ours' if who == 'ours' else f'with_{who}'}")
    job = module.JOBS[task](Path(folder))
    timed(job.work, job.look)


if __name__ == "__main__":
    main()
