"""What is wrong with a command line, in the words of the catalogues: the library says it in English."""

import re
from typing import Any, Final

from typer.exceptions import TyperException

from app.gui import messages

# What the library says, and which sentence of the catalogues says it; groups are the sentence's values.
_SAID: Final = (
    (r"No such command '(?P<name>.*)'\.", "no_command"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)", "too_much"),
    (r"No such option: (?P<name>\S+)", "no_option"),
    (r"Option '(?P<name>.*)' requires .*", "no_value"),
    (r"Option '(?P<name>.*)' does not take a value\.", "takes_none"),
    (r".*(?:should be|is not) a valid (?:int|float|number|decimal).*", "number"),
    (r".*greater than or equal to (?P<limit>\S+)", "too_small"),
    (r".*less than or equal to (?P<limit>\S+)", "too_large"),
    (r"(?P<value>\S+) is not in the range (?P<limits>\S+)\.", "range"),
    (r"(?:Value error, )?'(?P<value>.*)' does not match the formats? .*", "day"),
    (r"(?:Value error, )?'(?P<value>.*)' is not one of (?P<choices>.*)\.", "choice"),
    (r"\w+ '(?P<value>.*)' does not exist\.", "no_file"),
    (r"\w+ '(?P<value>.*)' is a directory\.", "is_folder"),
    (r"\w+ '(?P<value>.*)' is a file\.", "is_file"),
    (r"\w+ '(?P<value>.*)' is not (?:readable|writable)\.", "no_access"),
)


def reason(error: TyperException) -> str:
    """Return what is wrong, and where help is."""
    given: Any = error
    param = getattr(given, "param", None)
    field = "" if param is None else "/".join(param.opts) if param.param_type_name == "option" else str(param.name)
    words = _words("missing" if type(error).__name__ == "MissingParameter" else "other", {"field": field, "said": error.message})
    for pattern, name in _SAID:
        found = re.fullmatch(pattern, error.message)
        if found is not None:
            words = _words(name, {"field": field, **found.groupdict(), **_choices(found)})
            break
    near = getattr(given, "possibilities", None)
    if near:
        words += _words("near", {"names": "、".join(sorted(near))})
    context = getattr(given, "ctx", None)
    return words + (_words("help", {"command": _command(context)}) if context is not None else "")


def _choices(found: re.Match[str]) -> dict[str, str]:
    choices = found.groupdict().get("choices")
    return {"choices": "、".join(one.strip(" '") for one in choices.split(","))} if choices else {}


def _command(context: Any) -> str:
    # Run as `python -m` the program would be named by its file.
    return " ".join(["yanfang", *str(context.command_path).split()[1:]])


def _words(name: str, params: dict[str, Any]) -> str:
    return messages.sentence_of(f"cli.usage_{name}", params)
