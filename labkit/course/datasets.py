"""``labkit data``: which sets there are, fetch them, check them."""

from labkit.profile import say


def list_sets() -> int:
    """Say a table of the catalogue: id, title, size, what is on this machine, licence."""
    import pandas as pd

    from labkit.data.catalogue import status

    say(pd.DataFrame(status()).to_string(index=False))
    return 0


def fetch_sets(ids) -> int:
    """Fetch sets into the cache; return 1 if one could not be had."""
    from labkit.data.fetch import fetch

    return _each(ids, fetch, "fetched")


def verify_sets(ids=()) -> int:
    """Check cached files against their hashes, all or those of some sets; return 1 if damaged."""
    from labkit.data.fetch import verify

    def check(id):
        damaged = [row["file"] for row in verify(id) or () if not row["ok"]]
        if damaged:
            raise ValueError(f"damaged and discarded: {', '.join(damaged)}; fetch the set again")

    return _each(ids or [None], check, "whole")


def _each(ids, do, done):
    from labkit.data.catalogue import entry

    for id in ids:
        id is None or entry(id)  # an unknown id stops before anything is fetched
    failed = 0
    for id in ids:
        try:
            do(id)
            say(f"{id or 'every cached set'}: {done}")
        except (OSError, RuntimeError, ValueError) as error:
            failed = 1
            say(f"{id or 'data'}: {error}")
    return failed
