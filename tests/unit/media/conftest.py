from collections.abc import Iterator
from pathlib import Path

import pytest

from app.media.decoder import Decoder
from app.media.intake import Intake
from app.media.vault_files import FileVault


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    with Decoder() as one:
        yield one


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault", bytes(range(32)))


@pytest.fixture
def intake(vault: FileVault, decoder: Decoder) -> Intake:
    return Intake(vault, decoder)
