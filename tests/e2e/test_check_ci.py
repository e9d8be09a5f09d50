"""`check` in hooks and on build servers: what docs/ci.md says, run for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.e2e.repositories import commit, git, repository, typed_in_a_file
from tests.e2e.terminal import PROGRAM
from tests.e2e.test_check import ROOT, folder, run

__all__ = ["folder"]


def test_the_hook_runs_in_a_repository_of_somebody_else(folder: Path, tmp_path_factory: Any) -> None:
    """pre-commit clones the hook's repository, installs it by itself, and checks what is committed."""
    source = repository(tmp_path_factory.mktemp("source"))
    for name in ("app", "screens", "question_banks", "output_templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    revision = commit(source)
    place = repository(folder)
    (place / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    (place / "template.toml").write_text("x = {{ y }}\n", encoding="utf-8")
    config = {"repos": [{"repo": str(source), "rev": revision, "hooks": [{"id": "dbcharter"}]}]}
    (place / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    git(place, "add", "--all")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}

    def hook(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", *arguments]
        return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)

    failed = hook()
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert re.search(r"^bad\.toml:\d+: error CP03 problem\.goals: ", failed.stdout, re.MULTILINE)
    assert "pyproject" not in failed.stdout
    assert "template" not in failed.stdout
    git(place, "rm", "--quiet", "--force", "bad.toml")
    passed = hook("--verbose")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "good.toml: readiness" in passed.stdout
    typed_in_a_file(place / "good.toml", "schema.sql")
    commit(place)
    sql = place / "schema.sql"
    sql.write_text(sql.read_text(encoding="utf-8") + "CREATE TABLE extra (id int);\n", encoding="utf-8")
    git(place, "add", "schema.sql")
    changed = hook()
    assert changed.returncode == 1, changed.stdout + changed.stderr
    assert re.search(r"^good\.toml:\d+: error CP06 .*extra has no meaning", changed.stdout, re.MULTILINE)


PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _shell(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def designs(folder: Path) -> Path:
    """A repository whose main branch holds a good document and one with a finding."""
    place = repository(folder / "repository")
    (place / "docs" / "designs").mkdir(parents=True)
    for name in ("good.toml", "bad.toml"):
        shutil.copy(folder / name, place / "docs" / "designs" / name)
    commit(place)
    return place


@pytest.mark.parametrize("which", [0, 1])
def test_the_lines_for_pull_requests_let_old_findings_pass_and_new_ones_not(
    designs: Path, which: int
) -> None:
    script = [block for block in _blocks("sh") if "git:" in block][which]
    git(designs, "checkout", "--quiet", "-b", "change")
    bad, good = (designs / "docs" / "designs" / name for name in ("bad.toml", "good.toml"))
    bad.write_text("# reviewed\n" + bad.read_text(encoding="utf-8"), encoding="utf-8")
    commit(designs)
    old = _shell(designs, script, BASE="main")
    assert old.returncode == 0, old.stdout + old.stderr
    shutil.copy(bad, good)
    commit(designs)
    new = _shell(designs, script, BASE="main")
    assert new.returncode != 0, new.stdout + new.stderr
    assert re.search(r"docs/designs/good\.toml(:|,line=)\d+.*[ =]CP03 ", new.stdout)
    assert _shell(designs, script).returncode != 0, "there is no origin/main"


def test_the_steps_for_github_run_and_the_gate_holds(designs: Path) -> None:
    (workflow,) = [data for data in map(yaml.safe_load, _blocks("yaml")) if "jobs" in data]
    steps: Mapping[str, str] = {
        step["name"]: step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step
    }
    assert list(steps) == ["install", "annotations", "report", "gate"]
    annotated = _shell(designs, steps["annotations"])
    assert annotated.returncode == 0, annotated.stderr
    assert "::error file=docs/designs/bad.toml," in annotated.stdout
    assert _shell(designs, steps["report"]).returncode == 0
    assert json.loads((designs / "dbcharter.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert _shell(designs, steps["gate"]).returncode == 1


def test_the_other_commands_of_the_page_run(designs: Path) -> None:
    (junit,) = [block for block in _blocks("sh") if "junit" in block]
    (baseline,) = [block for block in _blocks("sh") if "--since baseline.json" in block]
    assert _shell(designs, junit).returncode == 1
    assert ElementTree.parse(designs / "dbcharter.xml").getroot().tag == "testsuites"
    done = _shell(designs, baseline)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_option_of_the_page_exists(tmp_path: Path) -> None:
    shown = run(tmp_path, "check", "--help")
    assert all(option in shown for option in set(re.findall(r"`(--[a-z-]+)", PAGE)))
