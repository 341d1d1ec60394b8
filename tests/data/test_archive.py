"""Archives of every kind give the same members, and no archive does any harm."""

import contextlib
import io
import stat
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.data.archive import extract, members

KINDS = ("zip", "tar", "tar.gz", "tar.xz", "deb")
names = st.from_regex(r"[a-z]{1,8}(/[a-z.]{0,3}[a-z]{1,8}){0,2}", fullmatch=True)
contents = st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=4)


def tar(files, mode="w:"):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()


def deb(data, name=b"data.tar.xz"):
    """Return a Debian package, with the odd-sized members that need a byte of padding."""
    parts = [(b"debian-binary", b"2.0\n"), (b"control.tar.xz", b"odd"), (name, data)]
    packed = b"!<arch>\n"
    for label, content in parts:
        header = label.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"100644".ljust(8)
        packed += header + str(len(content)).encode().ljust(10) + b"`\n" + content
        packed += b"\n" * (len(content) % 2)
    return packed


def pack(kind, files):
    if kind == "zip":
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return made.getvalue()
    if kind == "deb":
        return deb(tar({f"./{name}": content for name, content in files.items()}, "w:xz"))
    return tar(files, f"w:{kind[4:]}")


def contents_of(packed, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "archive")
        path.write_bytes(packed)
        return {name: file.read() for name, file in members(path, **options)}


@pytest.mark.parametrize("kind", KINDS)
@given(files=contents)
@settings(max_examples=20, deadline=None)
def test_members_gives_back_what_was_packed_in_every_kind_of_archive(kind, files):
    files = {n: c for n, c in files.items() if not any(o.startswith(f"{n}/") for o in files)}
    assert contents_of(pack(kind, files)) == files


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_archive_raises_value_error_and_nothing_else(kind, data):
    packed = bytearray(pack(kind, {"a/b.txt": b"hello world " * 20, "c": bytes(range(256))}))
    at = data.draw(st.integers(0, len(packed) - 1))
    if data.draw(st.booleans()):
        del packed[at:]
    else:
        packed[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(ValueError):
        contents_of(bytes(packed))


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz", "deb"])
def test_a_truncated_archive_never_yields_a_shortened_member(kind, tmp_path):
    content = bytes(range(256)) * 50
    packed = pack(kind, {"a": content})
    for cut in range(0, len(packed) - 1, max(1, len(packed) // 50)):
        (tmp_path / "archive").write_bytes(packed[:cut])
        target = tmp_path / "a"
        try:
            extract(tmp_path / "archive", {"a": target})
        except ValueError:
            continue
        assert target.read_bytes() == content


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "deb"])
@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:/evil", "a\\..\\evil"])
def test_a_name_that_leads_out_of_the_archive_is_refused(kind, name, tmp_path):
    packed = pack(kind, {name: b"x", "good": b"y"})
    if kind == "deb":
        packed = deb(tar({name: b"x", "good": b"y"}, "w:xz"))
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "archive").write_bytes(packed)
    with pytest.raises(ValueError, match="refusing the archive"):
        extract(folder / "archive", {"good": folder / "good", name: folder / "evil"})
    assert sorted(path.name for path in tmp_path.rglob("*")) in (
        ["archive", "inner"],
        ["archive", "good", "inner"],
    )


def test_links_in_a_tar_file_are_never_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, kind in (("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(secret)
            archive.addfile(info)
    (tmp_path / "archive").write_bytes(made.getvalue())
    for name in ("soft", "hard"):
        with pytest.raises(ValueError, match="regular files"):
            extract(tmp_path / "archive", {name: tmp_path / "out"})
    assert not (tmp_path / "out").exists()


def test_links_in_a_zip_file_are_never_followed(tmp_path):
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        info = zipfile.ZipInfo("soft")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ValueError, match="regular files"):
        extract(tmp_path / "archive", {"soft": tmp_path / "out"})


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz", "deb"])
def test_a_member_that_unpacks_to_more_than_the_limit_is_refused(kind):
    packed = pack(kind, {"bomb": bytes(3_000_000)})
    assert len(packed) < 20_000
    with pytest.raises(ValueError, match="at most 1,000,000 bytes"):
        contents_of(packed, limit=1_000_000)


def test_members_that_nobody_wants_cannot_unpack_beyond_the_limit_either(tmp_path):
    (tmp_path / "archive").write_bytes(pack("tar.gz", {"bomb": bytes(3_000_000), "good": b"x"}))
    with pytest.raises(ValueError, match="at most 1,000,000 bytes"):
        extract(tmp_path / "archive", {"good": tmp_path / "good"}, limit=1_000_000)


@pytest.mark.parametrize("kind", KINDS)
def test_extract_names_the_members_that_are_missing(kind, tmp_path):
    (tmp_path / "archive").write_bytes(pack(kind, {"a": b"1"}))
    with pytest.raises(ValueError, match=r"\['b'\]"):
        extract(tmp_path / "archive", {"a": tmp_path / "a", "b": tmp_path / "b"})


def test_a_package_compressed_with_zstd_is_refused_with_the_reason():
    with pytest.raises(ValueError, match="zstd"):
        contents_of(deb(b"\x28\xb5\x2f\xfd" + bytes(20), b"data.tar.zst"))


@pytest.mark.parametrize("packed", [b"", b"not an archive", b"!<arch>\nshort", bytes(2000)])
def test_a_file_that_is_no_archive_raises_value_error_or_has_no_members(packed, tmp_path):
    (tmp_path / "archive").write_bytes(packed)
    with pytest.raises(ValueError, match=r"damaged|none of that name"):
        extract(tmp_path / "archive", {"a": tmp_path / "a"})
