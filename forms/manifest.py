"""What a PDF carries for machines: a manifest of what it says, and a seal over the whole file.

The manifest is canonical JSON, attached as `manifest.json`. The seal is attached uncompressed and of fixed length, so that
it can be put in when everything else is written: it names the length of the file and the SHA-256 of all bytes but its own.
`resources/verify/yanfang_verify.py` reads both; `docs/guide/verify.md` says what they are good for.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.errors import UnreadablePdf
from forms.kit.sheets import Attachment
from forms.pdf_reading import Pdf

FORMAT = "yanfang.manifest/1"
MANIFEST_NAME, SEAL_NAME = "manifest.json", "seal.json"
_SEAL = re.compile(
    rb'\{"seal":"yanfang\.seal/1","length":"(\d{12})","sha256":"([0-9a-f]{64})",'
    rb'"manifest":"([0-9a-f]{64})","key":"([0-9a-f]{64})","sig":"([0-9a-f]{128})"\}'
)


@dataclass(frozen=True, slots=True)
class Covered:
    """What a seal is put on.

    Attributes:
        length: Bytes of the file.
        sha256: Digest of all of them but the seal's.
        manifest: Digest of the manifest.
    """

    length: int
    sha256: str
    manifest: str

    def message(self) -> bytes:
        """Return the bytes that the key signs."""
        return f"yanfang.seal.v1\n{self.length:012d}\n{self.sha256}\n{self.manifest}".encode()


Sealer = Callable[[Covered], tuple[str, str]]
"""Gives the public key and the signature (Ed25519, hex) for what is covered."""


def canonical(tree: object) -> bytes:
    """Return JSON as it is hashed: keys sorted, no spaces, UTF-8."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def manifest_of(documents: list[Mapping[str, Any]], **more: object) -> bytes:
    """Return the manifest of a PDF in which these documents stand behind one another; `more` names what else it is."""
    return canonical({"format": FORMAT, "documents": documents, **more})


def page_digests(pdf: bytes) -> list[tuple[str, str]]:
    """Return the SHA-256 of content and overlay of each page, in order.

    Raises:
        UnreadablePdf: If the bytes are no PDF of this program.
    """
    file = Pdf(pdf)
    found = []
    for page in file.pages():
        streams = file.value(file.dictionary(page).get("Contents"))
        if not isinstance(streams, list) or len(streams) != 2:
            raise UnreadablePdf(reason="contents")
        content, overlay = (hashlib.sha256(file.stream(one)).hexdigest() for one in streams)
        found.append((content, overlay))
    return found


def attachments(manifest: bytes) -> tuple[Attachment, ...]:
    """Return what is attached: the manifest, and a seal to be filled in by `sealed`."""
    return (
        Attachment(MANIFEST_NAME, "application/json", manifest, "文书的数据清单：内容、版本、证据校验值、日志"),
        Attachment(SEAL_NAME, "application/json", seal_text(Covered(0, "0" * 64, "0" * 64), "0" * 64, "0" * 128),
                   "封存标记：整个文件的校验值和签名", is_plain=True),
    )  # fmt: skip


def seal_text(covered: Covered, key: str, signature: str) -> bytes:
    """Return the seal as it stands in the file."""
    return (
        f'{{"seal":"yanfang.seal/1","length":"{covered.length:012d}","sha256":"{covered.sha256}",'
        f'"manifest":"{covered.manifest}","key":"{key}","sig":"{signature}"}}'
    ).encode()


def sealed(pdf: bytes, manifest: bytes, sealer: Sealer) -> bytes:
    """Return the file with its seal filled in.

    Raises:
        UnreadablePdf: If it was not written with `attachments`.
    """
    places = list(_SEAL.finditer(pdf))
    if len(places) != 1:
        raise UnreadablePdf(reason="seal")
    start, end = places[0].span()
    digest = hashlib.sha256(pdf[:start])
    digest.update(pdf[end:])
    covered = Covered(len(pdf), digest.hexdigest(), hashlib.sha256(manifest).hexdigest())
    return pdf[:start] + seal_text(covered, *sealer(covered)) + pdf[end:]
