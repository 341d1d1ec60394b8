"""The content hash sees types, shapes and values, and nothing else."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labkit.data.hashes import content_hash, file_sha256
from labkit.types import Dataset, Split

arrays = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_, "U3", "M8[s]"]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
nested = st.recursive(st.text(max_size=3) | st.none(), lambda s: st.lists(s, max_size=3))


@settings(deadline=None)
@given(arrays)
def test_the_hash_ignores_byte_order_and_memory_layout(x):
    assert content_hash(x) == content_hash(x.copy(order="F"))
    assert content_hash(x) == content_hash(x.astype(x.dtype.newbyteorder(">")))
    assert content_hash(x) == content_hash(np.stack([x, x], axis=-1)[..., 0])


@settings(deadline=None)
@given(arrays, arrays)
def test_different_types_shapes_or_bytes_have_different_hashes(x, y):
    same = x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes()
    assert (content_hash(x) == content_hash(y)) == same


@settings(deadline=None)
@given(nested, nested)
def test_sequences_are_told_apart_from_their_elements(a, b):
    assert (content_hash(a) == content_hash(b)) == (a == b)


def test_text_is_not_bytes_and_none_is_not_empty():
    parts = ["ab", b"ab", None, [], np.array([]), ["ab"], ["a", "b"], "", 1, 1.0]
    assert len({content_hash(part) for part in parts}) == len(parts)


def test_the_hash_stays_what_it_was_when_the_catalogue_was_written():
    split = Split(np.arange(6, dtype=np.float32).reshape(3, 2), np.arange(3))
    first = b"sequence 2;array <f4 (3, 2);" + split.x.tobytes()
    first += b"array <i8 (3,);" + split.y.tobytes()
    expected = hashlib.sha256(first + b"none;" + b"none;").hexdigest()
    assert content_hash(*Dataset(split)) == expected


def test_python_objects_are_refused():
    for part in (object(), np.array([object()], dtype=object)):
        with pytest.raises(TypeError, match="got object"):
            content_hash(part)


def test_file_sha256_is_that_of_the_bytes(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")
    assert file_sha256(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()
