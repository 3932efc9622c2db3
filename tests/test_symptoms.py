"""What people really say finds the symptom that answers it."""

from __future__ import annotations

import pytest

from techkit import registry
from techkit.interview import recognise
from techkit.words import LANGUAGES

COMPLAINTS = {
    "no_internet": [
        "no internet", "internet is not working at all", "I am not connected to the network",
        "нет интернета", "инет пропал", "пропало подключение к сети", "Интернет не работает!!!",
        "сайты не открываются, что-то с интернетом", "no web pages load, the internet is gone",
        "страницы не открываются",
    ],
    "internet_slow": [
        "the internet is so slow today", "internet speed is terrible", "youtube keeps buffering",
        "интернет тормозит", "очень медленный инет", "сайты грузятся по пять минут", "скорость интернета упала",
    ],
    "site_fails": [
        "one website does not open", "the bank's page says the certificate is not secure",
        "не открывается сайт госуслуг", "сайт банка не открывается, пишет про сертификат",
    ],
    "wifi_drops": ["Wi-Fi keeps dropping", "wifi signal is weak", "вай-фай постоянно отваливается", "плохой wi-fi"],
    "mail": [
        "Outlook does not send mail", "my e-mail is not coming in", "почта не открывается в браузере",
        "письма не отправляются",
    ],
    "program_fails": [
        "Excel crashes when I open it", "the accounting program does not start", "the app closes with an error",
        "1С не запускается", "программа вылетает", "ворд не открывается, выдает ошибку", "прога не запускается",
    ],
    "shared_folder": [
        "I cannot reach the shared folder", "network drive Z is gone", "общая папка не открывается",
        "пропал сетевой диск", "не могу зайти на сервер в папку",
    ],
    "remote_work": [
        "VPN does not connect", "remote desktop cannot connect from home", "впн не подключается",
        "не могу подключиться к удалённому рабочему столу", "рдп не работает",
    ],
    "pc_slow": [
        "my computer is very slow", "everything lags", "компьютер жутко тормозит", "комп тупит", "ноут стал медленный",
    ],
    "slow_start": [
        "it takes ages to boot", "the PC takes 10 minutes to start in the morning", "компьютер долго включается",
        "винда загружается десять минут", "долгая загрузка",
    ],
    "freezes": [
        "the screen freezes", "my laptop restarts by itself", "blue screen again", "компьютер завис",
        "синий экран смерти", "ноутбук сам перезагружается", "комп вырубается",
    ],
    "no_space": [
        "disk is full", "not enough space", "закончилось место на диске", "диск переполнен", "нет места",
    ],
    "backup": [
        "the backup fails every night", "backups are not made any more", "не создаётся резервная копия",
        "бэкап не работает", "ошибка резервного копирования",
    ],
    "disk_errors": [
        "the hard disk makes clicking noises", "my files are corrupted", "диск щёлкает", "файлы повреждены",
        "не могу сохранить файл, пишет только чтение",
    ],
    "cannot_install": [
        "cannot install updates", "windows update fails with 0x800f0922", "не устанавливаются обновления",
        "не могу установить программу",
    ],
    "antivirus": [
        "my antivirus is off", "defender found a threat", "антивирус ругается", "касперский нашел вирус",
        "защита отключена", "кажется, у меня вирус",
    ],
    "strange_behaviour": [
        "pop-ups everywhere", "strange ads in every tab", "всплывает реклама", "сами открываются окна с казино",
        "меня взломали",
    ],
    "printing": [
        "cannot print", "the printer is offline", "printer jammed", "принтер не печатает", "документы висят в очереди",
        "не могу распечатать", "мфу зажевало бумагу", "Прнтер не печатаит",
    ],
    "sound_camera": [
        "no sound", "they can't hear me in Teams", "webcam does not work in zoom", "нет звука", "микрофон не работает",
        "меня не слышно на созвоне", "камера не включается",
    ],
    "device_missing": [
        "mouse not working", "USB stick is not recognised", "second monitor is not detected", "не видит флешку",
        "рутокен не определяется", "клавиатура не работает", "не вижу ключ электронной подписи", "слетел драйвер",
    ],
    "login": [
        "I cannot log in", "my password has expired", "account is locked", "забыл пароль", "не могу войти в компьютер",
        "учётная запись заблокирована", "меня не пускает",
    ],
    "wrong_time": [
        "the clock is wrong", "time is one hour behind", "часы спешат", "сбилось время", "неправильная дата",
    ],
    "after_update": [
        "it broke after the update", "after the upgrade nothing works", "после обновления всё сломалось",
        "обновился и перестал работать",
    ],
    "battery_heat": [
        "battery does not charge", "the laptop is very hot", "fan is loud", "батарея быстро разряжается",
        "ноутбук греется", "вентилятор гудит", "не заряжается ноутбук",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("complaint", "symptom"),
    [pytest.param(said, name, id=said) for name, every in COMPLAINTS.items() for said in every],
)
def test_a_complaint_finds_its_symptom(complaint: str, symptom: str) -> None:
    found = recognise(complaint, registry.symptoms())
    assert symptom in found
    assert len(found) <= 2


def test_every_symptom_has_complaints_in_both_languages() -> None:
    assert COMPLAINTS.keys() == registry.symptoms().keys()
    for name, every in COMPLAINTS.items():
        assert any(said.isascii() for said in every), name
        assert any(not said.isascii() for said in every), name


def test_every_symptom_asks_in_every_language() -> None:
    for name, symptom in registry.symptoms().items():
        assert set(symptom.question) == set(LANGUAGES), name
        assert all(text.endswith("?") or "? " in text for text in symptom.question.values()), name
        assert len(set(symptom.words)) == len(symptom.words), name
