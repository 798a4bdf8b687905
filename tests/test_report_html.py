"""The report's page, looked at by a real browser: Debian's ``chromium``, headless."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import time
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from torchscript_lint.report.html import render
from torchscript_lint.report.html.escape import prose, script_data
from torchscript_lint.report.html.frames import Sources, frame
from torchscript_lint.verdicts import Module, Report, assess_paths

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data" / "verdicts"
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here (Debian: apt-get install chromium)")


@cache
def report() -> Report:
    return assess_paths([str(DATA)]).report


@cache
def shown() -> str:
    return render(report())


def chromium(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *arguments],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip


class Page(HTMLParser):
    """What a page holds: elements with their attributes and the text inside of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[list[str]] = []
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("i", "mark", "code", "b"):
            self.handle_data(" ")
        text: list[str] = []
        self.found.append((tag, {key: value or "" for key, value in attrs}, text))
        if tag not in ("meta", "link", "input", "br"):
            self.open.append(text)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()
        if tag not in ("i", "mark", "code", "b"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for text in self.open:
            text.append(data)

    def select(self, tag: str, **attributes: str) -> list[tuple[dict[str, str], str]]:
        """Elements of a tag, one of whose classes, ids, … is as given."""
        return [
            (attrs, " ".join("".join(text).split()))
            for name, attrs, text in self.found
            if name == tag and all(value in attrs.get(key.rstrip("_"), "").split() for key, value in attributes.items())
        ]


def dump(path: Path, fragment: str = "") -> Page:
    """The page after its script has run; fails where the script or the browser complained."""
    done = chromium("--dump-dom", "--enable-logging=stderr", "--virtual-time-budget=3000", f"file://{path}{fragment}")
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not said, said
    return Page(done.stdout)


def drive(path: Path, script: str) -> str:
    """Run a script in the page; what it puts into ``document.title``.

    The page's own policy lets no other script run, so the one of a copy is opened.
    """
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text())
    copy = path.with_name("driven.html")
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"))
    done = chromium("--dump-dom", "--enable-logging=stderr", "--virtual-time-budget=3000", f"file://{copy}")
    assert "CONSOLE" not in done.stderr, done.stderr
    return Page(done.stdout).select("title")[0][1]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    path.write_text(shown(), encoding="utf-8")
    return path


# --- without a browser ----------------------------------------------------------------------------


def test_it_needs_no_other_file() -> None:
    for name, attributes, _ in Page(shown()).found:
        for key in ("src", "href", "action", "srcset", "data", "poster"):
            target = attributes.get(key, "#")
            allowed = target.startswith("#") or (name == "link" and target == "data:,")
            # Links that are followed when they are clicked, to the rules' pages.
            allowed |= name == "a" and target.startswith("https://") and attributes.get("rel") == "noreferrer"
            assert allowed, (name, key, target)
    assert "@import" not in shown() and "url(" not in shown()
    assert "default-src &#x27;none&#x27;" in shown()


def test_it_is_the_same_every_time() -> None:
    assert render(assess_paths([str(DATA)]).report) == shown()


def test_every_finding_has_its_frame() -> None:
    articles = Page(shown()).select("article", class_="finding")
    assert len(articles) == len(report().findings)
    for attributes, text in articles:
        finding = report().findings[int(attributes["id"][1:])]
        assert finding.code in text and f":{finding.row}:{finding.column}" in text
        line = Path(finding.path).read_text().splitlines()[finding.row - 1]
        assert " ".join(line.split()) in text


def test_the_mark_is_the_span() -> None:
    for number, finding in enumerate(report().findings):
        article = shown().partition(f'id="f{number}"')[2].partition("</article>")[0]
        marked = unescape(re.sub(r"<[^>]*>", "", article.partition("<mark>")[2].partition("</mark>")[0]))
        line = Path(finding.path).read_text().splitlines()[finding.row - 1]
        end = finding.end_column - 1 if finding.end_row == finding.row else None
        assert marked == line[finding.column - 1 : end].rstrip()


EVIL = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>&"\'`{{}}\u202e'


def evil(folder: Path) -> Path:
    path = folder / "net<b>&.py"
    path.write_text(
        "# -*- coding: utf-8 -*-\nfrom torch import nn\nclass Net(nn.Module):\n    def forward(self, x):\n"
        f"        y = {{{EVIL!r}}}  # {EVIL}\n        return x\n",
        encoding="utf-8",
    )
    return path


def test_nothing_of_a_source_is_obeyed(tmp_path: Path) -> None:
    text = render(assess_paths([str(evil(tmp_path))]).report)
    tags = [name for name, _, _ in Page(text).found]
    assert tags.count("script") == 2 and "img" not in tags and "b" in tags
    assert "\u202e" not in text
    assert not any(key.startswith("on") for _, attributes, _ in Page(text).found for key in attributes)


def test_script_data_cannot_end_its_element() -> None:
    text = script_data({"x": "</script><!--\u2028&"})
    assert "<" not in text and "&" not in text and "\u2028" not in text
    assert json.loads(text) == {"x": "</script><!--\u2028&"}


def test_prose() -> None:
    assert prose("use `a<b` & c") == "use <code>a&lt;b</code> &amp; c"
    assert prose("a ` alone") == "a ` alone"


def test_frames_of_odd_places(tmp_path: Path) -> None:
    from dataclasses import replace

    found = report().findings[0]
    path = tmp_path / "odd.py"
    path.write_text('def f(x):\n\t"""Doc\n\tif else\n\t"""\n\treturn {1,\n\t        2}\n', encoding="utf-8")
    sources = Sources()
    text = frame(replace(found, path=str(path), row=5, column=9, end_row=6, end_column=12), sources)
    assert text.count("<mark>") == 2 and text.count("</mark>") == 2
    assert '<i class="s">' in text and '<i class="k">if' not in text
    assert frame(replace(found, path=str(path), row=99), sources) == ""
    assert frame(replace(found, path=str(tmp_path / "gone.py")), sources) == ""
    past = frame(replace(found, path=str(path), row=6, column=40, end_row=6, end_column=41), sources)
    assert "<mark> </mark>" in past


# --- with one -------------------------------------------------------------------------------------


@browser
def test_rows_and_verdicts(page: Path) -> None:
    dom = dump(page)
    rows = [(attrs, text) for attrs, text in dom.select("tr") if attrs.get("id", "").startswith("row")]
    assert len(rows) == len(report().given)
    for attributes, text in rows:
        module = report().modules[int(attributes["id"][3:])]
        assert text.startswith(f"{module.name} {Path(module.path).name}:{module.row}")
        assert (attributes["data-script"], attributes["data-trace"]) == (module.script.state, module.trace.state)
        assert text.endswith(module.way.title)
    assert "hidden" not in "".join(key for attributes, _ in rows for key in attributes)
    share = dom.select("p", class_="share")[0][1]
    assert f"{sum(m.script.state in ('yes', 'open') for m in report().given)} of {len(rows)} script" in share


def place(name: str) -> int:
    return next(number for number, module in enumerate(report().modules) if module.name == name)


def module(name: str) -> Module:
    return report().modules[place(name)]


@browser
def test_the_panel_of_a_module(page: Path) -> None:
    dom = dump(page, f"#m{place('HoldsBadTwoDown')}")
    [(_, detail)] = dom.select("aside", id="detail")
    assert detail.startswith("HoldsBadTwoDown")
    assert module("HoldsBadTwoDown").way.why in detail
    # The tree is open down to the blocker, and the frame is there with its chain, the reason and the remedy.
    for text in ("grand Grandparent", "child HoldsBadDeep", "layers nn.ModuleDict", "bad Bad", "TS132"):
        assert text in detail
    assert "HoldsBadTwoDown → HoldsBadTwoDown.grand: Grandparent → Grandparent.child: HoldsBadDeep" in detail
    assert "seen = {1, 2}" in detail and "torch.jit.script says" in detail and "instead" in detail and "why" in detail


@browser
def test_a_part_of_the_library_is_marked(page: Path) -> None:
    [(_, detail)] = dump(page, f"#m{place('HoldsLoss')}").select("aside", id="detail")
    assert "loss nn.AdaptiveLogSoftmaxWithLoss does not script" in detail


@browser
def test_filter_sort_and_keys(page: Path) -> None:
    script = """
      const $ = (id) => document.getElementById(id);
      const rows = () => [...document.querySelectorAll("tbody tr")].filter((row) => !row.hidden);
      const shown = () => rows().map((row) => row.querySelector("a").textContent);
      const said = {};
      $("filter").value = "holdsbad parts"; $("filter").dispatchEvent(new Event("input"));
      said.both = shown();
      $("filter").value = "holdsbad"; $("filter").dispatchEvent(new Event("input"));
      said.one = shown().length;
      $("by-trace").value = "no"; $("by-trace").dispatchEvent(new Event("change"));
      said.none = shown().length; said.nothing = $("nothing").hidden;
      $("clear").click();
      said.all = shown().length;
      document.querySelector("[data-sort=name]").click();
      said.names = shown(); said.order = document.querySelector(".c-name").getAttribute("aria-sort");
      document.querySelector("[data-sort=script]").click();
      said.worst = document.querySelector("tbody tr").dataset.script;
      document.querySelector("[data-rule=TS143]").click();
      said.rule = shown().sort();
      $("clear").click();
      document.querySelector("[data-sort=name]").click();
      const first = document.querySelector("tbody tr a"); first.focus();
      first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
      said.focus = document.activeElement.textContent; said.detail = document.querySelector("#detail h2").textContent;
      const tab = $("tab-modules"); tab.focus();
      tab.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
      said.tab = document.activeElement.id; said.tree = document.querySelectorAll("#forest > ul > li").length;
      $("open-blocked").click();
      const leaf = document.querySelector("#forest .block"); said.leaf = leaf.textContent;
      leaf.click();
      said.target = document.activeElement.dataset.finding; said.link = leaf.getAttribute("href");
      document.title = JSON.stringify(said);
    """
    said = json.loads(drive(page, script))
    assert said["both"] == ["HoldsBadDeep"]
    holders = [found.name for found in report().given if "HoldsBad" in found.name]
    assert (said["one"], said["none"], said["nothing"]) == (len(holders), 0, False)
    assert said["all"] == len(report().given)
    assert said["names"] == sorted(said["names"], key=str.lower) and said["order"] == "ascending"
    assert said["worst"] == "no"
    assert said["rule"] == ["BadBase", "InheritsBad"]
    assert said["focus"] == said["detail"] == sorted(said["names"], key=str.lower)[1]
    assert said["tab"] == "tab-tree"
    roots = [found for found in report().modules if found.given and not found.held_by]
    assert said["tree"] == len(roots)
    assert "line" in said["leaf"] and said["link"] == f"#f{said['target']}"


@browser
def test_nothing_of_a_source_runs(tmp_path: Path) -> None:
    path = tmp_path / "evil.html"
    path.write_text(render(assess_paths([str(evil(tmp_path))]).report), encoding="utf-8")
    dom = dump(path)
    assert dom.select("title")[0][1] == "TorchScript report"
    assert not dom.select("img")


@browser
def test_a_thousand_modules_are_fast(tmp_path: Path) -> None:
    classes = "".join(
        f"class Net{number}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.part = {f'Net{number - 1}()' if number % 10 else 'nn.Identity()'}\n"
        f"    def forward(self, x):\n        return self.part(x) * len({{{number}}})\n\n\n"
        for number in range(1000)
    )
    (tmp_path / "net.py").write_text(f"from torch import nn\n\n\n{classes}")
    path = tmp_path / "many.html"
    path.write_text(render(assess_paths([str(tmp_path / "net.py")]).report), encoding="utf-8")
    start = time.monotonic()
    script = """
      const start = performance.now();
      const filter = document.getElementById("filter");
      filter.value = "net99"; filter.dispatchEvent(new Event("input"));
      document.querySelector("[data-sort=name]").click();
      document.getElementById("tab-tree").click();
      location.hash = "m999";
      document.title = String(performance.now() - start);
    """
    taken = float(drive(path, script))
    assert taken < 1500, taken
    assert time.monotonic() - start < 60


@browser
def test_it_is_dark_where_people_like_it_dark(page: Path) -> None:
    script = "document.title = getComputedStyle(document.body).backgroundColor"
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    copy = page.with_name("dark.html")
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"))
    seen = {
        Page(chromium("--dump-dom", f"--blink-settings=preferredColorScheme={scheme}", f"file://{copy}").stdout).select(
            "title"
        )[0][1]
        for scheme in (0, 1)
    }
    assert seen == {"rgb(15, 18, 24)", "rgb(246, 247, 249)"}
