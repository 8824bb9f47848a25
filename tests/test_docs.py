"""README and docs: every example runs and prints what the page shows, every link leads somewhere, the build is clean."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from cogapp import Cog
from conftest import ROOT
from markdown_it import MarkdownIt

sys.path.insert(0, str(ROOT / "docs"))

import examples

PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")],
    key=str,
)
PAGES = [page for page in PAGES if "generated" not in page.parts]
IDS = [str(page.relative_to(ROOT)) for page in PAGES]
GENERATED = re.compile(r"^<!-- \[\[\[cog.*?^<!-- \[\[\[end\]\]\] -->$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_example_prints_what_the_page_shows(page):
    """Where this fails, the data or the tool changed: run `make docs-refresh` and read the difference."""
    examples.forget()
    cog = Cog()
    cog.options.print_output = True
    cog.options.prologue = "from examples import *"
    assert cog.process_string(text_of(page), str(page)) == text_of(page)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_no_example_is_written_by_hand(page):
    """A block that shows a command, a program or a query stands inside a marker that runs it."""
    by_hand = [
        (token.info, token.content)
        for token in MarkdownIt().parse(GENERATED.sub("", text_of(page)))
        if token.type == "fence" and token.info.split()[:1] not in (["sh"], ["turtle"], ["{toctree}"], ["{eval-rst}"])
    ]
    assert by_hand == []


def test_the_pages_show_what_a_terminal_shows():
    """The examples run in one process; a process of its own on a real terminal prints the same."""
    line = "kgtools query who-led-round round=quad-foreign-ministers-meeting-10"
    ours, theirs = pty.openpty()
    told = {**os.environ, "COLUMNS": examples.COLUMNS, "LINES": "50", "TERM": "dumb", "NO_COLOR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", *line.split()], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=told
    )
    os.close(theirs)
    printed = b""
    with contextlib.suppress(OSError):  # on Linux the end of a terminal is an error
        while chunk := os.read(ours, 65536):
            printed += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0
    shown = [text.rstrip() for text in printed.decode().replace("\r\n", "\n").strip("\n").split("\n")]
    wanted = [text.rstrip() for text in examples.run(line)[1].strip("\n").split("\n")]
    assert shown[-len(wanted) :] == wanted


def test_shell_blocks_hold_only_what_the_clean_clone_runs():
    """Blocks of plain shell are the project's own `make` targets; `.ci/run` runs those of the README."""
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        for token in MarkdownIt().parse(text_of(page)):
            if token.type == "fence" and token.info == "sh":
                lines = [line.split("#")[0].strip() for line in token.content.splitlines()]
                assert [line for line in lines if not line.startswith("make ")] == [], page
                assert {line.split()[1] for line in lines} <= targets, page
                if page.name == "README.md":
                    assert [line for line in lines if line not in text_of(ROOT / ".ci" / "run")] == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_of_the_repository_leads_to_a_file(page):
    inline = [t for token in MarkdownIt().parse(text_of(page)) for t in token.children or []]
    links = [str(t.attrs["href"]) for t in inline if t.type == "link_open"]
    local = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in local if link and "generated/" not in link and not (page.parent / link).exists()] == []


class Links(HTMLParser):
    """What one page of HTML names: its anchors, the pages it leads to, and what a browser loads to show it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.leads: set[str] = set()
        self.loads: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.leads.add(given["href"])
        elif tag in ("img", "script", "iframe", "source") and "src" in given:
            self.loads.add(given["src"])
        elif tag == "link" and given.get("rel") in ("stylesheet", "preload", "icon"):
            self.loads.add(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The documentation as built, warnings being errors."""
    out = tmp_path_factory.mktemp("site")
    call = ["-m", "sphinx", "--builder", "html", "--fail-on-warning", "--quiet", str(ROOT / "docs"), str(out)]
    done = subprocess.run([sys.executable, *call], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.slow
def test_every_link_of_the_built_pages_leads_somewhere(site):
    pages = {path: Links(path) for path in site.rglob("*.html")}
    assert len(pages) > 100
    broken = []
    for path, page in pages.items():
        for link in page.leads:
            target, _, anchor = link.partition("#")
            if urlsplit(link).scheme or (not target and not anchor):
                continue
            to = (path.parent / target).resolve() if target else path
            if not to.exists() or (anchor and to in pages and unquote(anchor) not in pages[to].anchors):
                broken.append((str(path.relative_to(site)), link))
    assert broken == []


@pytest.mark.slow
def test_the_built_pages_load_nothing_from_the_network(site):
    loaded = {load for path in site.rglob("*.html") for load in Links(path).loads}
    styles = {path.name: re.findall(r"url\(([^)]*)\)|@import", path.read_text()) for path in site.rglob("*.css")}
    assert [load for load in loaded if urlsplit(load).netloc] == []
    assert [name for name, urls in styles.items() if any("//" in u and "data:" not in u[:6] for u in urls)] == []


@pytest.mark.slow
def test_every_term_has_a_page_with_definition_example_and_picture(site):
    terms = {path.stem for path in (site / "generated" / "terms").glob("*.html")} - {"index"}
    ontology = (ROOT / "ontology" / "core.ttl").read_text(encoding="utf-8")
    assert terms == set(re.findall(r"^ipp:(\w+) a owl:\w+", ontology, re.MULTILINE))
    for term in terms:
        page = (site / "generated" / "terms" / f"{term}.html").read_text(encoding="utf-8")
        assert "Definition." in page and "Example." in page and "<svg" in page, term
