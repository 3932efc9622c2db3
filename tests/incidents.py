"""One rich incident, made by hand: every part that a report can show, hostile text among it."""

from __future__ import annotations

import msgspec

from techkit.model import (
    Cause,
    Consequence,
    Finding,
    Gap,
    Incident,
    Machine,
    Moment,
    Outcome,
    Page,
    Private,
    Reason,
    Remedy,
    Result,
    Severity,
    Step,
)

HOSTILE = "<script>alert(1)</script> [red]*x*[/red] \x1b[2J | `code`\nnew line"


def _page(title: str, russian: str, *, remedy: tuple[Remedy, ...] = ()) -> Page:
    return Page(
        title={"en": title, "ru": russian},
        why={
            "en": "Websites do not open because the server that finds them by name is silent. Your computer is fine.",
            "ru": "Сайты не открываются, потому что молчит сервер, который находит их по именам. Компьютер в порядке.",
        },
        evidence={"en": "{sent:number} of {sent:number} queries unanswered.", "ru": "Без ответа: {sent:number}."},
        again={"linux": "dig @{subject} example.com", "windows": "nslookup example.com {subject}"},
        remedy=remedy,
    )


BY_HAND = Remedy(
    id="router",
    title={"en": "Restart the router", "ru": "Перезапустить роутер"},
    step=(
        Step(en="Unplug the router and wait 10 seconds.", ru="Выключите роутер из розетки и подождите 10 секунд."),
        Step(en="Plug it in again.", ru="Включите его снова."),
    ),
    done={"en": "It worked if a website opens.", "ru": "Получилось, если сайт открылся."},
)
AUTOMATIC = Remedy(
    id="restart-service",
    title={"en": "Restart {unit}", "ru": "Перезапустить {unit}"},
    step=(
        Step(
            en="Restart {unit}.", ru="Перезапустите {unit}.", do="service", args={"unit": "{unit}", "state": "running"}
        ),
    ),
    done={"en": "It worked if names resolve.", "ru": "Получилось, если имена находятся."},
    risk="low",
    admin=True,
    drops_network=True,
)


def rich() -> Incident:
    """Two causes with consequences, a note, a muted finding, gaps of every kind, an unreadable page."""
    silent = Finding(
        "network.dns.silent",
        Severity.CRITICAL,
        "10.0.0.53",
        {"address": "10.0.0.53", "sent": 3, "unit": "resolver.service"},
    )
    low = Finding("disk.space.low", Severity.WARNING, HOSTILE, {"volume": HOSTILE, "free": 2_254_857_830, "sent": 1})
    stale = Finding("antivirus.signatures.old", Severity.WARNING, "ClamAV", {"sent": 6})
    note = Finding("antivirus.presence.none", Severity.INFO, "PC-17", {"sent": 0})
    mine = Finding("os.release.ending", Severity.WARNING, "Debian 11", {"sent": 0})
    return Incident(
        techkit="0.1.0",
        machine=Machine("PC-17", "linux", "Debian GNU/Linux 12 (bookworm)", "client", elevated=False, person="alice"),
        started="2026-11-23T12:05:00+03:00",
        seconds=1.9,
        results=(
            Result("antivirus.presence", Outcome.FOUND, core=True, findings=(note,)),
            Result("antivirus.signatures", Outcome.FOUND, core=True, findings=(stale,)),
            Result("disk.health", Outcome.UNKNOWN, gaps=(Gap("/dev/sda", Reason.FORBIDDEN),)),
            Result("disk.readonly", Outcome.OK),
            Result("disk.space", Outcome.FOUND, core=True, findings=(low,), gaps=(Gap("/mnt/dead", Reason.TIMEOUT),)),
            Result("network.dns", Outcome.FOUND, core=True, findings=(silent,), seconds=1.2),
            Result("network.internet", Outcome.SKIPPED, core=True, blocked_by="network.dns.silent"),
            Result("network.proxy", Outcome.SKIPPED, gaps=(Gap("network.proxy", Reason.INAPPLICABLE),)),
            Result(
                "os.clock", Outcome.UNKNOWN, core=True, gaps=(Gap("os.clock", Reason.BROKEN, "ValueError: " + HOSTILE),)
            ),
            Result("os.release", Outcome.FOUND, core=True, findings=(mine,)),
        ),
        causes=(
            Cause(
                silent.code,
                silent.severity,
                silent.subject,
                silent.facts,
                remedies=("router", "restart-service"),
                consequences=(
                    Consequence("antivirus.signatures", "found", stale.code, stale.subject, stale.severity),
                    Consequence("network.internet", "not_checked"),
                ),
                also_possible=("network.portal.login",),
            ),
            Cause(low.code, low.severity, low.subject, low.facts),
        ),
        notes=(note,),
        muted=(mine,),
        pages={
            silent.code: _page(
                "The name server {address} does not answer",
                "Сервер имён {address} не отвечает",
                remedy=(BY_HAND, AUTOMATIC),
            ),
            low.code: msgspec.structs.replace(
                _page("{volume} is almost full: {free:bytes} left", "{volume} почти заполнен: осталось {free:bytes}"),
                why={
                    "en": "The disk has little room left. That can wait.",
                    "ru": "На диске мало места. Это не срочно.",
                },
            ),
            stale.code: _page("{subject}: signatures are {sent:days} old", "{subject}: базам уже {sent:days}"),
            note.code: _page("No antivirus is installed", "Антивирус не установлен"),
            mine.code: _page("{subject} is supported until August", "Поддержка {subject} кончается в августе"),
        },
        titles={"network.internet": {"en": "The internet is reachable", "ru": "Интернет доступен"}},
        timeline=(Moment("2026-11-23T09:05:00+00:00", "checked"),),
        private=(Private("host", "PC-17"), Private("person", "alice")),
        problems=("fixes/x/y/z.toml: no title",),
    )
