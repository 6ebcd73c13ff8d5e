"""Which templates are installed, and which of them an institution is offered."""

import json
from importlib import resources
from importlib.resources.abc import Traversable

from checklists.errors import TemplateUnknown
from checklists.schema import Applies, Head, Template, Violation


class Registry:
    """Knows every installed file by its name and reads one when it is asked for.

    Safe to share between threads: two threads asking for the same template at once read it twice, nothing worse.
    """

    def __init__(self, data: Traversable, files: dict[str, dict[int, Traversable]]) -> None:
        self._data = data
        self._files = files
        self._templates: dict[tuple[str, int], Template] = {}
        self._heads: dict[str, Head] = {}
        self._violations: dict[str, Violation] = {}

    @classmethod
    def load(cls, data: Traversable | None = None) -> "Registry":
        """List the installed files and read none of them.

        `data` is another folder in the form of `checklists/data`.
        """
        root = data if data is not None else resources.files("checklists").joinpath("data")
        files: dict[str, dict[int, Traversable]] = {}
        for folder in sorted(root.iterdir(), key=lambda entry: entry.name):
            if not folder.is_dir():
                continue
            versions = {
                int(file.name[1:-5]): file
                for file in folder.iterdir()
                if file.name.startswith("v") and file.name.endswith(".yaml") and file.name[1:-5].isdigit()
            }
            if versions:
                files[folder.name] = versions
        return cls(root, files)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all templates, sorted."""
        return tuple(self._files)

    def versions(self, template_id: str) -> tuple[int, ...]:
        """Return the installed versions of a template, oldest first.

        Raises:
            TemplateUnknown: If no template has this id.
        """
        return tuple(sorted(self._versions(template_id)))

    def get(self, template_id: str, version: int | None = None) -> Template:
        """Return one version of a template, the newest where none is named.

        Raises:
            TemplateUnknown: If it is not installed.
            TemplateBroken: If its file cannot be read.
        """
        versions = self._versions(template_id)
        wanted = max(versions) if version is None else version
        if wanted not in versions:
            raise TemplateUnknown("checklist.unknown_version", template=template_id, version=wanted)
        known = self._templates.get((template_id, wanted))
        if known is not None:
            return known
        file = versions[wanted]
        # The YAML library costs some 20 ms to import; a start that shows no checklist should not pay it.
        from checklists.reading import read_template

        template = read_template(file.read_bytes(), f"{template_id}/{file.name}")
        self._templates[template_id, wanted] = template
        return template

    def head(self, template_id: str) -> Head:
        """Return title, subject and range of the newest version without reading its items."""
        known = self._heads.get(template_id)
        if known is None:
            from checklists.reading import read_head

            versions = self._versions(template_id)
            file = versions[max(versions)]
            known = read_head(file.read_bytes(), f"{template_id}/{file.name}")
            self._heads[template_id] = known
        return known

    def heads(self) -> tuple[Head, ...]:
        """Return the heads of all templates in the order they are offered."""
        return tuple(sorted((self.head(one) for one in self._files), key=lambda head: (head.applies.rank, head.id)))

    def all(self) -> tuple[Template, ...]:
        """Return the newest version of every template, in the order they are offered."""
        return tuple(self.get(head.id) for head in self.heads())

    def offered_for(self, kind: str, level: str = "", ownership: str = "") -> tuple[Template, ...]:
        """Return the templates made for such an institution, best first.

        An empty level or ownership is unknown and rules nothing out.
        """
        return tuple(self.get(head.id) for head in self.heads() if _fits(head.applies, kind, level, ownership))

    def violations(self) -> tuple[Violation, ...]:
        """Return the violation dictionary in its printed order."""
        if not self._violations:
            from checklists.reading import read_violations

            file = self._data.joinpath("violations.yaml")
            read = read_violations(file.read_bytes(), "violations.yaml")
            self._violations = {violation.code: violation for violation in read}
        return tuple(self._violations.values())

    def violation(self, code: str) -> Violation:
        """Return one entry of the violation dictionary.

        Raises:
            TemplateUnknown: If the dictionary has no such code.
        """
        self.violations()
        try:
            return self._violations[code]
        except KeyError:
            raise TemplateUnknown("checklist.unknown_violation", violation=code) from None

    def changed_since_release(self) -> tuple[str, ...]:
        """Return the files whose bytes are not those that were published; a new file counts until it is frozen.

        An inspection pins its template by digest, so a published file is never edited: a correction is a new version.
        """
        from checklists.loader import digest

        frozen: dict[str, str] = json.loads(self._data.joinpath("digests.json").read_text(encoding="utf-8"))
        now = {
            f"{template_id}/{file.name}": digest(file.read_bytes())
            for template_id, versions in self._files.items()
            for file in versions.values()
        }
        return tuple(sorted(name for name in frozen.keys() | now.keys() if frozen.get(name) != now.get(name)))

    def _versions(self, template_id: str) -> dict[int, Traversable]:
        try:
            return self._files[template_id]
        except KeyError:
            raise TemplateUnknown("checklist.unknown_template", template=template_id) from None


def _fits(applies: Applies, kind: str, level: str, ownership: str) -> bool:
    return (
        (not applies.kinds or kind in applies.kinds)
        and (not applies.levels or not level or level in applies.levels)
        and (not applies.ownerships or not ownership or ownership in applies.ownerships)
    )

