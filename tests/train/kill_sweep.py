"""Kill a sweep at random moments and resume it; called as ``python kill_sweep.py FOLDER KILLS``.

Prints JSON: the table of an uninterrupted sweep, and each killed and resumed one's, with its file.
"""

import json
import sys
import time
from pathlib import Path

import filelock  # noqa: F401
import joblib  # noqa: F401
import killing
import pandas as pd  # noqa: F401

from labkit.train import sweep


def run(path, on_run):
    """Sweep over eight settings in this process; return the table and the file's settings."""

    def square(x):
        on_run()
        time.sleep(0.001)
        return {"square": x * x, "many": list(range(200))}

    table = sweep(square, [{"x": x} for x in range(8)], path=path)
    lines = [json.loads(line)["setting"]["x"] for line in Path(path).read_text().splitlines()]
    return json.dumps([table[["x", "square"]].to_numpy().tolist(), sorted(lines)])


if __name__ == "__main__":
    found = killing.trials(run, Path(sys.argv[1]), kills=int(sys.argv[2]), epochs=8)
    print(json.dumps(found))
