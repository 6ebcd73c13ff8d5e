"""The process that opens files from outside: reads one at a time from a pipe, answers with pictures, knows nothing.

Started by `app.media.decoder`: as `python -m app.media.worker`, or by the frozen program as `--media-worker`.
"""

import os
import signal
import sys
from typing import Any, BinaryIO, Final

from app.media.errors import PageUnreadable
from app.media.fence import raise_fence
from app.media.look import (
    DAMAGED,
    MEMORY_BYTES,
    OUT_OF_MEMORY,
    PDF_BYTES_AT_MOST,
    Frame,
    Look,
    receive,
    send,
    to_frame,
)
from app.media.pictures import look_at_picture

ARGUMENT: Final = "--media-worker"


def main() -> int:
    """Serve requests until the other end closes the pipe."""
    requests, answers = _pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    held = raise_fence(MEMORY_BYTES)
    while True:
        try:
            request = receive(requests, body_bytes_at_most=PDF_BYTES_AT_MOST)
            send(answers, _answer(request, held))
        except (EOFError, BrokenPipeError):
            return 0


def _answer(request: Frame, held: tuple[str, ...]) -> Frame:
    head: dict[str, Any] = request.head
    match head.get("op"):
        case "ping":
            return Frame({"held": held})
        case "look" if head.get("mime") == "application/pdf":
            from app.media.preview import look_at_pdf

            return to_frame(look_at_pdf(request.body))
        case "look":
            return to_frame(look_at_picture(request.body, str(head.get("mime"))))
        case "pages" | "page":
            return _pages(request)
        case "codes":
            return _codes(request)
        case _:
            return to_frame(Look(reason=DAMAGED))


def _pages(request: Frame) -> Frame:
    from app.media.preview import page_count, render_page

    head = request.head
    try:
        if head["op"] == "pages":
            return Frame({"reason": "", "pages": page_count(request.body)})
        page = render_page(request.body, int(head["number"]), float(head["scale"]))
        return Frame({"reason": "", "width": page.width, "height": page.height}, page.rgb)
    except PageUnreadable:
        return Frame({"reason": DAMAGED})
    except MemoryError:
        return Frame({"reason": OUT_OF_MEMORY})


def _codes(request: Frame) -> Frame:
    from app.media.codes import codes_in

    try:
        return Frame({"reason": "", "codes": codes_in(request.body, str(request.head.get("mime")))})
    except MemoryError:
        return Frame({"reason": OUT_OF_MEMORY, "codes": ()})


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take over standard input and output, and give libraries that print a way out that harms no message."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, answers


if __name__ == "__main__":
    raise SystemExit(main())
