"""Side by side, in one run: kgtools, the stock stack and other engines, on graphs of known content.

`python tests/benchmarks/run.py --sizes 10k 100k --out build/bench` writes a JSON file, a table and, where matplotlib
is installed, a plot, all named after the release. Each job on each size is measured in one go: every measurement is a
process of its own, cold, the engines in turn, medians quoted; an engine that finds another number of violations than
were planted is marked as wrong, one that is not installed or does not finish in time says so. Jobs and sizes that are
not asked for stay in the files as they were. `tests/benchmarks/results/` holds those of the releases.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parent))

from generate import planted, write

from kgtools.graph import ONTOLOGY_FILES
from kgtools.rdf.read import read
from kgtools.rdf.write import to_turtle
from kgtools.terms import SH, home
from kgtools.validation import read_shapes

SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000, "10M": 10_000_000}
ENGINES = {
    "validate": [
        ("kgtools-validate", "kgtools", "10M"),
        ("pyshacl-validate", "pyshacl", "10k"),
        ("pyshacl-turbo-validate", "pyshacl-turbo", "1M"),
        ("shacl-rust-validate", "shacl-rust", "1M"),
        ("pyshifty-validate", "pyshifty", "1M"),
        ("pyrudof-validate", "pyrudof", "100k"),
    ],
    "infer": [
        ("kgtools-infer", "kgtools", "1M"),
        ("owlrl-infer", "owlrl", "10k"),
        ("reasonable-infer", "reasonable", "1M"),
    ],
    "whole job": [("kgtools-job", "kgtools", "1M"), ("composition", "shacl-rust", "1M")],
    "on disk": [("kgtools-disk", "kgtools", "10M")],
}
"""Task, the package it needs, and the largest size that it is asked for."""

LEGEND = """Seconds are medians of cold processes, growth is against the size before, MB the peak of the largest process.
Only figures of one job and size were measured together; how long anything takes depends on the machine."""


def prepare(size: int, folder: Path) -> Path:
    """Write the data and what the engines read beside them; the path of the data."""
    data = folder / "data.nt"
    write(size, data)
    with (folder / "merged.nt").open("wb") as out:
        with data.open("rb") as source:
            shutil.copyfileobj(source, out)
        for name in ONTOLOGY_FILES:
            out.writelines(f"{t} .\n".encode() for t in read(home("ontology") / name).triples)
    (folder / "merged.ttl").symlink_to("merged.nt")  # N-Triples is Turtle, and one peer goes by the name
    shapes = read_shapes()
    (folder / "shapes.ttl").write_bytes(to_turtle(shapes))
    sparql = {t.subject for t in shapes if t.predicate == ox.NamedNode(SH + "sparql")}
    (folder / "core.ttl").write_bytes(to_turtle(t for t in shapes if t.subject not in sparql))
    targeted = {t.subject for t in shapes if t.predicate.value.startswith(SH + "target")}
    core = targeted - sparql
    (folder / "sparql.ttl").write_bytes(to_turtle(t for t in shapes if t.subject not in core))
    return data


def measure(task: str, data: Path, folder: Path, timeout: float) -> dict[str, Any]:
    """One run of a task: its JSON line, or why there is none."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    command = [sys.executable, str(Path(__file__).with_name("tasks.py")), task, str(data), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return {"problem": f"not finished in {timeout:g} s"}
    if done.returncode:
        return {"problem": (done.stderr.strip().splitlines() or ["it died"])[-1][:120]}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def summary(runs: list[dict[str, Any]], expected: int) -> dict[str, Any]:
    """The medians of several runs, and whether the number of violations is the planted one."""
    good = [r for r in runs if "problem" not in r]
    if not good:
        return runs[0]
    stages = {s: statistics.median(r["stages"][s] for r in good) for s in good[0]["stages"]}
    out = {
        "seconds": statistics.median(r["seconds"] for r in good),
        "stages": stages,
        "megabytes": max(r["megabytes"] for r in good),
        "runs": len(good),
        **{k: good[0][k] for k in ("violations", "entailed", "rows") if k in good[0]},
    }
    if "violations" in out:
        out["right"] = out["violations"] == expected
    return out


def table(results: dict[str, Any]) -> str:
    """The results as Markdown."""
    lines = [f"# kgtools {results['kgtools']} beside other engines", "", LEGEND, ""]
    for job, sizes in results["jobs"].items():
        lines += [
            f"## {job}",
            "",
            "| size | engine | seconds | growth | stages | MB | found | runs |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        before: dict[str, float] = {}
        for size, block in sizes.items():
            for engine, r in block["engines"].items():
                if "problem" in r:
                    lines.append(f"| {size} | {engine} | – | – | {r['problem']} | – | – | – |")
                    continue
                growth = f"× {r['seconds'] / before[engine]:.1f}" if engine in before else ""
                before[engine] = r["seconds"]
                stages = ", ".join(f"{k} {v:.2f}" for k, v in r["stages"].items())
                found = ", ".join(f"{r[k]:,} {k}" for k in ("violations", "entailed", "rows") if k in r)
                wrong = "" if r.get("right", True) else " **wrong**"
                lines.append(
                    f"| {size} | {engine} | {r['seconds']:.2f} | {growth} | {stages} | {r['megabytes']:,} | {found}{wrong} | {r['runs']} |"
                )
        lines.append("")
    return "\n".join(lines)


def plot(results: dict[str, Any], path: Path) -> bool:
    """Seconds against size for each job, on logarithmic axes; False where matplotlib is missing."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(results["jobs"]), figsize=(5 * len(results["jobs"]), 4), squeeze=False)
    for axis, (job, sizes) in zip(axes[0], results["jobs"].items(), strict=True):
        for engine in dict.fromkeys(e for block in sizes.values() for e in block["engines"]):
            points = [
                (SIZES[s], block["engines"][engine]["seconds"])
                for s, block in sizes.items()
                if "seconds" in block["engines"].get(engine, {}) and block["engines"][engine].get("right", True)
            ]
            if points:
                axis.plot(*zip(*points, strict=True), marker="o", label=engine)
        axis.set(xscale="log", yscale="log", xlabel="triples", ylabel="seconds", title=job)
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    return True


def installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["10k", "100k"])
    parser.add_argument("--jobs", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one run of one engine")
    parser.add_argument("--out", type=Path, default=Path("build/bench"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    name = given.out / f"kgtools-{version('kgtools')}"
    kept = name.with_name(f"{name.name}.json")
    jobs: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))["jobs"] if kept.exists() else {}
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work)
            data = prepare(SIZES[size], folder)
            expected = planted(SIZES[size]).total()
            for job in given.jobs:
                chosen = [(t, p) for t, p, most in ENGINES[job] if SIZES[size] <= SIZES[most]]
                if not chosen:
                    continue
                runs: dict[str, list[dict[str, Any]]] = {t: [] for t, _ in chosen}
                for _ in range(given.runs):
                    for task, package in chosen:
                        if any("problem" in r for r in runs[task]):
                            continue  # what did not finish once is not waited for again
                        print(f"{job} {size} {task}", file=sys.stderr)
                        ready = package == "kgtools" or installed(package)
                        result = measure(task, data, folder, given.timeout) if ready else {"problem": "not installed"}
                        runs[task].append(result)
                measured = {t: summary(r, expected) for t, r in runs.items()}
                jobs.setdefault(job, {})[size] = {"engines": measured, "on": machine(), "timeout": given.timeout}
    results = {
        "kgtools": version("kgtools"),
        "jobs": {j: {s: jobs[j][s] for s in SIZES if s in jobs[j]} for j in ENGINES if j in jobs},
    }
    kept.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    name.with_name(f"{name.name}.md").write_text(table(results), encoding="utf-8")
    drawn = plot(results, name.with_name(f"{name.name}.png"))
    print(table(results))
    print(f"{name}.json, .md" + (", .png" if drawn else "; install matplotlib for the plot"))


def machine() -> str:
    """What a measurement ran on: only ratios within one job and size can be compared."""
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"


if __name__ == "__main__":
    main()
