"""What the server does often leaves nothing that only a search for rings would free: it looks for them once in 50,000 objects."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.protocol import checkpoints
from sync.protocol.linked import on_wire
from sync.server import pushes
from sync.server.intake import Intake
from tests.unit.sync.town import Town


@contextmanager
def nobody_looks() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_push_that_overtook_another_one_is_gone_with_its_answer(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    box = town.device("u", "s:610102")
    office, epoch, device = town.office, town.epoch, town.office.devices.find(box.id)
    _, *later = (box.line("s:610102") for _ in range(3))
    with nobody_looks():
        _, problem, _ = pushes.push(
            office.database,
            town.world,
            office.terms,
            office.devices.find,
            device,
            box.replica,
            on_wire(later),
            epoch,
        )
        assert problem is not None
        assert problem.code == "push.gap"
        assert not any(isinstance(one, Intake) for one in gc.get_objects())
    town.close()


class Leaves(list[bytes]):
    """Leaves that can be looked for."""


def test_a_tree_of_the_log_is_gone_when_its_root_is_known() -> None:
    leaves = Leaves(bytes([number]) * 32 for number in range(8))
    found = weakref.ref(leaves)
    with nobody_looks():
        checkpoints.root(checkpoints.subtrees(leaves), 8)
        del leaves
        assert found() is None
