"""What signing in needs beside an account."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare, given

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import authentication
from techkit.readings.supplements import Supplements

FORBIDDEN = ProbeError(Reason.FORBIDDEN)
LIBRARY = "/usr/lib64/security"


@pytest.mark.parametrize(
    ("code", "text", "wrong"),
    [
        (0, "/etc/sudoers: parsed OK\n", ""),
        (1, "/etc/sudoers:27:9: syntax error\nalice ALL=(ALL\n        ^~~~\n", "/etc/sudoers:27:9: syntax error"),
        (1, "/etc/sudoers: parsed OK\n/etc/sudoers.d/x: bad permissions, should be mode 0440\n",
         "/etc/sudoers.d/x: bad permissions, should be mode 0440"),
    ],
)  # fmt: skip
def test_the_rules_of_sudo(code: int, text: str, wrong: str) -> None:
    host = given({("which", "visudo"): "/usr/sbin/visudo", ("run", "visudo", "-c"): said(code, text)})
    assert authentication.sudoers(host) == wrong


def said(code: int, text: str) -> dict[str, Any]:
    return {"code": code, "out": text, "err": ""}


def test_modules_that_signing_in_needs() -> None:
    text = "auth required pam_corp.so\n-auth required pam_may.so\nauth [success=1] pam_unix.so\n@include common-x\n"
    assert authentication.parse_pam(text + "session optional pam_x.so\naccount requisite pam_deny.so # no\n") == (
        "pam_corp.so",
        "pam_deny.so",
    )


def lost(answers: dict[tuple[Any, ...], Any]) -> tuple[list[str], tuple[Gap, ...]]:
    usual = {
        ("listdir", authentication.PAM): ["sshd", "login", "cron"],
        ("read", f"{authentication.PAM}/login"): "auth required pam_corp.so\n",
        ("stat", LIBRARY): {"kind": "folder"},
        ("listdir", LIBRARY): ["pam_unix.so"],
    }
    more = Supplements(bare(usual | answers))
    return [module for _, module in authentication.lost_modules(more)], more.unseen


def test_a_module_that_is_not_installed() -> None:
    assert lost({}) == (["pam_corp.so"], ())
    assert lost({("listdir", LIBRARY): ["pam_corp.so"]}) == ([], ())


def test_what_of_pam_is_shut_to_us_is_told() -> None:
    file = f"{authentication.PAM}/sshd"
    assert lost({("read", file): FORBIDDEN}) == (["pam_corp.so"], (Gap(file, Reason.FORBIDDEN, question="read"),))
    assert lost({("listdir", LIBRARY): FORBIDDEN}) == ([], (Gap(LIBRARY, Reason.FORBIDDEN, question="listdir"),))
    assert lost({("listdir", authentication.PAM): FORBIDDEN}) == (
        [],
        (Gap(authentication.PAM, Reason.FORBIDDEN, question="listdir"),),
    )


def test_a_file_that_lets_nobody_in() -> None:
    assert authentication.no_login(Supplements(bare({("stat", "/run/nologin"): {"kind": "file"}}))) == "/run/nologin"
    assert authentication.no_login(Supplements(bare({}))) == ""
