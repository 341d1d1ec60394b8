"""Whatever a source or a disk does, a clear error or a recovery, and never a bad array."""

import errno
import gzip
import hashlib
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import tracemalloc
import zipfile
import zlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import labkit.data
from labkit.data import cache, catalogue, content_hash, fetch, sources
from labkit.data.catalogue import Entry, File, Variant
from labkit.data.sources import Source

GOOD = b"1,2,3\n" * 100
GOOD_SHA = hashlib.sha256(GOOD).hexdigest()
LOADER = """\
import numpy as np
from labkit.types import Dataset, Split

def load(paths):
    text = "".join(paths[name].read_text() for name in sorted(paths))
    rows = np.array([line.split(",") for line in text.split()], float)
    return Dataset(Split(rows, np.zeros(len(rows))))
"""
ROWS = np.tile([1.0, 2.0, 3.0], (100, 1))
CONTENT = content_hash((ROWS, np.zeros(100)), None, None)


@pytest.fixture(autouse=True)
def a_place_of_its_own(tmp_path, monkeypatch):
    """Give each test an empty cache, a loader module `csv_loader` and no mirror."""
    for name in ("LABKIT_MIRROR", "LABKIT_PROFILE", "LABKIT_RECORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "csv_loader.py").write_text(LOADER)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield
    sys.modules.pop("csv_loader", None)


class Site:
    """A web server on the loopback interface; `pages` maps a path to bytes or to a function."""

    def __init__(self):
        self.pages, self.asked = {}, []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(self.path)
                page = site.pages.get(self.path, 404)
                if callable(page):
                    return page(self)
                if isinstance(page, int):
                    return self.send_error(page)
                self.send_response(200)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = self.server.serve_forever
        threading.Thread(target=serve, args=(0.02,), daemon=True).start()


@pytest.fixture
def site():
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def declare(monkeypatch):
    """Return a function that puts a data set into the catalogue for this test."""

    def put(*places, sha256=GOOD_SHA, content=CONTENT, variants=(), id="toy", **row):
        file = File("toy.csv", sha256=sha256, sources=tuple(Source(*place) for place in places))
        variants = variants or ((Variant("csv_loader:load", (file,)),) if places else ())
        entry = Entry(id, "Toy", "CC0", True, "none", "100 × 3", variants=variants, content=content)
        monkeypatch.setitem(catalogue.CATALOGUE, id, replace(entry, **row))
        return replace(entry, **row)

    return put


def cached_files():
    folder = cache.cache_dir()
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def only(rows):
    ((_, path, source),) = rows
    assert path.read_bytes() == GOOD
    return source


def truncated(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    handler.wfile.write(GOOD[:50])


def redirect(handler):
    handler.send_response(302)
    handler.send_header("Location", "/good")
    handler.end_headers()


def silent(handler):
    time.sleep(1.5)


# A file by URL


def test_a_good_file_is_fetched_once_and_then_comes_from_the_cache(site, declare):
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"))
    assert only(fetch.fetch("toy")) == only(fetch.fetch("toy")) == f"url {site.url}/good"
    assert site.asked == ["/good"]
    assert fetch.fetch_file("toy", "toy.csv").read_bytes() == GOOD
    with pytest.raises(KeyError, match=r"toy\.csv"):
        fetch.fetch_file("toy", "other.csv")


def test_a_redirect_is_followed(site, declare):
    site.pages |= {"/good": GOOD, "/old": redirect}
    declare(("url", f"{site.url}/old"))
    only(fetch.fetch("toy"))


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"wrong", r"expected sha256 \w+, got \w+ \(5 bytes\); file discarded"),
        (GOOD[:-1] + b"4", "file discarded"),
        (b"", "file discarded"),
        (truncated, ""),
        (500, "500"),
        (404, "404"),
        (silent, "timed out"),
    ],
)
def test_a_bad_source_is_passed_over_and_its_reason_kept(site, declare, monkeypatch, page, reason):
    monkeypatch.setattr(sources, "URL_TIMEOUT", 0.5)
    site.pages |= {"/bad": page, "/good": GOOD}
    declare(("url", f"{site.url}/bad"))
    with pytest.raises(ConnectionError, match=rf"(?s)url {site.url}/bad: toy.csv: .*{reason}") as e:
        fetch.fetch("toy")
    for way_out in ("labkit data fetch toy", "LABKIT_MIRROR", "LABKIT_PROFILE=quick"):
        assert way_out in str(e.value)
    assert cached_files() == ["toy/.lock"]
    declare(("url", f"{site.url}/bad"), ("url", f"{site.url}/good"))
    assert only(fetch.fetch("toy")) == f"url {site.url}/good"


def test_a_dead_host_is_passed_over(site, declare):
    site.pages["/good"] = GOOD
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as gone:
        port = gone.server_port
    declare(("url", f"http://127.0.0.1:{port}/x"), ("url", f"{site.url}/good"))
    assert only(fetch.fetch("toy")) == f"url {site.url}/good"


def test_a_starter_is_never_a_source_of_the_real_set(declare, monkeypatch):
    monkeypatch.setenv("LABKIT_PROFILE", "full")
    declare(starter=True)
    with pytest.raises(ConnectionError, match="bundled sample only"):
        labkit.data.load("toy")


# The mirror


def test_a_mirror_folder_is_tried_before_every_other_source(site, declare, tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "t.csv").write_bytes(GOOD)
    declare(("url", f"{site.url}/good"), ("mirror", "t.csv"))
    assert only(fetch.fetch("toy")) == "mirror t.csv"
    assert site.asked == []


def test_a_mirror_may_be_a_url(site, declare, monkeypatch):
    monkeypatch.setenv("LABKIT_MIRROR", f"{site.url}/class/")
    site.pages["/class/t.csv"] = GOOD
    declare(("mirror", "t.csv"))
    assert only(fetch.fetch("toy")) == "mirror t.csv"


def test_a_copy_of_a_cache_serves_as_a_mirror(site, declare, tmp_path, monkeypatch):
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"))
    fetch.fetch("toy")
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path / "cache"))
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "other"))
    assert only(fetch.fetch("toy")) == "mirror toy/toy.csv"
    assert site.asked == ["/good"]


def test_a_wrong_file_in_the_mirror_is_not_believed(site, declare, tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path))
    (tmp_path / "t.csv").write_bytes(b"wrong")
    site.pages["/good"] = GOOD
    declare(("mirror", "t.csv"), ("url", f"{site.url}/good"))
    assert only(fetch.fetch("toy")) == f"url {site.url}/good"


def test_without_a_mirror_the_error_says_that_none_is_set(declare):
    declare(("mirror", "t.csv"))
    with pytest.raises(ConnectionError, match=r"mirror t.csv: toy.csv: LABKIT_MIRROR is not set"):
        fetch.fetch("toy")


# The cache


@pytest.mark.parametrize("keep_stamp", [True, False])
def test_a_changed_cached_file_is_noticed_and_fetched_again(site, declare, keep_stamp):
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"))
    ((_, path, _),) = fetch.fetch("toy")
    path.write_bytes(GOOD[:-2])
    if not keep_stamp:
        path.with_name(".toy.csv.json").unlink()
    only(fetch.fetch("toy"))
    assert len(site.asked) == 2


def test_a_cached_file_gives_way_when_the_catalogue_names_another_hash(site, declare):
    site.pages |= {"/old": b"4,5,6\n", "/good": GOOD}
    old = hashlib.sha256(b"4,5,6\n").hexdigest()
    declare(("url", f"{site.url}/old"), sha256=old)
    fetch.fetch("toy")
    declare(("url", f"{site.url}/good"))
    assert only(fetch.fetch("toy")) == f"url {site.url}/good"


def flip_unseen(path):
    """Change a byte and keep the size and the time, as a failing disk does."""
    state, content = path.stat(), bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_verify_finds_and_discards_a_file_that_rotted_unseen(site, declare):
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"))
    ((_, path, _),) = fetch.fetch("toy")
    row = {"file": "toy/toy.csv", "ok": True, "expected": GOOD_SHA, "got": GOOD_SHA}
    assert fetch.verify("toy") == [row]
    flip_unseen(path)
    (row,) = fetch.verify("toy")
    assert not row["ok"]
    assert row["got"] != GOOD_SHA
    assert not path.exists()
    assert fetch.verify("toy") == []


def test_load_never_gives_the_arrays_of_a_file_that_rotted_unseen(site, declare):
    site.pages["/good"] = GOOD
    entry = declare(("url", f"{site.url}/good"))
    ((_, path, _),) = fetch.fetch("toy")
    flip_unseen(path)
    assert (fetch.read(entry).train.x == ROWS).all()
    assert len(site.asked) == 2


def test_right_files_that_give_other_arrays_are_an_error(site, declare):
    site.pages["/good"] = GOOD
    entry = declare(("url", f"{site.url}/good"), content="0" * 64)
    with pytest.raises(ValueError, match=f"expected the arrays of 'toy'.*{CONTENT}"):
        fetch.read(entry)
    assert len(site.asked) == 1


def test_what_a_killed_run_left_is_swept_away(site, declare):
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"))
    stale = cache.cache_dir() / "toy" / ".part-x"
    stale.mkdir(parents=True)
    (stale / "toy.csv").write_bytes(b"half")
    only(fetch.fetch("toy"))
    assert cached_files() == ["toy/.lock", "toy/.toy.csv.json", "toy/toy.csv"]


@pytest.mark.parametrize("step", ["copyfile", "replace"])
def test_a_full_disk_is_a_clear_error_and_leaves_nothing_behind(
    step, declare, tmp_path, monkeypatch
):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "t.csv").write_bytes(GOOD)
    monkeypatch.setenv("LABKIT_MIRROR", str(tmp_path))
    monkeypatch.setattr(*{"copyfile": (shutil, step), "replace": (os, step)}[step], full)
    declare(("mirror", "t.csv"), ("mirror", "t.csv"))
    with pytest.raises(OSError, match="is full; set LABKIT_CACHE") as e:
        fetch.fetch("toy")
    assert e.value.errno == errno.ENOSPC
    assert cached_files() == ["toy/.lock"]


def test_a_write_that_fails_halfway_is_a_clear_error(site, declare, tmp_path):
    site.pages["/big"] = bytes(1_000_000)
    script = f"""
import resource
from labkit.data import catalogue, fetch
from labkit.data.sources import Source
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
file = catalogue.File("toy.csv", "{GOOD_SHA}", (Source("url", "{site.url}/big"),))
variants = (catalogue.Variant("csv_loader:load", (file,)),)
catalogue.CATALOGUE["toy"] = catalogue.Entry("toy", "", "", True, "", "", variants=variants)
try:
    fetch.fetch("toy")
except OSError as error:
    print(error)
"""
    assert "is full; set LABKIT_CACHE" in python(script, tmp_path).stdout
    assert cached_files() == ["toy/.lock"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_a_cache_that_cannot_be_written_is_a_clear_error_and_can_still_be_read(
    site, declare, monkeypatch
):
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"))
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("LABKIT_CACHE", folder)
        only(fetch.fetch("toy"))
        declare(("url", f"{site.url}/good"), id="toy2")
        Path(folder).chmod(0o555)
        (Path(folder) / "toy").chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            only(fetch.fetch("toy"))
            with pytest.raises(PermissionError, match="cannot be written; set LABKIT_CACHE"):
                fetch.fetch("toy2")
        finally:
            if root:
                os.seteuid(0)
            Path(folder).chmod(0o755)
            (Path(folder) / "toy").chmod(0o755)


def python(script, tmp_path, **options):
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "modules")}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=env, text=True, capture_output=True, check=True, **options)


def test_two_processes_at_once_fetch_one_copy(site, declare, tmp_path):
    def slow(handler):
        time.sleep(1)
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(GOOD)

    site.pages["/slow"] = slow
    script = f"""
import pathlib, sys, time
from labkit.data import catalogue, fetch
from labkit.data.sources import Source
def variant(page):
    sources = (Source("url", "{site.url}/" + page),)
    file = catalogue.File(page + ".csv", "{GOOD_SHA}", sources)
    return catalogue.Variant("csv_loader:load", (file,))
variants = (variant("gone"), variant("slow"))
entry = catalogue.Entry("toy", "", "", True, "", "", variants=variants, content="{CONTENT}")
pathlib.Path("ready-" + sys.argv[1]).touch()
while not pathlib.Path("go").exists():
    time.sleep(0.01)
print(fetch.read(entry).hash)
"""
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "modules")}
    command = [sys.executable, "-W", "error", "-c", script]
    options = {"env": env, "cwd": tmp_path, "text": True, "stdout": subprocess.PIPE}
    runs = [subprocess.Popen([*command, str(n)], **options) for n in range(2)]
    while len(list(tmp_path.glob("ready-*"))) < 2 and all(run.poll() is None for run in runs):
        time.sleep(0.01)
    (tmp_path / "go").touch()
    assert [run.communicate(timeout=60)[0].strip() for run in runs] == [CONTENT, CONTENT]
    assert site.asked == ["/gone", "/slow"]


def test_a_lock_that_is_never_released_ends_in_a_clear_error(site, declare, monkeypatch):
    import filelock

    monkeypatch.setattr(fetch, "LOCK_TIMEOUT", 0.2)
    declare(("url", f"{site.url}/good"))
    (cache.cache_dir() / "toy").mkdir(parents=True)
    with (
        filelock.FileLock(cache.cache_dir() / "toy" / ".lock"),
        pytest.raises(TimeoutError, match=r"another process.*\.lock"),
    ):
        fetch.fetch("toy")


# Containers, and files whose sha256 nobody published


def idx(array):
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def npz(arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.fixture
def digits(site, declare):
    """Serve one small MNIST as .npz and as IDX, and return its two variants."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (20, 28, 28), dtype=np.uint8),
        "y_train": rng.integers(0, 10, 20, dtype=np.uint8),
        "x_test": rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
        "y_test": rng.integers(0, 10, 10, dtype=np.uint8),
    }
    site.pages["/mnist.npz"] = npz(arrays)
    site.pages["/other.npz"] = npz(arrays | {"y_test": 9 - arrays["y_test"]})
    names = {
        "x_train": "train-images-idx3-ubyte",
        "y_train": "train-labels-idx1-ubyte",
        "x_test": "t10k-images-idx3-ubyte",
        "y_test": "t10k-labels-idx1-ubyte",
    }
    for name, array in arrays.items():
        site.pages[f"/{names[name]}.gz"] = gzip.compress(idx(array))

    def variant(*files):
        return Variant(
            "labkit.data.images:load_mnist",
            tuple(File(f, sources=(Source("url", f"{site.url}/{f}"),)) for f in files),
        )

    return variant("mnist.npz"), variant(*(f"{name}.gz" for name in names.values()))


def test_both_containers_of_mnist_have_one_content_hash(digits, declare, tmp_path, monkeypatch):
    one, gzipped = digits
    first = fetch.read(declare(variants=(one,), content=""))
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path / "other"))
    second = fetch.read(declare(variants=(gzipped,), content=""))
    assert first.hash == second.hash
    assert (first.train.x == second.train.x).all()


def test_a_file_without_a_published_sha256_is_accepted_by_its_arrays(digits, declare, site):
    _, gzipped = digits
    content = fetch.read(declare(variants=(gzipped,), content="", id="probe")).hash
    entry = declare(variants=digits, content=content)
    assert fetch.read(entry).source == f"url {site.url}/mnist.npz"
    assert "toy/mnist.npz" in cached_files()


def test_arrays_with_another_hash_keep_the_file_out_and_the_next_container_is_tried(
    digits, declare, site
):
    _, gzipped = digits
    content = fetch.read(declare(variants=(gzipped,), content="", id="probe")).hash
    site.pages["/mnist.npz"] = site.pages["/other.npz"]
    dataset = fetch.read(declare(variants=digits, content=content))
    assert dataset.hash == content
    assert "toy/mnist.npz" not in cached_files()
    with pytest.raises(ConnectionError, match="expected the arrays of"):
        fetch.read(declare(variants=(gzipped,), content="0" * 64, id="wrong"))
    assert [name for name in cached_files() if name.startswith("wrong")] == ["wrong/.lock"]


# Packages, through clients that stand in for the real ones


@pytest.fixture
def client(tmp_path, monkeypatch):
    """Return a function that installs a fake package client, which delivers a given archive."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def install(name, archive=None, script='cp "$ARCHIVE" .'):
        log = tmp_path / "asked"
        monkeypatch.setenv("ARCHIVE", str(archive))
        (folder / name).write_text(f'#!/bin/sh\necho "$@" >> {log}\n{script}\n')
        (folder / name).chmod(0o755)
        return log

    return install


def tgz(path, **files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            (path.parent / name).write_bytes(content)
            archive.add(path.parent / name, f"package/{name}")
    return path


def test_a_member_is_read_out_of_an_npm_package(client, declare, tmp_path):
    log = client("npm", tgz(tmp_path / "p.tgz", data=GOOD))
    declare(("npm", "p@1.0", "package/data"))
    assert only(fetch.fetch("toy")) == "npm p@1.0"
    assert log.read_text().startswith("pack p@1.0 --ignore-scripts")
    assert cached_files() == ["toy/.lock", "toy/.toy.csv.json", "toy/toy.csv"]


def test_one_package_is_fetched_once_for_all_its_members(client, declare, tmp_path):
    log = client("npm", tgz(tmp_path / "p.tgz", a=GOOD[:300], b=GOOD[300:]))
    files = tuple(
        File(f"{m}.csv", hashlib.sha256(part).hexdigest(), (Source("npm", "p@1", f"package/{m}"),))
        for m, part in (("a", GOOD[:300]), ("b", GOOD[300:]))
    )
    entry = declare(variants=(Variant("csv_loader:load", files),))
    assert fetch.read(entry).hash == CONTENT
    assert len(log.read_text().splitlines()) == 1


def test_a_member_is_read_out_of_a_debian_package(client, declare, tmp_path):
    tgz(tmp_path / "data.tar.gz", data=GOOD)
    content = (tmp_path / "data.tar.gz").read_bytes()
    header = b"data.tar.gz".ljust(48) + str(len(content)).encode().ljust(10) + b"`\n"
    (tmp_path / "p.deb").write_bytes(b"!<arch>\n" + header + content)
    log = client("apt-get", tmp_path / "p.deb")
    declare(("apt", "p", "package/data"))
    assert only(fetch.fetch("toy")) == "apt p"
    assert log.read_text() == "download -q p\n"


def test_a_member_is_read_out_of_a_wheel_that_the_real_pip_finds_in_a_folder(
    declare, tmp_path, monkeypatch
):
    with zipfile.ZipFile(tmp_path / "toy_data-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("toy_data/toy.csv", GOOD)
        about = "Metadata-Version: 2.1\nName: toy-data\nVersion: 1.0\nRequires-Dist: nowhere\n"
        wheel.writestr("toy_data-1.0.dist-info/METADATA", about)
        wheel.writestr("toy_data-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("toy_data-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    declare(("pip", "toy-data==1.0", "toy_data/toy.csv"))
    assert only(fetch.fetch("toy")) == "pip toy-data==1.0"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo no such package >&2; exit 1", "exit code 1: no such package"),
        ('cp "$ARCHIVE" .; exit 3', "exit code 3"),
        ("exit 0", "no archive came"),
        ("sleep 5", "took more than 0.5 seconds"),
        ('printf nonsense > "p.tgz"', "damaged or truncated"),
        ('cp "$ARCHIVE" x.tgz', "none of that name"),
    ],
)
def test_a_client_that_fails_is_passed_over_with_its_reason(
    client, declare, site, tmp_path, monkeypatch, script, reason
):
    monkeypatch.setattr(sources, "CLIENT_TIMEOUT", 0.5)
    client("npm", tgz(tmp_path / "p.tgz", other=GOOD), script)
    site.pages["/good"] = GOOD
    declare(("npm", "p@1.0", "package/data"))
    with pytest.raises(ConnectionError, match=rf"npm p@1.0: toy.csv: .*{reason}"):
        fetch.fetch("toy")
    declare(("npm", "p@1.0", "package/data"), ("url", f"{site.url}/good"))
    assert only(fetch.fetch("toy")) == f"url {site.url}/good"


def test_a_client_that_fills_the_disk_is_a_full_disk(client, declare):
    client("npm", script="echo 'npm error ENOSPC: no space left on device' >&2; exit 1")
    declare(("npm", "p@1.0", "package/data"))
    with pytest.raises(OSError, match="is full"):
        fetch.fetch("toy")


@pytest.mark.parametrize("place", [("npm", "p@1", "m"), ("apt", "p", "m")])
def test_a_missing_client_is_a_source_skipped_with_its_reason(declare, monkeypatch, place):
    monkeypatch.setenv("PATH", "")
    declare(place)
    with pytest.raises(ConnectionError, match="is not installed"):
        fetch.fetch("toy")


def test_a_package_with_a_wrong_member_is_not_believed(client, declare, tmp_path):
    client("npm", tgz(tmp_path / "p.tgz", data=b"wrong"))
    declare(("npm", "p@1.0", "package/data"))
    with pytest.raises(ConnectionError, match="file discarded"):
        fetch.fetch("toy")
    assert cached_files() == ["toy/.lock"]


# load


def test_load_in_full_gives_the_real_set_says_so_and_records_it(
    site, declare, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(sys.modules["labkit.profile"], "_current", "full")
    monkeypatch.setenv("LABKIT_RECORD", str(tmp_path / "record"))
    site.pages["/good"] = GOOD
    declare(("url", f"{site.url}/good"), starter=True)
    dataset = labkit.data.load("toy")
    assert (dataset.id, dataset.title, dataset.licence) == ("toy", "Toy", "CC0")
    assert dataset.redistributable
    assert dataset.hash == CONTENT
    assert capsys.readouterr().out == f"toy: Toy (100 train) · CC0 · from url {site.url}/good\n"
    row = {"kind": "data", "id": "toy", "hash": CONTENT, "source": dataset.source}
    assert json.loads((tmp_path / "record").read_text()) == row


def test_load_in_quick_opens_no_socket_even_for_a_set_without_a_sample(declare, monkeypatch):
    def no_socket(*args, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(sys.modules["labkit.profile"], "_current", "quick")
    monkeypatch.setattr("socket.socket", no_socket)
    declare(("url", "http://127.0.0.1:9/x"), substitute="seeds")
    with pytest.raises(FileNotFoundError, match=r"load\('seeds'\).*LABKIT_PROFILE=full"):
        labkit.data.load("toy")
    assert labkit.data.load("seeds").source == "starter"


def test_a_sample_can_be_asked_for_in_full(monkeypatch):
    monkeypatch.setattr(sys.modules["labkit.profile"], "_current", "full")
    assert labkit.data.load("seeds", source="starter").source == "starter"
    with pytest.raises(ValueError, match="'starter', got 'web'"):
        labkit.data.load("seeds", source="web")


def test_nothing_is_recorded_unless_a_record_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.rglob("*"))
    labkit.data.load("seeds", source="starter")
    assert set(tmp_path.rglob("*")) == before


# ------------------------------------------------ the first lines of a table far larger than that
def collisions(rng, n):
    """Return n lines that look like HIGGS: a label and 28 numbers in scientific notation."""
    rows = [[rng.integers(2), *rng.normal(size=28)] for _ in range(n)]
    return "".join(",".join(f"{v:.18e}" for v in row) + "\n" for row in rows).encode()


class Endless:
    """A page that never ends: the same packed lines over and over, until the reader hangs up."""

    def __init__(self, text, *, level=6):
        self.text, self.level, self.sent = text, level, 0
        self.hung_up = threading.Event()

    def __call__(self, handler):
        handler.send_response(200)
        handler.end_headers()
        pack = zlib.compressobj(self.level, wbits=31)
        try:
            while self.sent < 300_000_000:
                part = pack.compress(self.text)
                handler.wfile.write(part)
                self.sent += len(part)
        except OSError:
            self.hung_up.set()


@pytest.fixture
def declare_higgs(site, monkeypatch):
    """Return a function: put HIGGS, the first lines of /HIGGS.csv.gz, into the catalogue."""

    def put(page, *, content, lines=7_500):
        site.pages["/HIGGS.csv.gz"] = page
        source = Source("url", f"{site.url}/HIGGS.csv.gz", lines=lines)
        variant = Variant("labkit.data.tabular:load_higgs", (File("H.csv", sources=(source,)),))
        item = replace(catalogue.entry("higgs"), variants=(variant,), content=content)
        monkeypatch.setitem(catalogue.CATALOGUE, "higgs", item)

    return put


def higgs_content(text):
    rows = np.loadtxt(text.decode().split(), delimiter=",")
    x, y = rows[:, 1:].round(3).astype(np.float32), rows[:, 0].astype(np.int64)
    return content_hash((x, y), None, None)


def test_of_an_endless_table_the_rows_asked_for_come_and_memory_stays_bounded(
    site, declare_higgs, monkeypatch
):
    monkeypatch.setenv("LABKIT_PROFILE", "full")
    some = collisions(np.random.default_rng(0), 500)
    page = Endless(some)
    declare_higgs(page, content=higgs_content(some * 15))
    tracemalloc.start()
    fetch.fetch_file("higgs", "H.csv")  # parses, too: the arrays' hash decides
    tracemalloc.reset_peak()
    sources.download(Source("url", f"{site.url}/HIGGS.csv.gz", lines=7_500), cache.cache_dir())
    peak = tracemalloc.get_traced_memory()[1] - tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert peak < 1_000_000, "the lines are 5 MB"
    assert page.hung_up.wait(10)
    assert page.sent < 60_000_000, "two readers hung up early"
    train = labkit.data.load("higgs").train
    assert train.x.shape == (7_500, 28)
    assert train.x[500:].tolist() == train.x[:-500].tolist()
    site.pages.clear()
    assert len(labkit.data.load("higgs", rows=100).train) == 100, "the cache has them"


def test_a_stream_of_other_rows_is_not_believed(declare_higgs):
    some = collisions(np.random.default_rng(0), 500)
    declare_higgs(Endless(some), content=higgs_content(some[:-3] + b"03\n"))
    with pytest.raises(ConnectionError, match="to have the hash"):
        fetch.fetch("higgs")
    assert cached_files() == ["higgs/.lock"]


PACKED = gzip.compress(collisions(np.random.default_rng(0), 100))


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (PACKED[: len(PACKED) // 2], "the stream broke after [0-9]+ lines: EOFError"),
        (flipped(PACKED, len(PACKED) // 2), "broke after [0-9]+ lines|CRC check failed"),
        (PACKED, "expected 101 lines, got 100 and the end of the file"),
        (b"<html>moved</html>", "Not a gzipped file"),
        (gzip.compress(b"1," * 3_000_000), "line 1 has no end in 100,000 bytes"),
        (404, "404"),
    ],
)
def test_a_stream_that_breaks_is_a_clear_error_and_nothing_enters_the_cache(
    declare_higgs, page, reason
):
    declare_higgs(page, content="", lines=101)
    with pytest.raises(ConnectionError, match=reason):
        fetch.fetch("higgs")
    assert cached_files() == ["higgs/.lock"]


def test_first_lines_are_for_urls_only():
    with pytest.raises(ValueError, match="lines only of a source of kind url"):
        Source("mirror", "x.gz", lines=3)
