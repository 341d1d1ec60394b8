import functools
import http.server
import importlib.util
import threading
from pathlib import Path

import pytest

from labkit.data.catalogue import CATALOGUE

SCRIPT = Path(__file__).parents[2] / "scripts" / "hosts.py"
spec = importlib.util.spec_from_file_location("hosts", SCRIPT)
hosts = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hosts)


@pytest.fixture
def server(tmp_path):
    (tmp_path / "data.npz").write_bytes(b"x")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as http_server:
        thread = threading.Thread(target=http_server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http_server.server_port}"
        http_server.shutdown()
        thread.join()


def test_a_file_that_is_there_gets_no_complaint(server):
    assert hosts.answer(f"{server}/data.npz") == ""


def test_a_missing_file_and_a_dead_host_are_named(server):
    assert hosts.answer(f"{server}/other.npz") == "HTTP 404"
    assert hosts.answer("http://127.0.0.1:9/data.npz", timeout=2) == "ConnectionError"


def test_every_public_address_of_the_catalogue_is_asked():
    places = hosts.addresses(CATALOGUE)
    assert set(places.values()) >= {"mnist", "cifar10", "california", "time_machine"}
    assert all(place.startswith(("http://", "https://")) for place in places)
