"""The command line ``labkit``: look after the labs, the data and the copy of the course."""

import argparse
from importlib import import_module
from pathlib import Path

from labkit.profile import PROFILES, say


def main(argv=None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : list of str, optional
        The words after ``labkit``; by default those of the command line.

    Returns
    -------
    int
        0 if all went well, 1 if something is wrong (said in words); argparse exits with 2.
    """
    options = vars(_parser().parse_args(argv))
    module, function = options.pop("do").split(":")
    try:
        return getattr(import_module(f"labkit.course.{module}"), function)(**options)
    except (LookupError, OSError, RuntimeError, ValueError) as error:
        plain = isinstance(error, KeyError) and error.args  # str() of a KeyError adds quotes
        say(f"labkit: {error.args[0] if plain else error}")
        return 1


def _parser():
    """Return the parser; each command names the function that gets its options as keywords."""
    parser = argparse.ArgumentParser(prog="labkit", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name, do, help, *, to=commands, several=None, **positionals):
        made = to.add_parser(name, help=help, description=help)
        made.set_defaults(do=do)
        for argument, kind in positionals.items():
            made.add_argument(argument, metavar=argument.upper(), type=kind)
        if several:
            made.add_argument(several[0], metavar=several[0][:-1].upper(), nargs=several[1])
        return made

    command("doctor", "doctor:report", "say in plain words whether labs can run here")
    data = commands.add_parser("data", help="list, fetch or verify data sets")
    to = data.add_subparsers(metavar="list|fetch|verify", required=True)
    command("list", "datasets:list_sets", "what there is, and what is here", to=to)
    command("fetch", "datasets:fetch_sets", "fetch into the cache", to=to, several=("ids", "+"))
    command("verify", "datasets:verify_sets", "check the cached", to=to, several=("ids", "*"))
    run = command("run", "run:run", "run labs and write their results", several=("labs", "*"))
    run.add_argument("--all", action="store_true", help="every lab and every solution")
    run.add_argument("--no-write", action="store_true", help="leave every file as it is")
    command("stale", "stale:report", "which labs changed since their run", several=("labs", "*"))
    help = "rerun what an id needs, and say published, committed and yours"
    again = command("reproduce", "reproduce:reproduce", help, id=str)
    for made in (run, again):
        made.add_argument("--profile", choices=PROFILES, default="quick")
    help = "compare recorded quick rows (the file LABKIT_RECORD named) with the committed ones"
    command("compare", "reproduce:drift", help, file=Path, several=("labs", "*"))
    command("set-repository", "repository:set_repository", "write the address everywhere", url=str)
    help = "write a chapter and its lab, to be filled in; every test passes at once"
    command("new-week", "scaffold:new_week", help, number=int, topic=str)
    command("student", "student:student", "copy the course without its solutions", out=Path)
    return parser
