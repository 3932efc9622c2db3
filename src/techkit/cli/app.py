"""The application: its commands are the files of this folder that declare `command`, its help is our own words."""

from __future__ import annotations

import difflib
import errno
import os
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from techkit.cli import INTERRUPTED, USAGE, Stop
from techkit.cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMANDS = ("check", "explain", "fix", "undo", "mute", "report", "compare", "list", "record", "new")
"""In the order of the help."""
UsageError: Any = typer.BadParameter.__mro__[1]
WIDTH = 100


class _Spoken:
    """Help in the language of this call."""

    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        """Usage, what it does, arguments, options, commands."""
        shown = [param for param in self.get_params(ctx) if not getattr(param, "hidden", False)]
        given = [_row(param)[0] for param in shown if param.param_type_name == "argument"]
        pieces = (
            f"[{say('help.options').upper()}]",
            *([say("help.command")] if isinstance(self, TyperGroup) else given),
        )
        formatter.write_usage(ctx.command_path, " ".join(pieces), f"{say('help.usage')}: ")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.help or "")
        parts: dict[str, list[tuple[str, str]]] = {"arguments": [], "options": [], "commands": []}
        for param in shown:
            kind = "arguments" if param.param_type_name == "argument" else "options"
            parts[kind].append(_row(param))
        if isinstance(self, TyperGroup):
            parts["commands"] = [(name, self.commands[name].help or "") for name in self.list_commands(ctx)]
        for kind, rows in parts.items():
            if rows:
                with formatter.section(say(f"help.{kind}")):
                    formatter.write_dl(rows)
        if self.epilog:
            formatter.write_paragraph()
            formatter.write_text(self.epilog)

    def invoke(self: Any, ctx: Any) -> Any:
        """The command, interrupted as we say it: Typer would leave without a word."""
        try:
            return super().invoke(ctx)  # type: ignore[misc]
        except KeyboardInterrupt as error:
            raise Stop(INTERRUPTED, say("error.interrupted")) from error

    def get_help_option(self: Any, ctx: Any) -> Any:
        """--help, explained in our words."""
        option: Any = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = say("help.help")
        return option


def _row(param: Any) -> tuple[str, str]:
    if param.param_type_name == "argument":
        name = (param.metavar or param.name.upper()).strip("[]") + ("…" if param.nargs != 1 else "")
        return name if param.required else f"[{name}]", param.help or ""
    names = ", ".join((*param.opts, *param.secondary_opts))
    if not param.is_flag:
        names += f" {(param.metavar or param.name).upper()}"
    return names, f"{param.help or ''}{' ' + say('help.required') if param.required else ''}"


class Command(_Spoken, TyperCommand):
    """One command."""


class Group(_Spoken, TyperGroup):
    """All commands."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the library's signature
        """In our own order."""
        return [name for name in COMMANDS if name in self.commands]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of that name; for an unknown one name the nearest."""
        if args and args[0] not in self.commands:
            near = difflib.get_close_matches(args[0], COMMANDS, 2, 0.5)
            hint = f"{say('error.near', names=tuple(near))} " if near else ""
            raise Stop(USAGE, f"{say('error.no_command', word=args[0])} {hint}{say('error.usage', command='')}")
        return super().resolve_command(ctx, args)


def build(names: Iterable[str]) -> typer.Typer:
    """The application with these commands."""
    app = typer.Typer(
        cls=Group,
        rich_markup_mode=None,
        add_completion=False,
        invoke_without_command=True,
        context_settings={"max_content_width": WIDTH},
        help=say("help.app"),
        epilog=say("help.epilog"),
    )
    app.callback(cls=Group, invoke_without_command=True)(import_module("techkit.cli.guide").command)
    for name in names:
        module: Any = import_module(f"techkit.cli.{name}")
        app.command(name, cls=Command, help=say(f"help.{name}"), context_settings={"max_content_width": WIDTH})(
            module.command
        )
    return app


def call(argv: list[str]) -> int:
    """Run a command line, with Click's exits turned into ours."""
    first = next((word for word in argv if not word.startswith("-")), "")
    wanted = (first,) if first in COMMANDS else COMMANDS
    try:
        done = build(wanted)(args=argv, standalone_mode=False, prog_name="techkit")
    except UsageError as error:
        raise Stop(USAGE, _explain(error, first if first in COMMANDS else "")) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except SystemExit as error:  # Click exits like this when the reader of a pipe is gone
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
    return int(done or 0)


def _explain(error: Any, command: str) -> str:
    """The reason why the command line was refused, in our words."""
    kind, param = type(error).__name__, getattr(error, "param", None)
    choices = tuple(getattr(getattr(param, "type", None), "choices", ()))
    if kind == "NoSuchOption":
        sentence = say("error.unknown_option", word=error.option_name)
    elif kind == "BadOptionUsage":
        lacks = "requires" in error.message
        sentence = say("error.needs_value" if lacks else "error.takes_no_value", word=error.option_name)
    elif kind == "MissingParameter" and param is not None:
        sentence = say("error.missing_argument", word=param.name.upper())
    elif param is not None and choices:
        sentence = say("error.no_choice", word=param.name.upper(), choices=choices)
    elif param is not None:
        sentence = say("error.bad_value", word=param.opts[-1], why=error.message)
    elif extra := re.search(r"extra argument\S* \((.*)\)", error.message):
        sentence = say("error.too_much", word=extra[1])
    else:
        sentence = error.format_message()
    return f"{sentence} {say('error.usage', command=f'{command} ' if command else '')}"
