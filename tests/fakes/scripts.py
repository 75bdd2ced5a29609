"""Runs a script of scripts/ as a user does, but in this process, and keeps what it prints."""

import io
import json
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from unittest.mock import patch

SCRIPTS = Path(__file__).parents[2] / "scripts"


def run_script(script: str, *arguments: str | Path) -> CompletedProcess[str]:
    """Its exit code, what it said and what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    command = [script, *map(str, arguments)]
    with (
        patch.object(sys, "argv", command),
        patch.object(sys, "path", [str(SCRIPTS), *sys.path]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            runpy.run_path(str(SCRIPTS / script), run_name="__main__")
            code: Any = 0
        except SystemExit as exit:
            code = exit.code or 0
    return CompletedProcess(command, int(code), out.getvalue(), err.getvalue())


def json_of(script: str, *arguments: str | Path, code: int = 0) -> Any:
    """The one JSON object that it prints, and nothing beside it."""
    ran = run_script(script, *arguments, "--json")
    assert ran.returncode == code, ran.stderr
    return json.loads(ran.stdout)
