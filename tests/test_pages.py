"""What a page tells a person is true: its flags fit its words, and what it names can be found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conftest import ROOT

from techkit import catalogue, words
from techkit.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.model import Remedy

PAGES = catalogue.Catalogue((ROOT,))
ADMINISTRATOR = re.compile(
    r"""(?<!not[ ])\bas[ ](?:root|administrator|an[ ]administrator)\b | services\.msc | reg[ ](?:add|delete)[ ]
    | \bsystemctl[ ](?:start|stop|restart|reload|enable|disable|mask|unmask|set-property|daemon-reload)\b
    | \b(?:apt-get|apt|dnf|zypper)[ ](?:-|install|update|upgrade|remove|autoremove|reinstall) | pacman[ ]-S
    | dpkg[ ](?:-i|--configure) | journalctl[ ](?!--user|--disk-usage) | smartctl | lvextend | umount | mkswap | chown
    | swapon[ ](?!--show) | \bip[ ](?:link|route|rule)[ ](?:set|add|del) | \bnft[ ](?:insert|delete|add|list)
    | iptables[ ]- | sysctl[ ]--system | netsh[ ].*[ ](?:set|reset|add)\b | sc\.exe[ ](?:config|start|stop)
    | net[ ]user[ ].*[ ]/ | DISM[ ]/ | sfc[ ]/ | chkdsk[ ] | update-ca | timedatectl[ ]set | localectl[ ]set | visudo
    | fsck[ ] | btrfs[ ](?:filesystem[ ]mk|balance|scrub) | mknod""",
    re.VERBOSE,
)
RESTARTS = re.compile(r"[Rr]estart (?:the|this) computer|(?:and|then) restart\.?$|choose \"Restart")
STOPS = re.compile(r"[Rr]estart|[Ss]hut|[Ss]witch (?:the computer )?off|[Ss]tart (?:the computer|up)")
COMMAND = re.compile(
    r"(?:(?:Run|As root|As root run|Run as root)"
    r"|(?:Выполните|От имени root|От имени root выполните|Выполните от имени root)): (.+)"
)
SETTINGS = re.compile(r"ms-settings:[\w-]*")
KNOWN = {
    "ms-settings:activation", "ms-settings:appsfeatures", "ms-settings:dateandtime",
    "ms-settings:network-airplanemode", "ms-settings:network-cellular", "ms-settings:network-proxy",
    "ms-settings:network-status", "ms-settings:network-vpn", "ms-settings:network-wifi", "ms-settings:powersleep",
    "ms-settings:printers", "ms-settings:privacy-microphone", "ms-settings:privacy-webcam", "ms-settings:storagesense",
    "ms-settings:troubleshoot", "ms-settings:windowsupdate", "ms-settings:windowsupdate-history",
    "ms-settings:windowsupdate-optionalupdates",
}  # fmt: skip
"""Pages of the settings by address: the way there by words is another one in each version of Windows.

Source: learn.microsoft.com/windows/apps/develop/launch/launch-settings
"""


WINDOWS = re.compile(
    r"Windows Security\b|Event Viewer|Device Manager|Disk Management|This PC\b|[Cc]ontrol [Pp]anel"
    r"|Recycle Bin on the desktop|Choose Start|Безопасность Windows|Просмотр событий|Диспетчер устройств"
    r"|Управление дисками|Этот компьютер»|[Пп]анел[ьи] управления|Корзину на рабочем столе|[Нн]ажмите (?:кнопку )?«Пуск"
)
"""Windows of Windows by name, in both languages."""


def remedies() -> Iterator[tuple[str, Remedy, list[str]]]:
    """Every remedy with its name and the sentences of its steps."""
    for code in PAGES.codes():
        for remedy in PAGES.page(code).remedy:
            sentences = [part for step in remedy.step for part in re.split(r"(?<=\.)\s+", step.en)]
            yield f"{code} {remedy.id}", remedy, sentences


def test_what_needs_an_administrator_says_so() -> None:
    silent = [
        (name, sentence)
        for name, remedy, sentences in remedies()
        for sentence in sentences
        if not remedy.admin and ADMINISTRATOR.search(sentence)
    ]
    assert not silent


def test_what_restarts_the_computer_says_so_and_nothing_else_does() -> None:
    for name, remedy, sentences in remedies():
        always = [one for one in sentences if RESTARTS.search(one) and not re.search(r"\b[Ii]f\b|[Dd]o not", one)]
        assert remedy.reboot or not always, (name, always)
        assert not remedy.reboot or any(map(STOPS.search, sentences)), name


def test_pages_of_the_settings_of_windows_are_named_by_their_address() -> None:
    for name, remedy, sentences in remedies():
        told = [*sentences, *(step.ru for step in remedy.step)]
        assert {address for one in told for address in SETTINGS.findall(one)} <= KNOWN, name
        if remedy.systems == ("windows",):
            assert not [one for one in told if "pen Settings" in one or "Откройте «Параметры»" in one], name


def test_what_leads_to_a_window_of_windows_says_that_it_needs_a_desktop() -> None:
    silent, idle = [], []
    for name, remedy, _ in remedies():
        texts = [text for step in remedy.step if not step.do for text in step.text.values()]
        if "windows" in remedy.systems and not remedy.desktop and any(map(WINDOWS.search, texts)):
            silent.append(name)
        if remedy.desktop and not (texts and "windows" in remedy.systems):
            idle.append(name)
    assert (silent, idle) == ([], [])


def test_a_fact_in_a_command_for_linux_is_one_word_of_it() -> None:
    for name, remedy, _ in remedies():
        for step in remedy.step if remedy.systems == ("linux",) else ():
            for sentence in step.text.values():
                if told := COMMAND.match(sentence):
                    command = re.split(r", | followed| и далее", told[1])[0]
                    assert words.named(command) == catalogue.words_of(command), (name, command)


def test_everybody_is_told_in_the_same_way_how_to_see_that_it_worked() -> None:
    for name, remedy, _ in remedies():
        assert remedy.done["en"].startswith("It worked if "), name
        assert remedy.done["ru"].startswith("Получилось, если "), name


def test_evidence_leaves_the_command_to_its_own_place() -> None:
    for code in PAGES.codes():
        page = PAGES.page(code)
        assert not re.search(
            r"\b(?:Run: |Shown again|See it again)|Выполните|Увидеть снова", "".join(page.evidence.values())
        )


def test_a_question_that_a_fault_silences_is_one_of_the_doorway() -> None:
    named = {question for code in PAGES.codes() for question in PAGES.page(code).silences}
    assert named
    assert [question for question in named if not callable(getattr(Host, question, None))] == []
