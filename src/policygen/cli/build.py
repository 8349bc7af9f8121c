"""`policygen build` and `policygen cache`."""

from __future__ import annotations

import datetime
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from policygen.cli.options import in_workspace, selected, writes
from policygen.cli.output import PROBLEMS, say, show
from policygen.cli.waiting import telling
from policygen.ground import paths
from policygen.ground.letters import harmless

if TYPE_CHECKING:
    from policygen.disk.cache import Cache, Size
    from policygen.disk.cluster import Cluster
    from policygen.ground.telling import Tell
    from policygen.project.built import BuildResult, Built

_MEGABYTE = 1_000_000

cached = click.option(
    "--cache",
    "cache_folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where what was made before is kept. Default: output/.cache.",
)


@click.command("build")
@selected
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="How many PDFs to make at once. Default: where there are many, one for each core.",
)
@click.option(
    "--executor",
    type=click.Choice(["pool", "dask"]),
    default="pool",
    help="Who does the work: processes of this machine, or a cluster of Dask.",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="The scheduler of the cluster: tcp://10.0.0.5:8786."
)
@click.option("--force", is_flag=True, help="Make everything, even what was made before.")
@click.option(
    "--all-or-nothing", is_flag=True, help="Write nothing where anything selected has an error."
)
@click.option("--explain", is_flag=True, help="Say why each policy was made again.")
@cached
@writes
def build_command(
    selection: tuple[str, ...],
    as_of: datetime.date,
    workspace: Path,
    workers: int | None,
    executor: Literal["pool", "dask"],
    scheduler: str | None,
    cache_folder: Path | None,
    *,
    force: bool,
    all_or_nothing: bool,
    explain: bool,
) -> None:
    """Make drafts: HTML, PDF and text, forms, and sheets to sign.

    Of a POLICY named without a school, the model policy as well, with every option in words: HTML, PDF, text and Word.
    """
    from policygen.project.rebuild import rebuild

    output, cache = workspace / paths.OUTPUT, cache_in(workspace, cache_folder)
    if (executor == "dask") != bool(scheduler):
        raise click.UsageError("`--executor dask` and `--scheduler ADDRESS` belong together")
    if scheduler and workers:
        raise click.UsageError("a cluster has the workers that it has: leave out `--workers`")
    with telling() as tell:
        result = rebuild(
            workspace,
            output,
            selection,
            as_of,
            cache,
            tell,
            workers,
            force=force,
            all_or_nothing=all_or_nothing,
            connect=partial(_cluster, scheduler, workspace, tell) if scheduler else None,
        )
    show(result.diagnostics)
    _summary(result, explain=explain)
    if result.failed:
        raise click.exceptions.Exit(PROBLEMS)


def _cluster(scheduler: str, workspace: Path, tell: Tell) -> AbstractContextManager[Cluster]:
    from policygen.disk.cluster import connected

    return connected(scheduler, workspace, tell)


def cache_in(workspace: Path, folder: Path | None) -> Cache:
    """The cache of a workspace, or the one in a folder that was named."""
    from policygen.disk.cache import Cache

    return Cache(folder.resolve() if folder else workspace / paths.OUTPUT / paths.CACHE)


def _summary(result: BuildResult, *, explain: bool) -> None:
    from policygen.ground.wording import count

    school = ""
    for built in result.policies:
        if built.school_name != school:
            school = built.school_name
            say(f"\n{school}")
        changed = "" if built.changed else ", unchanged since it was last built"
        say(f"  {built.title}, version {built.version}, draft{changed}")
        say(f"  {count(built.pages, 'page')}, content code {built.content_code}")
        say(f"  output/{built.folder}/")
        if explain:
            say(f"  {_why(built)}")
    if result.approved:
        say("\nAs approved, so that there is no draft to make")
        for approved in result.approved:
            say(f"  {approved.school_name}: {approved.title}, version {approved.version}")
            say(f"  {approved.folder}/")
    if result.circulars:
        say("\nCirculars")
        for folder in result.circulars:
            say(f"  output/{folder}/")
    if result.models:
        say("\nModel policies, without a school")
        for folder in result.models:
            say(f"  output/{folder}/")
    if result.stopped:
        say("\nNot built, because of errors; what was built before stays")
        for school_id, policy_id in result.stopped:
            say(f"  {harmless(f'{school_id}/{policy_id}')}".rstrip("/"))
    schools = len({built.school_id for built in result.policies})
    if result.policies or not result.failed:
        say(f"\n{count(len(result.policies), 'policy')} built for {count(schools, 'school')}.")
    if result.made < result.pdfs:
        say(f"{result.made} of {count(result.pdfs, 'PDF')} made; the others are as before.")


def _why(built: Built) -> str:
    """Why a policy was made again."""
    if built.because and built.changed:
        return f"made again, because this has changed: {', '.join(built.because)}"
    if built.because:
        return f"this has changed, but nothing that it prints: {', '.join(built.because)}"
    if built.changed:
        return "made, because it was not there as it was made before"
    return "nothing has changed that it is made from"


@click.group("cache")
def cache_group() -> None:
    """What was made before: it only saves time, and may be deleted."""


@cache_group.command("show")
@in_workspace
@cached
def show_command(workspace: Path, cache_folder: Path | None) -> None:
    """Say where it is kept, and how much it is."""
    cache = cache_in(workspace, cache_folder)
    say(f"{cache.folder}: {_amount(cache.size())}")


@cache_group.command("prune")
@click.option(
    "--days",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    help="What was used in so many days stays; 0 takes away everything.",
)
@in_workspace
@cached
def prune_command(workspace: Path, cache_folder: Path | None, days: int) -> None:
    """Take away what no build has used for some time."""
    say(f"taken away: {_amount(cache_in(workspace, cache_folder).prune(days))}")


def _amount(size: Size) -> str:
    from policygen.ground.wording import count

    return f"{count(size.entries, 'entry')}, {size.octets / _MEGABYTE:.1f} MB"
