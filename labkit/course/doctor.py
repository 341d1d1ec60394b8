"""``labkit doctor``: in plain words, whether labs can run here, and what to do if not."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import yaml

import labkit
from labkit.profile import PROFILES, say

_SECONDS = 12
_PROBES = {
    name: (probe["code"], probe["remedy"])
    for name, probe in yaml.safe_load(Path(__file__).with_name("probes.yml").read_text()).items()
}


class Finding(NamedTuple):
    """What was looked at, the remedy if there is trouble, and whether the trouble stops labs."""

    text: str
    remedy: str = ""
    stops: bool = False


def report() -> int:
    """Say each finding with its remedy; return 1 if labs could not run."""
    findings = examine()
    for each in findings:
        say(f"{'STOP' if each.stops else 'note' if each.remedy else 'ok  '}  {each.text}")
        if each.remedy:
            say(f"      → {each.remedy}")
    if any(each.stops for each in findings):
        say("some labs cannot run here yet: see STOP")
        return 1
    say("labs can run here" + ("; see the notes" if any(f.remedy for f in findings) else ""))
    return 0


def examine() -> list:
    """Return a list of Finding: Python, packages, frameworks, profile, memory, cache, data."""
    python = Finding(f"Python {sys.version.split()[0]}, labkit {labkit.__version__}")
    with ThreadPoolExecutor() as pool:  # a process each, at once: one broken breaks no other
        probes = pool.map(_probe, _PROBES)
        return [python, *probes, _profile(), _memory(), _cache(), _data()]


def _probe(name):
    code, remedy = _PROBES[name]
    command = [sys.executable, "-c", f"{code}import json; print(json.dumps([version, devices]))"]
    options = {"capture_output": True, "text": True, "timeout": _SECONDS}
    try:
        done = subprocess.run(command, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, **options)
    except subprocess.TimeoutExpired:
        return Finding(f"{name} did not start within {_SECONDS} s", "a busy machine? Try again")
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Finding(f"{name} cannot be imported: {why}", remedy, stops=True)
    version, devices = json.loads(done.stdout.splitlines()[-1])
    return Finding(f"{name} {version}: {', '.join(devices)}")


def _profile():
    name = os.environ.get("LABKIT_PROFILE") or "quick"
    if name in PROFILES:
        return Finding(f"profile: {name}")
    return Finding(f"LABKIT_PROFILE={name}", f"set it to one of {', '.join(PROFILES)}", stops=True)


def _memory():
    try:
        import psutil  # comes with ipykernel
    except ImportError:
        return Finding("memory: not told without psutil")
    free = psutil.virtual_memory().available / 2**30
    remedy = "close other programs; below 2 GB some labs are killed" if free < 2 else ""
    return Finding(f"memory: {free:.1f} GB free, {os.cpu_count()} cores", remedy)


def _cache():
    from labkit.data.fetch import cache_dir

    try:
        folder = Path(cache_dir())
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free / 2**30
    except OSError as error:
        text = f"cache: cannot write ({error}); quick labs run, full ones cannot"
        return Finding(text, "set LABKIT_CACHE to a folder of yours")
    remedy = "free some space, or set LABKIT_CACHE to another disk" if free < 3 else ""
    return Finding(f"cache: {folder}, {free:.1f} GB free", remedy)


def _data():
    from labkit.data.catalogue import status

    rows = status()
    starter, cached = (sum(bool(row[key]) for row in rows) for key in ("starter", "cached"))
    here = f"{starter} as starter samples, {cached} in the cache"
    mirror = os.environ.get("LABKIT_MIRROR", "none set")
    return Finding(f"data: {len(rows)} sets, {here}, mirror {mirror}")
