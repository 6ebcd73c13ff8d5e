"""The commands as a person gives them, over one home."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli.program import main
from app.services.demo import cast


class Shell:
    """Runs `yanfang` over one home: in a process of its own, or here, which costs a tenth."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._capsys, self._monkeypatch = home, capsys, monkeypatch
        monkeypatch.setenv("YANFANG_PIN", cast.SECRET)
        monkeypatch.setenv("YANFANG_NO_KEYRING", "1")

    def process(self, *words: object, fails: str = "") -> dict[str, Any]:
        command = [sys.executable, "-m", "app", *map(str, words), "--home", str(self.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        return _checked(done.returncode, done.stdout, done.stderr, fails)

    def __call__(self, *words: object, fails: str = "") -> dict[str, Any]:
        return _checked(*self._here(*words, "--json"), fails)

    def words(self, *words: object) -> str:
        """Return what a person reads."""
        return self._here(*words)[1]

    def _here(self, *words: object) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["yanfang", *map(str, words), "--home", str(self.home)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err


def _checked(code: int, out: str, err: str, fails: str) -> dict[str, Any]:
    if fails:
        assert (code, out) == (1, "")
        refused = json.loads(err)
        assert refused.keys() == {"code", "params", "message"}
        assert refused["code"] == fails
        assert any("\u4e00" <= sign <= "\u9fff" for sign in refused["message"])
        return dict(refused)
    assert code == 0, err
    assert len(out.splitlines()) == 1
    said = json.loads(out)
    assert isinstance(said, dict)
    return said
