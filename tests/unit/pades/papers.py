"""An official paper as the office issues it: authority and date at its end, where the seal belongs."""

from functools import cache

from forms.model import Role
from forms.registry import paper
from forms.render import Rendered, render
from forms.signing import Rect
from tests.unit.forms import samples
from tests.unit.forms.filled import filled, typical


@cache
def dated() -> Rendered:
    one = paper("rectification_order")
    return render([filled(one, typical(one))], samples.META)


def kept_for_seal() -> Rect:
    """The place that the paper itself keeps."""
    (box,) = [box for page in dated().pages for box in page.boxes if box.signer.role is Role.SEAL]
    return box.rect
