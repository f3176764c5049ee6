"""What the README says is so: its commands, its Python, its list of formats."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np

from desktop_app.cli.main import _parser
from desktop_app.export import WRITERS
from tests.data import quiet_curve
from tests.e2e.program import ROOT, environment
from tests.e2e.stars import DIP_ROWS, write_fits

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, holding: str) -> str:
    """The one fenced block of ``language`` that holds this text."""
    (found,) = [text for text in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if holding in text]
    return str(found)


def test_that_the_gates_run_the_test_command_of_the_readme() -> None:
    gates = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"grep -m 1 -E '(.*)' README\.md", gates)
    (command,) = [line for line in README.splitlines() if re.search(pattern, line)]
    assert command == block("sh", "-m pytest").strip()
    assert 'bash -c "$test_command"' in gates


def test_that_the_two_commands_stand_at_the_top() -> None:
    first, second = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert first.endswith("peculiar open --samples")
    assert second.endswith("python -m pytest -n auto --dist loadfile")
    assert README.index(second) < README.index("\n## ")


def test_that_every_call_in_the_readme_is_one_that_the_program_takes() -> None:
    calls = [shlex.split(line, comments=True) for line in block("sh", "# the window").splitlines()]
    assert len(calls) > 5
    for program, *words in calls:
        assert program == "peculiar"
        if words:
            _parser().parse_args(words)


def test_that_the_python_of_the_readme_finds_the_events(tmp_path: Path) -> None:
    flux = np.array(quiet_curve(2000).flux)
    flux[DIP_ROWS] -= 0.015
    write_fits(tmp_path / "star.fits", flux)
    done = subprocess.run(
        [sys.executable, "-c", block("python", "open_file")],
        cwd=tmp_path,
        env=environment({}),
        capture_output=True,
        text=True,
        check=True,
    )
    (peak,) = np.fromstring(done.stdout.strip("[]\n"), sep=" ")
    assert 1325 + DIP_ROWS.start / 720 <= peak <= 1325 + DIP_ROWS.stop / 720


def test_that_every_export_format_is_in_the_readme() -> None:
    for writer in WRITERS.values():
        assert f"| `{writer.suffix}` |" in README
