from pathlib import Path

import pytest

from tests.unit.pades.kit import Bureau, copied, found


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    return found(tmp_path_factory.mktemp("office") / "ca")


@pytest.fixture
def bureau(template: Bureau, tmp_path: Path) -> Bureau:
    return copied(template, tmp_path / "ca")
