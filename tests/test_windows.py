"""What Windows says, as plain answers: what of its host can be tested anywhere, COM played by hand."""

from __future__ import annotations

import struct
import types
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from techkit.host import (
    ProbeError,
    automation,
    cfgmgr32,
    crypt32,
    drives,
    events,
    sam,
    scm,
    tasks,
    windows,
    winspool,
    wmi,
    wscapi,
)
from techkit.host.local import valid
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENT = "http://schemas.microsoft.com/win/2004/08/events/event"


# ---------------------------------------------------------------------- dates, releases, values
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260310080000.500000+060", "2026-03-10T08:00:00.500000+01:00"),
        ("20260310080000.000000-300", "2026-03-10T08:00:00-05:00"),
        ("20260310080000.******+***", "2026-03-10T08:00:00"),
        ("20150917******.******+***", "2015-09-17"),
        ("16010101000000.000000+000", None),
        ("20261399080000.000000+000", None),
        ("yesterday", None),
    ],
)
def test_a_cim_date_is_as_exact_as_it_was(text: str, expected: str | None) -> None:
    assert wmi.moment(text) == expected


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (
            {"CurrentBuildNumber": "26200", "ProductName": "Windows 10 Pro", "EditionID": "Professional",
             "DisplayVersion": "25H2", "UBR": 7171},
            "Windows 11 Pro 25H2 (26200.7171)",
        ),
        (
            {"CurrentBuildNumber": "19044", "ProductName": "Windows 10 Enterprise LTSC 2021", "UBR": 1,
             "EditionID": "EnterpriseS", "DisplayVersion": "21H2"},
            "Windows 10 Enterprise LTSC 21H2 (19044.1)",
        ),
        (
            {"CurrentBuildNumber": "17763", "ProductName": "Windows Server 2019 Standard", "UBR": 8389},
            "Windows Server 2019 Standard (17763.8389)",
        ),
        ({}, "Windows (0)"),
        ({"CurrentBuildNumber": "²", "ProductName": "Windows 7"}, "Windows 7 (²)"),
    ],
)  # fmt: skip
def test_a_release_is_named_as_its_vendor_names_it(about: dict[str, Any], expected: str) -> None:
    assert windows.release(about) == expected


def test_text_from_windows_is_valid_unicode() -> None:
    assert valid("Журнал \U0001f600") == "Журнал \U0001f600"
    assert "\ud800" not in valid("a\ud800b")


# ---------------------------------------------------------------------- the event log
def record(data: str, number: int = 7023) -> str:
    return (
        f"<Event xmlns='{EVENT}'><System><Provider Name='Service Control Manager'/>"
        f"<EventID Qualifiers='49152'>{number}</EventID><Level>2</Level>"
        f"<TimeCreated SystemTime='2026-03-10T09:32:59.3923630Z'/></System>{data}</Event>"
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("<EventData><Data Name='param1'>Windows Time</Data><Data Name='param2'>%%1792</Data></EventData>",
         {"param1": "Windows Time", "param2": "%%1792"}),
        ("<EventData><Data>\\Device\\Harddisk0\\DR0</Data><Binary>0F00</Binary></EventData>",
         ["\\Device\\Harddisk0\\DR0"]),
        ("<UserData><X xmlns='urn:x'><DriveName>C:</DriveName><State>0</State></X></UserData>",
         {"DriveName": "C:", "State": "0"}),
        ("<UserData><X xmlns='urn:x'><S><Limit>28</Limit></S><P><P_1><Name>a.exe</Name></P_1></P></X></UserData>",
         {"S/Limit": "28", "P/P_1/Name": "a.exe"}),
        ("", {}),
    ],
)  # fmt: skip
def test_a_record_is_its_numbers_and_its_data(data: str, expected: Any) -> None:
    parsed = events.parse(record(data))
    assert parsed is not None
    assert (parsed["id"], parsed["provider"], parsed["level"]) == (7023, "Service Control Manager", 2)
    assert parsed["time"] == pytest.approx(1_773_135_179.39, abs=0.01)
    assert parsed["data"] == expected


@pytest.mark.parametrize("text", ["", "<Event/>", "no markup", record("<EventData>").replace("</Event>", "")])
def test_a_record_that_cannot_be_understood_is_none(text: str) -> None:
    assert events.parse(text) is None


def test_a_character_that_markup_forbids_does_not_lose_the_record() -> None:
    parsed = events.parse(record("<EventData><Data Name='a'>x\x01y</Data></EventData>"))
    assert parsed is not None
    assert parsed["data"] == {"a": "x\ufffdy"}


def test_a_query_stays_below_what_windows_takes_in_one_condition() -> None:
    query = events.query("System", range(1, 21), 7, [f"Provider {number}" for number in range(9)])
    assert query.count("<Select ") == 6
    assert all(part.count("EventID=") + part.count("@Name=") <= 16 for part in query.split("<Select "))
    assert "timediff(@SystemTime) &lt;= 604800000" in query
    assert events.query("Setup", (), 1, ()).count("<Select ") == 1


# ---------------------------------------------------------------------- WMI, COM played by hand
class Trouble(Exception):  # noqa: N818 - as pywin32 calls it
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.excepinfo = (0, "", "", "", 0, number - (1 << 32))
        self.hresult = -2147352567


class Played:
    """An automation object: what it answers by name, a function for a method, rows to be walked."""

    def __init__(self, rows: tuple[Played, ...] = (), **said: Any) -> None:
        self._rows, self._said = rows, said

    def get(self, name: str, *args: Any) -> Any:
        answer = self._said[name]
        return answer(*args) if callable(answer) else answer

    def __iter__(self) -> Iterator[Played]:
        return iter(self._rows)


def row(**columns: tuple[int, Any]) -> Played:
    def item(name: str) -> Played:
        if name not in columns:
            raise Trouble(0x80041002)
        kind, value = columns[name]
        return Played(CIMType=kind, Value=value)

    return Played(Properties_=Played(Item=item))


def asked(monkeypatch: pytest.MonkeyPatch, select: Any, *properties: str, there: bool = True) -> Any:
    def get(_name: str) -> None:
        if not there:
            raise Trouble(0x80041010)

    services = Played(ExecQuery=lambda query, *_: select(query), Get=get)
    com = types.SimpleNamespace(
        com_error=Trouble, CLSCTX_INPROC_SERVER=1, IID_IDispatch="", CoInitialize=lambda: None,
        CoUninitialize=lambda: None, CoCreateInstance=lambda *_: None,
    )  # fmt: skip
    monkeypatch.setattr(wmi, "import_module", lambda _name: com)

    class Locator(Played):
        def __init__(self, _raw: Any) -> None:
            super().__init__(ConnectServer=lambda *_: services)

    monkeypatch.setattr(wmi, "Automation", Locator)
    query = " ".join(("SELECT", ", ".join(properties), "FROM Win32_Thing WHERE A=1"))
    return wmi.ask("root\\cimv2", "Win32_Thing", query, properties)


@pytest.mark.parametrize(("number", "reason"), [(0x80070005, Reason.FORBIDDEN), (0x80041315, Reason.UNREADABLE)])
def test_a_program_that_refuses_is_known_by_its_number(
    monkeypatch: pytest.MonkeyPatch, number: int, reason: Reason
) -> None:
    closed: list[bool] = []

    def make(*_: Any) -> None:
        raise Trouble(number)

    com = types.SimpleNamespace(
        com_error=Trouble, CLSCTX_ALL=23, IID_IDispatch="", CoInitialize=lambda: None,
        CoUninitialize=lambda: closed.append(True), CoCreateInstance=make,
    )  # fmt: skip
    monkeypatch.setattr(automation, "import_module", lambda _name: com)
    with pytest.raises(ProbeError) as caught:
        tasks.tasks()
    assert (caught.value.reason, caught.value.detail) == (reason, f"Schedule.Service: 0x{number:08X}")
    assert closed == [True]


def test_the_tasks_of_every_folder_with_what_they_start() -> None:
    def task(path: str, *actions: Played) -> Played:
        return Played(Path=path, Enabled=True, Definition=Played(Actions=Played(rows=actions)))

    def folder(*folders: Played, holds: Played) -> Played:
        return Played(
            GetTasks=lambda flags: Played(rows=(holds,) if flags == 1 else ()),
            GetFolders=lambda _flags: Played(rows=folders),
        )

    program = Played(Type=0, Path="a.exe", Arguments="/x")
    deep = task(r"\A\B\Deep", Played(Type=0, Path="b.exe", Arguments=None), Played(Type=5), program)
    root = folder(folder(folder(holds=deep), holds=task(r"\A\Object", Played(Type=5))), holds=task(r"\Top", program))
    assert tasks.found(root) == [
        {"path": r"\Top", "enabled": True, "commands": ["a.exe /x"]},
        {"path": r"\A\Object", "enabled": True, "commands": []},
        {"path": r"\A\B\Deep", "enabled": True, "commands": ["b.exe", "a.exe /x"]},
    ]


def test_numbers_and_dates_that_come_as_text_are_numbers_and_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    said = row(Size=(21, "53687091200"), Made=(101, "20260310080000.000000+000"), Tags=(8, ("a", "b")), Name=(8, "21"))
    found = asked(monkeypatch, lambda _query: Played(rows=(said,)), "Size", "Made", "Tags", "Name")
    assert found == [{"Size": 53687091200, "Made": "2026-03-10T08:00:00+00:00", "Tags": ["a", "b"], "Name": "21"}]


def test_a_property_that_this_release_does_not_know_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    queries = []

    def select(query: str) -> Played:
        queries.append(query)
        if "*" not in query:
            raise Trouble(0x80041017)
        return Played(rows=(row(Name=(8, "Spooler")),))

    found = asked(monkeypatch, select, "Name", "DelayedAutoStart")
    assert found == [{"Name": "Spooler", "DelayedAutoStart": None}]
    assert queries[-1] == "SELECT * FROM Win32_Thing WHERE A=1"


def test_a_class_that_is_not_there_is_no_empty_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, lambda _query: Played(), "Name") == []
    with pytest.raises(ProbeError) as caught:
        asked(monkeypatch, lambda _query: Played(), "Name", there=False)
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    ("number", "reason", "times"),
    [
        (0x80041003, Reason.FORBIDDEN, 1),
        (0x8004100E, Reason.INAPPLICABLE, 1),
        (0x80041001, Reason.UNREADABLE, 2),
        (0x80041013, Reason.UNREADABLE, 2),
        (0x80041069, Reason.TIMEOUT, 1),
        (0x8004FFFF, Reason.UNREADABLE, 1),
    ],
)
def test_an_error_is_known_by_its_number_and_a_stumbling_provider_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, number: int, reason: Reason, times: int
) -> None:
    tries = []

    def select(query: str) -> Played:
        tries.append(query)
        raise Trouble(number)

    with pytest.raises(ProbeError) as caught:
        asked(monkeypatch, select, "Name")
    assert (caught.value.reason, len(tries)) == (reason, times)
    assert f"0x{number:08X}" in caught.value.detail


# ---------------------------------------------------------------------- the service manager
def test_the_service_manager_speaks_as_wmi_does() -> None:
    status = {
        "ServiceName": "Spooler", "DisplayName": "Диспетчер печати", "CurrentState": 1, "Win32ExitCode": 1067,
        "ServiceSpecificExitCode": 0,
    }  # fmt: skip
    values = {"Start": 2, "DelayedAutostart": 1, "ImagePath": r"%SystemRoot%\System32\spoolsv.exe"}
    found = scm.row(status, values)
    assert (found["Name"], found["State"], found["StartMode"], found["ExitCode"]) == (
        "Spooler",
        "Stopped",
        "Auto",
        1067,
    )
    assert found["DelayedAutoStart"] is True
    assert scm.row(status | {"CurrentState": 9}, {})["State"] == "Unknown"
    assert scm.row(status, {})["StartMode"] is None


# ---------------------------------------------------------------------- the device manager
TOLD = {
    cfgmgr32.CLASS: "Net", cfgmgr32.DESCRIPTION: "Сетевой контроллер", cfgmgr32.SERVICE: "",
    cfgmgr32.FRIENDLY_NAME: "", cfgmgr32.COMPATIBLE: "PCI\\VEN_8086&CC_0200\0PCI\\CC_0200",
}  # fmt: skip


def device(status: int, problem: int, *wanted: str, **told: str) -> dict[str, Any] | None:
    named = TOLD | {getattr(cfgmgr32, name.upper()): text for name, text in told.items()}
    return cfgmgr32.row(r"PCI\VEN_8086&DEV_15BC\3&11583659&0&FE", status, problem, named.__getitem__, set(wanted))


def test_the_device_manager_speaks_as_wmi_does() -> None:
    assert device(cfgmgr32.HAS_PROBLEM, 28) == {
        "Name": "Сетевой контроллер", "PNPClass": "Net", "PNPDeviceID": r"PCI\VEN_8086&DEV_15BC\3&11583659&0&FE",
        "Service": None, "ConfigManagerErrorCode": 28, "Present": True,
        "CompatibleID": ["PCI\\VEN_8086&CC_0200", "PCI\\CC_0200"],
    }  # fmt: skip


def test_a_device_that_works_is_told_only_where_its_class_is_asked_for() -> None:
    assert device(0x8, 28, "display") is None  # the number means nothing without its flag
    found = device(0x8, 0, "net", friendly_name="Intel(R) Ethernet", service="e1dexpress")
    assert found is not None
    assert (found["Name"], found["Service"], found["ConfigManagerErrorCode"]) == ("Intel(R) Ethernet", "e1dexpress", 0)


# ---------------------------------------------------------------------- the print service
class RefusedError(OSError):
    """What pywin32 raises."""

    winerror = 5


class Spool:
    """A print service with a queue of its own, one that is shut to us, and one of a print server."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def EnumPrinters(self, flags: int, _server: None, level: int) -> tuple[dict[str, Any], ...]:  # noqa: N802
        assert (flags, level) == (6, 4)
        own = {"pServerName": None, "Attributes": 0x40}
        far = {"pPrinterName": r"\\print01\lab", "pServerName": r"\\print01", "Attributes": 0x10}
        return own | {"pPrinterName": "HP 400"}, own | {"pPrinterName": "Shut"}, far

    def OpenPrinter(self, name: str) -> str:  # noqa: N802
        self.opened.append(name)
        if name == "Shut":
            raise RefusedError
        return name

    def GetPrinter(self, handle: str, _level: int) -> dict[str, Any]:  # noqa: N802
        return {"pPrinterName": handle, "pServerName": None, "pPortName": "USB001", "Attributes": 0x440, "Status": 0x81}

    def EnumJobs(self, *_: Any) -> tuple[dict[str, Any], ...]:  # noqa: N802
        sent = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
        return ({"JobId": 7, "Status": 2, "Submitted": sent, "pDocument": "secret.docx", "pUserName": "anna"},)

    def ClosePrinter(self, handle: str) -> None:  # noqa: N802
        self.opened.remove(handle)


def test_the_print_service_tells_its_own_queues_and_does_not_wait_for_a_print_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spool = Spool()
    modules = {"win32print": spool, "pywintypes": types.SimpleNamespace(error=RefusedError)}
    monkeypatch.setattr(winspool, "import_module", modules.__getitem__)
    found = winspool.queues()
    assert found["printers"] == [
        {"name": "HP 400", "server": "", "port": "USB001", "attributes": 0x440, "status": 0x81},
        {"name": "Shut", "server": "", "port": "", "attributes": 0x40, "status": None},
        {"name": r"\\print01\lab", "server": r"\\print01", "port": "", "attributes": 0x10, "status": None},
    ]
    job = {"Name": "HP 400, 7", "JobId": 7, "StatusMask": 2, "TimeSubmitted": "2026-03-10T08:00:00+00:00"}
    assert found["jobs"] == [job]
    assert spool.opened == ["Shut"]


# ---------------------------------------------------------------------- the Security Center
def test_the_security_center_s_numbers_are_words_and_unknown_ones_say_nothing() -> None:
    assert wscapi.product("Kaspersky", 0, 1, r"C:\avp.exe") == {
        "name": "Kaspersky", "state": "on", "outdated": False, "program": r"C:\avp.exe",
    }  # fmt: skip
    assert [wscapi.product("", state, 0, "")["state"] for state in (1, 2, 3, 4, -1)] == [
        "off",
        "snoozed",
        "expired",
        "unknown",
        "unknown",
    ]
    assert [wscapi.product("", 0, status, "")["outdated"] for status in (0, 1, 7)] == [True, False, None]
    assert [wscapi.told(wscapi.HEALTH, number) for number in (0, 2, -1)] == ["good", "poor", None]


# ---------------------------------------------------------------------- trust
def test_what_is_asked_of_a_chain_of_certificates_lies_where_windows_reads_it() -> None:
    wish = crypt32.wish(5)
    assert bytes(wish) == struct.pack("<I52xI36x", 96, 5000)  # CERT_CHAIN_PARA of 64 bits: time-out at 56


# ---------------------------------------------------------------------- disks by their drivers
PAGE = bytes([0, 0x37, 0x01, 100, 10, 3]).ljust(drives.PAGE, b"\0")


def described(*, bus: int = 17, vendor: str = "", product: str = "SSD 980") -> bytes:
    """STORAGE_DEVICE_DESCRIPTOR with its texts behind it."""
    texts = f"{vendor}\0{product}\0S1 \0".encode()
    starts = (40 if vendor else 0, 41 + len(vendor), 0, 42 + len(vendor) + len(product), bus)
    return struct.pack("<IIBBBB5I", 40, 40 + len(texts), 0, 0, 0, 1, *starts).ljust(40, b"\0") + texts


def answered(page: bytes = PAGE, *, version: int = 48, size: int = 48, start: int = 40) -> bytes:
    """STORAGE_PROTOCOL_DATA_DESCRIPTOR with a page behind it."""
    about = struct.pack("<II", version, size)
    return about + struct.pack("<10I", 3, 2, 2, 0, start, len(page), 0, 0, 0, 0) + page


def test_a_disk_s_own_description() -> None:
    told = {"model": "SSD 980", "serial": "S1", "bus": 17, "removable": False}
    assert drives.identity(described()) == told
    assert drives.identity(described(vendor="ATA", bus=11)) == told | {"model": "ATA SSD 980", "bus": 11}
    with pytest.raises(ProbeError):
        drives.identity(b"")


def test_a_page_on_health_is_taken_only_whole_and_from_where_it_must_stand() -> None:
    assert bytes.fromhex(drives.health(answered())) == PAGE[: drives.TOLD]
    for wrong in (
        b"",
        answered(PAGE[:-1]),
        answered(version=0),
        answered(size=560),
        answered(start=0),
        answered(start=99),
    ):
        assert drives.health(wrong) == ""
    asked = drives.question()
    assert (len(asked), struct.unpack_from("<IIIII", asked)) == (560, (50, 0, 3, 2, 2))


def test_a_prediction_and_attributes_whose_sum_is_right() -> None:
    data = bytes([16, 0, 5, 0, 0, 100, 100, 7]).ljust(drives.PAGE - 1, b"\0")
    data += bytes([-sum(data) % 256])
    assert drives.prediction(struct.pack("<I", 1) + data) == {
        "predicts": True,
        "attributes": data[: drives.TABLE].hex(),
    }
    assert drives.prediction(bytes(4) + data[:-1] + b"\x01") == {"predicts": False, "attributes": ""}
    assert drives.prediction(bytes(4 + drives.PAGE)) == {"predicts": False, "attributes": ""}
    assert drives.prediction(b"") == {"predicts": None, "attributes": ""}


class Disks:
    """Disks by number: what a disk answers to each code, or the number of an error."""

    def __init__(self, disks: dict[int, Any]) -> None:
        self.disks = disks

    def CreateFile(self, path: str, access: int, *_: Any) -> Any:  # noqa: N802
        assert access == 0
        found = self.disks.get(int(path.removeprefix("\\\\.\\PhysicalDrive")), 2)
        if isinstance(found, int):
            raise number_error(found)
        return types.SimpleNamespace(told=found, Close=lambda: None)

    def DeviceIoControl(self, handle: Any, code: int, query: bytes, _: int) -> bytes:  # noqa: N802
        kind = struct.unpack_from("<I", query)[0] if query else None
        if (code, kind) not in handle.told:
            raise number_error(1)
        return bytes(handle.told[code, kind])


def number_error(number: int) -> RefusedError:
    error = RefusedError()
    error.winerror = number
    return error


def test_each_disk_is_asked_what_it_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    nvme = {(drives.QUERY, 0): described(), (drives.QUERY, 50): answered()}
    modules = {"win32file": Disks({0: nvme, 2: 5}), "pywintypes": types.SimpleNamespace(error=RefusedError)}
    monkeypatch.setattr(drives, "import_module", modules.__getitem__)
    found = drives.drive(0)
    assert (found["number"], found["model"], found["predicts"]) == (0, "SSD 980", None)
    assert found["health"]
    assert drives.drive(1) is None
    with pytest.raises(ProbeError) as caught:
        drives.drive(2)
    assert caught.value.reason is Reason.FORBIDDEN


# ---------------------------------------------------------------------- accounts
@pytest.mark.parametrize(
    ("flags", "disabled", "locked", "required"),
    [(0x200, False, False, True), (0x202, True, False, True), (0x210, False, True, True), (0x222, True, False, False)],
)
def test_the_list_of_accounts_speaks_as_wmi_does(flags: int, disabled: bool, locked: bool, required: bool) -> None:
    assert sam.account({"name": "Гость", "flags": flags, "user_id": 501}, "S-1-5-21-1-2-3-501") == {
        "Name": "Гость", "SID": "S-1-5-21-1-2-3-501", "Disabled": disabled, "Lockout": locked,
        "PasswordRequired": required,
    }  # fmt: skip


@pytest.mark.parametrize(("said", "domain"), [(("CORP", 3), True), (("WORKGROUP", 2), False), ((None, 1), False)])
def test_what_a_pc_belongs_to(monkeypatch: pytest.MonkeyPatch, said: tuple[str | None, int], domain: bool) -> None:
    modules = {"win32net": types.SimpleNamespace(NetGetJoinInformation=lambda: said)}
    monkeypatch.setattr(sam, "import_module", modules.__getitem__)
    assert sam.membership() == {"name": said[0] or "", "domain": domain}


@pytest.mark.parametrize(
    ("bits", "offline", "read_only"), [(0, False, False), (1, True, False), (2, False, True), (None, None, None)]
)
def test_whether_a_disk_is_in_use_and_written_to(
    bits: int | None, offline: bool | None, read_only: bool | None
) -> None:
    raw = b"" if bits is None else struct.pack("<IIQ", 16, 0, bits)
    assert drives.state(raw) == {"offline": offline, "read_only": read_only}
