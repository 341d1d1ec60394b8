"""Ask every public host of the data catalogue whether it still has our files.

``python scripts/hosts.py`` prints a line for each address and exits with 1 if one is gone. Package
registries, mirrors and the data themselves are not asked for: nothing is downloaded.
"""

import sys

import requests

from labkit.data.catalogue import CATALOGUE


def addresses(catalogue=CATALOGUE):
    """Return {address: data set id} for each source of the kind url."""
    return {
        source.reference: item.id
        for item in catalogue.values()
        for variant in item.variants
        for file in variant.files
        for source in file.sources
        if source.kind == "url"
    }


def answer(address, *, timeout=20):
    """Return "" if the host has the file, else what went wrong."""
    try:
        reply = requests.head(address, allow_redirects=True, timeout=timeout)
    except requests.RequestException as error:
        return type(error).__name__
    return "" if reply.ok else f"HTTP {reply.status_code}"


def main():
    """Ask each host and print what it said."""
    places = addresses()
    faults = {place: answer(place) for place in places}
    for place, fault in faults.items():
        print(f"{'gone' if fault else 'here'}  {places[place]:16} {place} {fault}".rstrip())
    sys.exit(any(faults.values()))


if __name__ == "__main__":
    main()
