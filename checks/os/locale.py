"""The languages that this machine is set to are there."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, warning
from techkit.readings.os import locales
from techkit.readings.os.locales import Locales


def probe(host: Host) -> Locales:
    """Compare the settings with what the C library has."""
    return locales.locales(host)


def judge(seen: Locales, _: None) -> Iterator[Finding]:
    """One finding for each locale that is set and not there, wherever it is set."""
    present = {locales.normal(name) for name in seen.present}
    missing = [setting for setting in seen.settings if locales.normal(setting.locale) not in present]
    for locale in dict.fromkeys(setting.locale for setting in missing):
        where = [setting for setting in missing if setting.locale == locale]
        language, charset = locales.parts(locale)
        facts: dict[str, Fact] = {
            "locale": locale,
            "files": tuple(dict.fromkeys(setting.file for setting in where)),
            "variables": tuple(dict.fromkeys(setting.variable for setting in where)),
        }
        if seen.sources is not None and language not in seen.sources:
            yield warning("unknown", locale, **facts)
        else:
            yield warning(
                "not_generated", locale, language=language, charset=charset, entry=f"{locale} {charset}", **facts
            )


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
