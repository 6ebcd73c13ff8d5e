"""The standing words of `--help` in Chinese; the library has them in English, and a place to change them only for some."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

import typer.core as library

_HELP: Final = "显示本说明后退出"
_WORDS: Final = {"default: {default}": "默认：{default}", "env var: {var}": "环境变量：{var}", "required": "必填", "(dynamic)": "（可变）"}
_USAGE: Final = (("Usage: ", "用法："), ("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令 [参数]..."))
_PANELS: Final = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "ENVVAR_STRING": "[环境变量：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}


def speak_chinese() -> None:
    """Let the commands of this process say their help in Chinese from now on."""
    command: Any = library.TyperCommand.__mro__[1]
    own: Any = library
    if own._("required") == _WORDS["required"]:
        return
    own._ = lambda text: _WORDS.get(text, text)
    command.get_usage = _after(command.get_usage, _usage)
    command.get_help_option = _after(command.get_help_option, _option)
    for one in (own.TyperCommand, own.TyperGroup):
        one.format_help = _before(one.format_help)


def _usage(text: str) -> str:
    for english, chinese in _USAGE:
        text = text.replace(english, chinese)
    return text


def _option(option: Any) -> Any:
    if option is not None:
        option.help = _HELP
    return option


def _after(call: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    @wraps(call)
    def changed(*args: Any) -> Any:
        return change(call(*args))

    return changed


def _before(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def headed(*args: Any) -> Any:
        from typer import rich_utils  # what draws the frames is loaded for them only

        for name, words in _PANELS.items():
            setattr(rich_utils, name, words)
        return call(*args)

    return headed
