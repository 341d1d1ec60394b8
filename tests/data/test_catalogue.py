"""The catalogue is complete, and says nothing that could not be checked."""

import importlib
import inspect
import re

import pytest
import yaml

from labkit.data import cache, catalogue
from labkit.data.catalogue import CATALOGUE, Entry, entry
from labkit.data.sources import Source
from labkit.data.starter import STARTER_IDS

REAL = [item for item in CATALOGUE.values() if item.variants]
FILES = [(i, v, f) for i in REAL for v in i.variants for f in v.files]
SHA256 = re.compile(r"[0-9a-f]{64}")
#: Pictures whose arrays depend on the JPEG decoder; and a set that was never within reach.
NO_CONTENT = {"cats_vs_dogs", "jena", "oxford_pets"}


@pytest.mark.parametrize("item", CATALOGUE.values(), ids=CATALOGUE)
def test_every_entry_says_what_a_reader_must_know(item):
    for text in (item.title, item.licence, item.citation, item.shape, item.homepage):
        assert isinstance(text, str)
        assert text
    assert isinstance(item.redistributable, bool)
    assert item.variants or item.starter
    assert bool(item.variants) == (item.size > 0)


@pytest.mark.parametrize("item", REAL, ids=lambda item: item.id)
def test_every_content_hash_is_pinned_but_for_the_known_exceptions(item):
    assert bool(SHA256.fullmatch(item.content)) == (item.id not in NO_CONTENT)


def test_every_file_is_checked_by_its_own_hash_or_by_its_arrays():
    unchecked = {i.id for i, _, file in FILES if not file.sha256 and not i.content}
    assert unchecked == {"jena"}
    assert all(SHA256.fullmatch(file.sha256) for _, _, file in FILES if file.sha256)


def test_every_loader_exists_and_takes_the_paths_of_files():
    for name in {variant.loader for item in REAL for variant in item.variants}:
        module, _, function = name.partition(":")
        loader = getattr(importlib.import_module(module), function)
        assert next(iter(inspect.signature(loader).parameters)) == "paths"


def test_no_two_files_of_a_data_set_share_a_name():
    for item in REAL:
        names = [file.name for variant in item.variants for file in variant.files]
        assert len(set(names)) == len(names), item.id
        assert not any(name.startswith(".") or "/" in name for name in names)


def test_every_package_is_pinned_and_read_by_member_while_a_mirror_has_the_file_itself():
    pinned = {"pip": r"[\w-]+==[\d.]+", "npm": r"(@[\w-]+/)?[\w-]+@[\d.]+", "apt": r"[\w-]+"}
    for _, _, file in FILES:
        assert file.sources
        for source in file.sources:
            if source.kind in pinned:
                assert re.fullmatch(pinned[source.kind], source.reference)
                assert source.member
                assert file.sha256, "packages differ between distributions; members are pinned"
            elif source.kind == "url":
                assert re.match("https?://", source.reference)
                assert source.reference.startswith("https://") or file.sha256
            else:
                assert source.kind == "mirror"
                assert not source.member


def test_no_file_is_a_pickle():
    assert not any(re.search(r"\.(pkl|pickle|pt|pth|joblib)\b", f.name) for _, _, f in FILES)
    assert not any(
        "imdb.npz" in str(s) or "reuters.npz" in str(s) for *_, f in FILES for s in f.sources
    )


def test_starter_says_which_sets_have_a_bundled_sample():
    assert {item.id for item in CATALOGUE.values() if item.starter} == set(STARTER_IDS)


def test_a_substitute_has_a_sample_and_stands_in_for_a_set_without_one():
    for item in CATALOGUE.values():
        if item.substitute:
            assert not item.starter
            assert entry(item.substitute).starter


def test_an_unknown_id_is_an_error_that_names_the_nearest():
    with pytest.raises(KeyError, match="did you mean 'fashion_mnist'"):
        entry("fashion-mnist")
    with pytest.raises(KeyError, match="labkit data list"):
        entry("§")


def test_an_unknown_field_or_kind_of_source_is_an_error():
    row = {"title": "", "licence": "", "redistributable": True, "citation": "", "shape": ""}
    assert catalogue._read(yaml.safe_dump({"a": row})) == {"a": Entry("a", "", "", True, "", "")}
    with pytest.raises(TypeError, match="colour"):
        catalogue._read(yaml.safe_dump({"a": row | {"colour": "red"}}))
    with pytest.raises(ValueError, match=r"kind.*'ftp'"):
        Source("ftp", "x")
    files = {"x": {"sources": [{"url": "u", "npm": "n"}]}}
    with pytest.raises(ValueError, match="one kind of place"):
        catalogue._read(yaml.safe_dump({"a": row | {"loader": "m:f", "files": files}}))


def test_status_lists_every_set_and_whether_it_is_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    rows = {row["id"]: row for row in catalogue.status()}
    assert list(rows) == list(CATALOGUE)
    assert list(rows["mnist"]) == ["id", "title", "size", "starter", "cached", "licence"]
    assert not any(row["cached"] for row in rows.values())
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_where_the_environment_says_or_else_the_systems_own(tmp_path, monkeypatch):
    monkeypatch.setenv("LABKIT_CACHE", str(tmp_path))
    assert cache.cache_dir() == tmp_path
    monkeypatch.delenv("LABKIT_CACHE")
    assert cache.cache_dir().name == "labkit"
