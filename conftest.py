"""Running labs with nbval: private kernels, quick deaths, first faults first, stubs on request.

Active only with ``--nbval`` or ``--nbval-lax``. Kernels talk over sockets in a private folder, so
labs run without any network interface and two workers never collide. After the first failing cell
of a notebook the rest of it is expected to fail and not run. With ``LABKIT_STUBS=1`` each exercise
stub runs too, and must fail its check with a hint.
"""

import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from queue import Empty

import pytest

_POLL = 1.0  # seconds between two looks at whether the kernel is alive


def pytest_configure(config):
    """Install the hooks below if notebooks are to be run."""
    option = config.option
    if not (getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)):
        return
    os.environ["LABKIT_PROFILE"] = os.environ.get("LABKIT_PROFILE") or "quick"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name, value in {
        "PYTHONHASHSEED": "0",
        "TQDM_DISABLE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }.items():
        os.environ.setdefault(name, value)
    if os.environ.get("LABKIT_RECORD"):  # kernels start in the notebook's folder
        os.environ["LABKIT_RECORD"] = str(Path(os.environ["LABKIT_RECORD"]).resolve())
    import nbval.kernel

    nbval.kernel.start_new_kernel = _start_kernel
    nbval.kernel.RunningKernel.get_message = _get_message
    config.pluginmanager.register(_Notebooks(), "labkit-notebooks")


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Mark the doctests of labkit's ..._torch and ..._keras modules: they load that framework."""
    for item in items:
        framework = item.path.stem.rpartition("_")[2]
        if isinstance(item, pytest.DoctestItem) and framework in ("torch", "keras"):
            item.add_marker(framework)


def _start_kernel(startup_timeout=60, kernel_name="python3", stderr=None, **kwargs):
    """Start a kernel on sockets in a folder of its own."""
    from jupyter_client.manager import KernelManager
    from nbval.kernel import NbvalKernelspecManager

    if stderr is not None:
        stderr.close()  # nbval opens the null device and never closes it
    folder = tempfile.TemporaryDirectory(prefix="nbval-")
    ipc = {"transport": "ipc", "ip": str(Path(folder.name, "k"))} if os.name == "posix" else {}
    manager = KernelManager(
        kernel_name=kernel_name, kernel_spec_manager=NbvalKernelspecManager(), **ipc
    )
    manager.folder = folder  # lives as long as the kernel
    manager.start_kernel(stderr=subprocess.DEVNULL, **kwargs)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=startup_timeout)
    except RuntimeError:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        raise
    return manager, client


def _get_message(self, stream, timeout=None):
    """Return the next message, and look every second whether the kernel still lives."""
    read = {"iopub": self.kc.get_iopub_msg, "shell": self.kc.get_shell_msg}[stream]
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        left = _POLL if end is None else max(0.0, min(_POLL, end - time.monotonic()))
        try:
            return read(timeout=left)
        except Empty:
            if not self.is_alive():
                raise RuntimeError(
                    "the kernel died while this cell ran; was the memory used up?"
                ) from None
            if end is not None and time.monotonic() >= end:
                raise


class _Notebooks:
    """Hooks for the cells of a notebook; other tests pass through untouched."""

    def pytest_collection_modifyitems(self, items):
        if os.environ.get("LABKIT_STUBS") == "1":
            for item in filter(_is_cell, items):
                if "exercise" in item.cell.metadata.get("tags", ()):
                    item.options.update(skip=False, check=False)
                    item.runtest = _StubMustFail(item)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        if _is_cell(item) and getattr(item.parent, "first_fault", None):
            pytest.xfail(f"{item.parent.first_fault} of this notebook failed")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if _is_cell(item) and report.failed and not hasattr(item.parent, "first_fault"):
            item.parent.first_fault = item.name
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item, nextitem):
        notebook = item.parent if _is_cell(item) else None
        result = yield
        if notebook is not None and (nextitem is None or nextitem.parent is not notebook):
            _clean_up(notebook.kernel)
        return result


class _StubMustFail:
    """Runs an exercise's stub and fails unless the stub fails its check with a hint."""

    def __init__(self, item):
        self.item, self.run = item, item.runtest

    def __call__(self):
        try:
            self.run()
        except Exception as error:
            told = re.sub(r"\x1b\[[0-9;]*m", "", str(getattr(error, "inner_traceback", "")))
            # The error's own line comes last; the lines of code above it say "Hint:" too.
            if "Hint:" in told.rpartition("\nCheckFailed:")[2] and "\nCheckFailed:" in told:
                return
            raise
        self.item.raise_cell_error("expected the stub to fail its check with a hint; it passed")


def _is_cell(item):
    return type(item).__name__ == "IPyNbCell"


def _clean_up(kernel):
    """Close what a kernel that died leaves open: nbval stops only living ones."""
    if kernel is not None and hasattr(kernel, "km") and not kernel.is_alive():
        kernel.kc.stop_channels()
        kernel.km.cleanup_resources()
