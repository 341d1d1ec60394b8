"""Fixtures for tests in a browser: ``site``, the built book, and ``page``, a Playwright page.

Nothing here reaches the network: Chromium finds no host but the loopback.
Run these tests in a pytest process of their own (Playwright keeps an event loop running).
"""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
POLICY = "default-src 'self' 'unsafe-inline' data: blob:"


def missing(what):
    """Skip on a laptop, fail in CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what} is not installed")


@pytest.fixture(scope="session")
def chromium():
    """The path of Chromium; the variable CHROMIUM names another one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return found or missing("Chromium")


@pytest.fixture(scope="module")
def browser(chromium):
    """A headless Chromium, driven by Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("playwright")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", OFFLINE])
        yield started
        started.close()


@pytest.fixture(scope="module")
def open_page(browser):
    """A function that opens a page: ``open_page(dark=False, width=1280)``."""
    contexts = []

    def opened(*, dark=False, width=1280):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(browser):
    """A fresh page, 1280 pixels wide."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def newest(folder, patterns):
    """The time of the latest change of files under a folder."""
    found = (path for pattern in patterns for path in folder.glob(pattern) if path.is_file())
    return max((path.stat().st_mtime for path in found), default=0)


@pytest.fixture(scope="session")
def site():
    """The folder of the built book; built first if it is absent or older than its sources.

    The variable BOOK_SITE names a site that is built already.
    """
    if chosen := os.environ.get("BOOK_SITE"):
        return Path(chosen).resolve()
    html = ROOT / "_build" / "html"
    (ROOT / "_build").mkdir(exist_ok=True)
    with FileLock(ROOT / "_build" / ".book.lock"):
        built = html / "searchindex.js"
        sources = newest(ROOT, ("_*.yml", "book/**/*", "labs/**/*", "labkit/**/*.py"))
        if not built.exists() or built.stat().st_mtime < sources:
            command = [sys.executable, ROOT / "scripts/book.py", "--quiet"]
            told = {**os.environ, "EDITION": ""}
            done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            built.touch()
    return html


class _Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def serve():
    """A function that serves a folder on the loopback, forbidding everything from elsewhere."""
    servers = []

    def served(folder):
        handler = functools.partial(_Handler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield served
    for server in servers:
        server.shutdown()
        server.server_close()
