"""The apps of the Store, and those that Start and Settings are made of, can be used."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, critical, info, warning
from techkit.readings.software import store_apps
from techkit.readings.software.store_apps import App

HARMED = {"Modified", "DependencyIssue", "NeedsRemediation"}


def probe(host: Host) -> tuple[App, ...]:
    """Ask Windows which packages cannot be used."""
    return store_apps.troubled(host)


def judge(seen: tuple[App, ...], _: None) -> Iterator[Finding]:
    """Start and Settings hurt at once; the others hurt whoever opens them, often many for one reason."""
    tampered = [app for app in seen if "Tampered" in app.states]
    absent = [app for app in seen if "Absent" in app.states]
    desktop = [app for app in seen if app.desktop and app not in tampered and app not in absent]
    others = [app for app in seen if app not in tampered and not app.desktop]
    harmed = [app for app in others if HARMED & set(app.states)]
    unlicensed = [app for app in others if "LicenseIssue" in app.states and app not in harmed]
    if desktop:
        yield critical("desktop_harmed", desktop[0].name, **_facts(desktop))
    if absent:
        yield critical("desktop_absent", absent[0].name, **_facts(absent))
    if tampered:
        yield warning("tampered", tampered[0].name, **_facts(tampered))
    if harmed:
        yield warning("harmed", harmed[0].name, **_facts(harmed))
    if unlicensed:
        yield warning("unlicensed", unlicensed[0].name, **_facts(unlicensed))
    if away := [app for app in others if app not in harmed and app not in unlicensed]:
        yield info("unavailable", away[0].name, **_facts(away))


def _facts(apps: list[App]) -> dict[str, Fact]:
    states = {state for app in apps for state in app.states}
    return {"app": apps[0].name, "apps": tuple(app.name for app in apps), "states": tuple(sorted(states))}


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
