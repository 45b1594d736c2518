"""`dsr-report config init`, `config check` and `config fields`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from dsr_report.cli.options import (
    Command,
    config_option,
    configuration,
    export_argument,
    export_source,
    output_option,
    say,
    verbosity_options,
    write_or_print,
)
from dsr_report.lexicon import LANGUAGES, SOURCE_LANGUAGE

_LANGUAGES = click.Choice(LANGUAGES, case_sensitive=False)


def _language_of(what: str) -> Callable[[Command], Command]:
    help_text = f"Language of the {what}."
    return click.option("--lang", type=_LANGUAGES, default=SOURCE_LANGUAGE, show_default=True, help=help_text)


@click.group()
def config() -> None:
    """Write or check a configuration: who answers, and the statements that the law asks for.

    \b
    Example:
        dsr-report config init --lang nl -o controller.toml
        dsr-report config check controller.toml --lang nl
        dsr-report config fields export.json --lang nl
    """


@config.command()
@output_option(". Default: standard output.")
@_language_of("notes and examples")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@verbosity_options
def init(output: Path | None, lang: str, force: bool) -> None:
    """Write a configuration to fill in, with notes and examples.

    \b
    Example:
        dsr-report config init --lang nl -o controller.toml
    """
    from dsr_report.errors import FileError
    from dsr_report.rendering.configuration import configuration_text

    is_there = output is not None and str(output) != "-" and output.exists()
    if is_there and not force:
        raise FileError(
            "already exists", where=str(output), hint="Choose another name, or overwrite it with --force."
        )
    if not write_or_print(configuration_text(lang).encode("utf-8"), output):
        return
    if is_there:
        say(f"{output} was replaced")
    say(f"{output} written. Fill it in, then run: dsr-report config check {output} --lang {lang}")


@config.command()
@export_argument
@config_option("Configuration in use; what it explains is left out.")
@output_option(". Default: standard output.")
@_language_of("notes and texts")
@verbosity_options
def fields(export: str, config: Path | None, output: Path | None, lang: str) -> None:
    """List the fields in EXPORT that your company made, as a piece of configuration to fill in.

    Its values are not shown.

    \b
    Example:
        dsr-report config fields export.json --config controller.toml --lang nl >> controller.toml
    """
    import dsr_report
    from dsr_report.config import Config
    from dsr_report.rendering.configuration import fields_text

    settings = configuration(config)
    with dsr_report.read(export_source(export), config=settings) as source:
        text = fields_text(source, settings or Config(), lang).encode("utf-8", "backslashreplace")
    if write_or_print(text, output):
        say(f"{output} written. Fill it in and add it to your configuration.")


@config.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--lang",
    "codes",
    type=_LANGUAGES,
    multiple=True,
    help="Language in which you make reports (can be repeated).",
)
@click.option("--strict", is_flag=True, help="Treat a missing text as an error (exit code 5).")
@verbosity_options
def check(file: Path, codes: tuple[str, ...], strict: bool) -> None:
    """Report faults in configuration FILE and the texts that are still missing.

    Without --lang, the languages in use are checked: of [report] lang, and those that any text is given in.

    \b
    Example:
        dsr-report config check controller.toml --lang nl --lang fr --strict
    """
    from dsr_report.config import load_config
    from dsr_report.errors import CheckFailedError
    from dsr_report.languages import language_of
    from dsr_report.rendering.configuration import missing_from

    settings = load_config(file)
    given = {code for statement in settings.statement for code in statement.text}
    missing = 0
    if settings.report.lang:
        given.add(settings.report.lang)
    for code in codes or [code for code in LANGUAGES if code in given] or [SOURCE_LANGUAGE]:
        gaps = missing_from(settings, language_of(code))
        missing += len(gaps)
        click.echo(f"{code}: {'nothing is missing' if not gaps else f'{len(gaps)} missing'}")
        for gap in gaps:
            click.echo(f"  {gap}")
    if missing and strict:
        raise CheckFailedError(
            "the configuration is not complete", where=str(file), hint="The list above names what is missing."
        )
