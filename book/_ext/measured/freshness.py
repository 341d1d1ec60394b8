"""Rebuild the pages, and only those, whose numbers have changed.

Sphinx follows files a page depends on, but not files that did not exist when it was read. So each
page notes a hash of what it showed, id by id, and is read again when one of them differs.
"""


def note_use(env, key):
    """Remember that the page being read shows an id, or everything (``*``)."""
    _uses(env).setdefault(env.docname, {})[key] = env.app.measured.digest(key)


def _uses(env):
    if not hasattr(env, "measured_uses"):
        env.measured_uses = {}
    return env.measured_uses


def _outdated(app, env, added, changed, removed):
    gone = added | changed | removed
    return sorted(
        page
        for page, shown in _uses(env).items()
        if page not in gone and any(app.measured.digest(key) != old for key, old in shown.items())
    )


def _purge(app, env, docname):
    _uses(env).pop(docname, None)


def _merge(app, env, docnames, other):
    uses, others = _uses(env), getattr(other, "measured_uses", {})
    uses.update({name: others[name] for name in docnames if name in others})


def _bibliographies(app, env):
    """Write the list of references anew after any change: a page may cite another paper now."""
    return {key.docname for key in env.get_domain("cite").bibliographies}


def setup(app):
    """Connect to the life of the environment."""
    app.connect("env-updated", _bibliographies)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
