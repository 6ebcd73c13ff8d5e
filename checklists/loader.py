"""The only door to YAML: a file becomes a tree of texts that remember their lines.

Every scalar stays text, so `no`, `1.10` and `012` mean what is written. Duplicate keys, anchors, aliases and tags are
faults: the first lose data silently, the others make a small file mean a large or a foreign one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from checklists.errors import Fault, TemplateBroken

MAX_BYTES = 4_000_000
MAX_DEPTH = 16


@dataclass(slots=True)
class Scalar:
    """A leaf; never anything but text."""

    line: int
    text: str


@dataclass(slots=True)
class Listing:
    """A sequence in the order of the file."""

    line: int
    parts: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A mapping; `lines` says where each key stands."""

    line: int
    fields: dict[str, "Node"] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Listing | Table


def digest(raw: bytes) -> str:
    """Return the SHA-256 (hex) of a file, the same whichever newlines a checkout gave it."""
    return hashlib.sha256(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).hexdigest()


def decode(raw: bytes, file: str) -> str:
    """Return the text of a file.

    Raises:
        TemplateBroken: If it is too large or not UTF-8.
    """
    if len(raw) > MAX_BYTES:
        raise TemplateBroken((Fault("checklist.too_large", file, 0, "", str(len(raw))),))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise TemplateBroken((Fault("checklist.not_utf8", file, line, ""),)) from error


def parse(text: str, file: str, *, stop_before: str | None = None) -> tuple[Table, tuple[Fault, ...]]:
    """Read one document whose top is a mapping; return the tree and what is wrong with its form.

    `stop_before` ends the reading at this top-level key: the head of a long file costs only its head.

    Raises:
        TemplateBroken: If the text is not YAML or its top is not a mapping.
    """
    builder = _Builder(file, stop_before)
    try:
        for event in _events(text):
            if not builder.take(event):
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 0
        raise TemplateBroken((Fault("checklist.syntax", file, line, "", error.problem or ""),)) from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise TemplateBroken((Fault("checklist.syntax", file, 0, ""),)) from error
    if not isinstance(builder.top, Table):
        raise TemplateBroken((*builder.faults, Fault("checklist.not_a_mapping", file, 1, "")))
    return builder.top, tuple(builder.faults)


def _events(text: str) -> Iterator[yaml.Event]:
    """Use the C parser where the installed PyYAML has one; it is about ten times faster."""
    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)
    return events


class _Builder:
    """Build the tree from parser events with a stack of its own, so that depth cannot exhaust Python's."""

    def __init__(self, file: str, stop_before: str | None) -> None:
        self.file = file
        self.stop_before = stop_before
        self.top: Node | None = None
        self.faults: list[Fault] = []
        self.stack: list[Listing | Table] = []
        self.keys: list[str | None] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Add one event; return False when nothing more is wanted."""
        line = event.start_mark.line + 1 if event.start_mark is not None else 0
        if isinstance(event, yaml.AliasEvent):
            self._fault("checklist.alias", line, f"*{event.anchor}")
            self._add(Scalar(line, ""))
        elif isinstance(event, yaml.NodeEvent):
            return self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
            self.keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._fault("checklist.several_documents", line)
                return False
        return True

    def _node(self, event: yaml.NodeEvent, line: int) -> bool:
        if event.anchor is not None:
            self._fault("checklist.anchor", line, f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self._fault("checklist.tag", line, str(tag))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event.value, line)
        if len(self.stack) >= MAX_DEPTH:
            raise TemplateBroken((*self.faults, Fault("checklist.too_deep", self.file, line, self._place())))
        opened: Listing | Table = Listing(line) if isinstance(event, yaml.SequenceStartEvent) else Table(line)
        if self._key_is_due():
            self._fault("checklist.key_not_text", line)
            self.keys[-1] = "?"
        else:
            self._add(opened)
        self.stack.append(opened)
        self.keys.append(None)
        return True

    def _scalar(self, text: str, line: int) -> bool:
        if not self._key_is_due():
            self._add(Scalar(line, text))
            return True
        if len(self.stack) == 1 and text == self.stop_before:
            return False
        table = self.stack[-1]
        assert isinstance(table, Table)
        if text in table.fields:
            self._fault("checklist.duplicate_key", line, text)
        self.keys[-1] = text
        table.lines[text] = line
        return True

    def _key_is_due(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], Table) and self.keys[-1] is None

    def _add(self, node: Node) -> None:
        if not self.stack:
            if self.top is None:
                self.top = node
            return
        parent = self.stack[-1]
        if isinstance(parent, Listing):
            parent.parts.append(node)
        elif self.keys[-1] is None:
            # An alias where a key was due: its value follows and must not become a key.
            self.keys[-1] = "?"
        else:
            parent.fields.setdefault(self.keys[-1], node)
            self.keys[-1] = None

    def _place(self) -> str:
        place = ""
        for holder, key in zip(self.stack, self.keys, strict=True):
            if isinstance(holder, Listing):
                place += f"[{len(holder.parts)}]"
            elif key is not None:
                place += f".{key}" if place else key
        return place

    def _fault(self, code: str, line: int, detail: str = "") -> None:
        self.faults.append(Fault(code, self.file, line, self._place(), detail))
