"""A checkpoint's file is whole at any moment, and tells which run it belongs to."""

import numpy as np
import pytest

from labkit.history import History
from labkit.train.checkpoint import Checkpoint, settings_of, write_whole


class Number(Checkpoint):
    """A run whose state is one number."""

    value = 0

    def write(self, file, notes):
        file.write(f"{self.value}\n{notes}".encode())

    def read(self):
        value, notes = self.path.read_text().split("\n")
        return notes, int(value)

    def restore(self, saved):
        self.value = saved


def test_a_write_that_breaks_leaves_the_old_file(tmp_path):
    path = tmp_path / "deep" / "state"
    write_whole(path, lambda file: file.write(b"old"))

    def full_disk(file):
        file.write(b"ne")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        write_whole(path, full_disk)
    assert path.read_bytes() == b"old"
    write_whole(path, lambda file: file.write(b"new"))  # over the leftover
    assert [p.name for p in path.parent.iterdir()] == ["state"]
    assert path.read_bytes() == b"new"


def test_state_history_and_settings_come_back(tmp_path):
    saved, history = Number(tmp_path / "n", {"seed": 1, "sizes": (2, 3)}), History([{"loss": 0.1}])
    saved.value = 7
    saved.save(history, stopped=True)
    again = Number(tmp_path / "n", {"seed": 1, "sizes": (2, 3)})
    assert again.load() == (history, True)
    assert again.value == 7


@pytest.mark.parametrize("other", [{"seed": 2}, {}, {"seed": 1, "more": None, "k": 3}])
def test_other_settings_are_refused_by_name_and_nothing_is_touched(tmp_path, other):
    Number(tmp_path / "n", {"seed": 1}).save(History())
    strange = Number(tmp_path / "n", other)
    strange.value = 5
    with pytest.raises(ValueError, match=r"differs in (seed: 1 there, (2|None)|k: None there, 3)"):
        strange.load()
    assert strange.value == 5


def test_begin_goes_on_only_if_asked_and_only_from_what_fits(tmp_path):
    saved, history = Number(tmp_path / "n", {}), History([{"epoch": 0}, {"epoch": 1}])
    assert saved.begin(5, resume=True) == (History(), 5)
    saved.save(history)
    assert saved.begin(5, resume=False) == (History(), 5)
    assert saved.begin(5, resume=True) == (history, 5)
    assert saved.begin(2, resume=True) == (history, 2)
    with pytest.raises(ValueError, match=r"at most 1 epochs in .*, got 2; ask for more"):
        saved.begin(1, resume=True)
    saved.save(history, stopped=True)
    assert saved.begin(5, resume=True) == (history, 2)


def test_without_a_path_nothing_is_written_and_nothing_resumed():
    saved = Number(None, {})
    saved.save(History())
    assert saved.begin(3, resume=False) == (History(), 3)
    with pytest.raises(ValueError, match="checkpoint=path with resume=True, got no path"):
        saved.begin(3, resume=True)


@pytest.mark.parametrize("text", ["", "1", "1\n{", '1\n{"history": []}', "x\n{}"])
def test_a_damaged_file_is_refused_with_a_way_out(tmp_path, text):
    (tmp_path / "n").write_text(text)
    with pytest.raises(ValueError, match="can't be read as one; delete it to start anew"):
        Number(tmp_path / "n", {}).load()
    with pytest.raises(FileNotFoundError):
        Number(tmp_path / "none", {}).load()


def test_settings_see_every_row_and_the_name_of_the_loss():
    x, y = np.zeros((3, 2)), np.arange(3)
    first = settings_of({"train": (x, y), "val": (x, y)}, loss_fn=np.linalg.norm, seed=1)
    assert first == settings_of({"train": (x, y), "val": (x, y)}, loss_fn=np.linalg.norm, seed=1)
    assert first["loss_fn"] == "norm"
    assert settings_of({"train": (x, y[::-1])}, loss_fn="mse")["train rows"] != first["train rows"]
    x[2, 1] = 1e-300
    assert settings_of({"train": (x, y)}, loss_fn="mse")["train rows"] != first["train rows"]
