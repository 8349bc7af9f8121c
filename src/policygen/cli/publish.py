"""`policygen publish` and `policygen announce`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from policygen.cli.options import (
    NAMED,
    day_or_month_if_said,
    in_workspace,
    sealing_key,
    today,
    writes,
)
from policygen.cli.output import say, show
from policygen.cli.waiting import telling
from policygen.ground import paths

if TYPE_CHECKING:
    from policygen.ground.dates import Month
    from policygen.project.publish import Published


def _edition(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    from policygen.files.fields import NUMBER_PATTERN

    if not re.fullmatch(NUMBER_PATTERN, value):
        message = (
            f"`{value}` is not an edition; write numbers with dots between them, such as 2026.2"
        )
        raise click.BadParameter(message)
    return value


def _template_edition(
    _context: click.Context, _parameter: click.Parameter, value: str
) -> tuple[str, str]:
    template_id, at, edition = value.partition("@")
    if not at or not template_id:
        message = f"`{value}` is not an edition; write `staff-acceptable-use@2026.1`"
        raise click.BadParameter(message)
    return template_id, _edition(_context, _parameter, edition)


def _signed(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--sign",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Sign the bundle with the key in this PKCS#12 file (.p12). Password: POLICYGEN_SEAL_PASSWORD, or asked.",
    )(command)


@click.command("publish")
@click.argument("template", type=NAMED, metavar="POLICY")
@click.option(
    "--edition", required=True, callback=_edition, help="The number of the edition, such as 2026.2."
)
@click.option(
    "--issued",
    callback=day_or_month_if_said,
    metavar="DATE",
    help="The date of issue, or its month.",
)
@click.option(
    "--scaffold",
    is_flag=True,
    help="Write what is to be explained into changes.yaml, and publish nothing.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@_signed
@in_workspace
@writes
def publish_command(
    template: str,
    edition: str,
    issued: datetime.date | Month | None,
    workspace: Path,
    sign: Path | None,
    *,
    scaffold: bool,
    strict: bool,
) -> None:
    """Freeze an edition of a model policy, and make its circular and bundle."""
    from policygen.project import publish as publishing

    if scaffold:
        path, added = publishing.scaffold(workspace, template, edition)
        if added:
            say(
                f"wrote {path}\n\nFill in `class`, `must` and `reason` of each change, then publish."
            )
        else:
            say("nothing was written: changes.yaml names every change already")
        return
    if issued is None:
        message = "give the date of issue: --issued 2026-11-20"
        raise click.UsageError(message)
    key = sealing_key(sign, "--sign", today())
    with telling() as tell:
        published = publishing.publish(
            workspace, template, edition, issued, strict=strict, key=key, tell=tell
        )
    show(published.warnings)
    record = published.record
    say(f"published {record.template}@{record.edition}")
    say(f"  {published.folder}/   frozen; keep it in version control")
    say(f"  digest {record.digest}")
    _say_products(published)


@click.command("announce")
@click.argument("edition", type=NAMED, metavar="POLICY@EDITION", callback=_template_edition)
@_signed
@in_workspace
@writes
def announce_command(edition: tuple[str, str], workspace: Path, sign: Path | None) -> None:
    """Make the circular and the bundle of a published edition again."""
    from policygen.project import publish as publishing

    key = sealing_key(sign, "--sign", today())
    with telling() as tell:
        announced = publishing.announce(workspace, workspace / paths.OUTPUT, *edition, key, tell)
    _say_products(announced)


def _say_products(published: Published) -> None:
    record = published.record
    what = (
        "circular and bundle"
        if published.circular
        else "bundle; no circular, for template.yaml has no `circular:`"
    )
    say(f"  {paths.in_output(published.products)}/   {what}")
    if published.new and record.previous:
        say(f"\nSchools on {record.previous} stay there until they upgrade.")
