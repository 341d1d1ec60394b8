"""The environment wins over the lab, budgets follow, and unknown profiles are refused."""

import importlib

import pytest

import labkit
from labkit.profile import PROFILES, budget, current, profile, say


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.delenv("LABKIT_PROFILE", raising=False)
    monkeypatch.setattr(importlib.import_module("labkit.profile"), "_current", None)


def test_a_lab_that_chooses_nothing_is_quick(capsys):
    assert current() == "quick"
    assert labkit.profile() == "quick"
    assert capsys.readouterr().out.startswith("quick: small bundled samples")


@pytest.mark.parametrize("name", PROFILES)
def test_the_environment_wins_over_the_labs_choice(monkeypatch, capsys, name):
    monkeypatch.setenv("LABKIT_PROFILE", name)
    assert profile("quick") == profile("full") == current() == name
    assert capsys.readouterr().out.count(f"{name}: ") == 2


def test_an_empty_environment_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("LABKIT_PROFILE", "")
    assert profile("full") == "full"


def test_an_unknown_profile_is_refused_naming_where_it_came_from(monkeypatch):
    with pytest.raises(ValueError, match=r"from profile\(choice\), got 'fast'"):
        profile("fast")
    monkeypatch.setenv("LABKIT_PROFILE", "fast")
    for ask in (profile, current, lambda: budget(quick=1, full=2)):
        with pytest.raises(ValueError, match="from LABKIT_PROFILE, got 'fast'"):
            ask()


@pytest.mark.parametrize(("name", "expected"), [("quick", 1), ("full", 2), ("gpu", 3)])
def test_budget_picks_the_profiles_value(name, expected):
    profile(name)
    assert budget(quick=1, full=2, gpu=3) == expected


def test_gpu_takes_fulls_value_unless_it_has_its_own():
    profile("gpu")
    assert budget(quick=1, full=2) == 2
    assert budget(quick=1, full=2, gpu=0) == 0


def test_say_writes_one_line(capsys):
    say("hello")
    assert capsys.readouterr().out == "hello\n"
