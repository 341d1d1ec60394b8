"""Kill a fit at a random moment of a random epoch, in a fork of a warm process."""

import os
import random
import signal
import time

MOMENTS = random.Random(0)


def forked(fit, path, *, kill_in=None, seconds=0.0):
    """Run ``fit(path, on_epoch)`` in a fork; return its text, or None if it was killed.

    It is killed after a random part of `seconds` in the epoch `kill_in`.
    """
    (epochs, tell), (result, answer) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            text = fit(path, lambda *_: os.write(tell, b".") < 1)
            os.write(answer, text.encode())
            code = 0
        finally:
            os._exit(code)
    os.close(tell)
    os.close(answer)
    if kill_in is not None:
        for _ in range(kill_in):
            os.read(epochs, 1)
        time.sleep(MOMENTS.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    text = os.read(result, 10_000).decode()
    os.close(epochs)
    os.close(result)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit("the fit failed")
    return text if os.WIFEXITED(status) else None


def trials(fit, folder, *, kills, epochs):
    """Return what an uninterrupted fit ends with, and what each killed and resumed one does."""
    started = time.perf_counter()
    whole = forked(fit, folder / "whole")
    an_epoch = (time.perf_counter() - started) / epochs
    ends = []
    for kill in range(kills):
        path = folder / str(kill)
        if forked(fit, path, kill_in=MOMENTS.randrange(epochs), seconds=an_epoch) is None:
            ends.append(forked(fit, path))
    return {"whole": whole, "ends": ends}
