"""The house: the public face, what a wheel holds, what is declared, and what the README shows."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import assent
from assent.features.layouts import parse

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("data", "features", "models", "training")
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""


def test_the_public_face_is_sorted_and_every_name_is_there() -> None:
    assert assent.__all__ == sorted(assent.__all__)
    for name in assent.__all__:
        assert getattr(assent, name).__name__ == name
    assert set(assent.__all__) <= set(dir(assent))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = assent.no_such_name


def test_importing_assent_imports_no_heavy_library() -> None:
    program = (
        "import sys, assent; sys.exit(' '.join({'torch', 'transformers', 'numpy', 'click'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_the_top_level_shows_the_rooms(room: str) -> None:
    assert (ROOT / room).is_symlink()
    assert (ROOT / room).resolve() == ROOT / "assent" / room


def test_every_library_that_is_imported_is_declared() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    declared = {_name(line) for lines in (PROJECT["project"]["dependencies"], *extras.values()) for line in lines}
    homes = packages_distributions()
    missing = {
        module
        for path in (ROOT / "assent").rglob("*.py")
        for module in _imports(path)
        if module not in sys.stdlib_module_names
        and module != "assent"
        and not declared & {_name(home) for home in homes.get(module, [module])}
    }
    assert not missing


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def _imports(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module.split(".")[0])
    return modules


def test_the_pins_name_versions_and_no_place() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", pin) for pin in pins)
    pinned = {_name(pin) for pin in pins}
    assert {_name(line) for line in PROJECT["project"]["dependencies"]} <= pinned


@pytest.mark.slow
def test_a_wheel_holds_each_file_once_and_runs_outside_the_clone(tmp_path: Path) -> None:
    """Unpacked away from the clone, the wheel alone summarizes and composes."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    assert len(names) == len(set(names))
    assert {name.split("/")[0] for name in names} == {"assent", "assent-0.1.0.dist-info"}
    tracked = subprocess.run(["git", "ls-files", "assent"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split()) <= set(names)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "HF_HUB_OFFLINE": "1"}
    demo = subprocess.run(
        [sys.executable, "-P", "-m", "assent", "demo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "## Action items" in demo.stdout
    assert "Priya" in demo.stdout


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_template_of_the_readme_is_one() -> None:
    [block] = _blocks("toml")
    assert parse(block.encode(), "README.md").sections[0].show == "decisions"


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks run one after the other in one namespace, in a folder that holds the sample as standup.vtt."""
    monkeypatch.chdir(tmp_path)
    sample = ROOT / "assent" / "samples" / "community_fair.vtt"
    (tmp_path / "standup.vtt").write_text(sample.read_text(encoding="utf-8"), encoding="utf-8")
    blocks = _blocks("python")
    assert blocks
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), namespace)


@pytest.mark.slow
def test_the_consoles_of_the_readme_print_what_they_show() -> None:
    """Each `console` block is one command of assent and its whole output."""
    blocks = _blocks("console")
    assert blocks
    for block in blocks:
        command, _, shown = block.partition("\n")
        assert command.startswith("$ assent ")
        words = command.removeprefix("$ assent ")
        done = subprocess.run(
            f"{sys.executable} -m assent {words}", shell=True, cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout == shown
