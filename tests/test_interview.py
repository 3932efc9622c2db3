"""A complaint in a person's own words finds its symptom."""

from __future__ import annotations

from techkit.interview import recognise
from techkit.registry import Symptom

SYMPTOMS = {
    "no_internet": Symptom(
        {"en": "No internet", "ru": "Нет интернета"}, ("network",), words=("internet", "интернет", "сайт")
    ),
    "pc_slow": Symptom(
        {"en": "The PC is slow", "ru": "Компьютер тормозит"}, ("os",), words=("slow", "медлен", "тормоз")
    ),
}


def test_words_are_recognised_by_their_beginnings_in_both_languages() -> None:
    assert recognise("Мой Интернет пропал", SYMPTOMS) == ("no_internet",)
    assert recognise("everything is so slow today", SYMPTOMS) == ("pc_slow",)


def test_a_complaint_about_two_things_means_both() -> None:
    assert recognise("интернет тормозит", SYMPTOMS) == ("no_internet", "pc_slow")


def test_what_is_not_understood_means_nothing() -> None:
    assert recognise("ой", SYMPTOMS) == ()
    assert recognise("", SYMPTOMS) == ()
