"""`kgtools find`: what people write differently finds the same thing, what is not there is said to be missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kgtools import InputError
from kgtools.records.find import find, plain

TEXT = """
id:hanoi a ipp:Place ; rdfs:label "Hanoi"@en , "Hà Nội"@vi .
id:da-nang a ipp:Place ; rdfs:label "Đà Nẵng"@vi .
id:new-delhi a ipp:Place ; rdfs:label "New Delhi"@en , "नई दिल्ली"@hi , "ニューデリー"@ja .
id:taro-kono a ipp:Person ; rdfs:label "Taro Kono"@en , "河野太郎"@ja ; skos:altLabel "Tarō Kōno"@en , "Kouno Tarou" .
id:kono-forum a ipp:Meeting ; rdfs:label "Taro Kono–Wang Yi talks: “2+2”"@en .
id:src-1 a ipp:Source ; ipp:publisher "A" ; rdfs:label "Taro Kono in Hanoi"@en ; ipp:url <https://www.example.org/News/a%20b/?id=7&utm_source=x#top> .
id:unnamed a ipp:Tenure ; ipp:holder id:taro-kono .
"""


@pytest.mark.parametrize(
    ("text", "best", "how"),
    [
        ("HA NOI", "id:hanoi", "the same name"),
        ("da nang", "id:da-nang", "the same name"),
        ("  hanoi. ", "id:hanoi", "the same name"),
        ("नई दिल्ली", "id:new-delhi", "the same name"),
        ("デリー", "id:new-delhi", "part of a name"),
        ("河野", "id:taro-kono", "part of a name"),
        ("KŌNO, Tarō", "id:taro-kono", "the same words"),
        ("kouno tarou", "id:taro-kono", "the same name"),
        ("taro-kono", "id:taro-kono", "the same identifier"),
        ("id:unnamed", "id:unnamed", "the same identifier"),
        ("wang yi - kono", "id:kono-forum", "all words"),
        ("2+2", "id:kono-forum", "all words"),
        ("http://example.org/News/a b?id=7", "id:src-1", "the same page"),
        ("WWW.example.org/News/a%20b/?utm_medium=y&id=7", "id:src-1", "the same page"),
    ],
)
def test_the_best_match(text, best, how, load_text):
    found = find(load_text(TEXT), text)
    assert (found[0].id, found[0].how) == (best, how)


def test_a_match_says_what_it_is_and_where_it_stands(load_text):
    found = find(load_text(TEXT), "taro kono")
    assert [(m.id, m.kind, m.how) for m in found] == [
        ("id:taro-kono", "ipp:Person", "the same name"),
        ("id:kono-forum", "ipp:Meeting", "all words"),
        ("id:src-1", "ipp:Source", "all words"),
    ]
    assert [m.file for m in found] == ["", "", "sources/publishers-a.ttl"]


@pytest.mark.parametrize(
    "text", ["Hue", "https://example.org/News/a b?id=8", "https://example.org/news/a b?id=7", "ta", "kono x"]
)
def test_what_is_not_there_is_not_found(text, load_text):
    assert find(load_text(TEXT), text) == []


@pytest.mark.parametrize("text", ["", " – ", "???"])
def test_a_text_without_letters_is_refused(text, load_text):
    with pytest.raises(InputError, match="holds no letter and no digit"):
        find(load_text(TEXT), text)


def test_letters_of_other_scripts_stay_apart():
    assert plain("दिल्ली") != plain("दल")
    assert plain("ガザ") != plain("カサ")
    assert plain("မြန်မာ") != plain("မနမ")


def test_the_command_lists_and_counts(tmp_path):
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "kgtools", "find", *args], capture_output=True, text=True)

    one = run("new delhi", "--most", "1")
    assert one.returncode == 0
    assert one.stdout.splitlines()[1] == "id:new-delhi\tipp:Place\tNew Delhi\tthe same name\tplaces.ttl"
    assert "more; narrow the text or use --most" in one.stderr
    none = run("nobody of this name", "--json")
    assert (none.returncode, none.stdout, none.stderr) == (
        1,
        "[]\n",
        "kgtools: nothing matches 'nobody of this name'\n",
    )
