"""`policygen site`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from policygen.cli.options import NAMED, day, in_workspace, school_and_policy, writes
from policygen.cli.output import PROBLEMS, say, show
from policygen.cli.waiting import telling
from policygen.ground import paths
from policygen.ground.letters import harmless

if TYPE_CHECKING:
    from policygen.project.site import Hosted


def _drafts(
    context: click.Context, parameter: click.Parameter, words: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return tuple(school_and_policy(context, parameter, word) for word in words)


@click.command("site")
@click.argument("schools", nargs=-1, type=NAMED, metavar="[SCHOOL]...")
@click.option(
    "--draft",
    "drafts",
    multiple=True,
    type=NAMED,
    callback=_drafts,
    metavar="SCHOOL/POLICY",
    help="Show the draft of this policy, too, marked as a draft.",
)
@click.option(
    "--all-or-nothing", is_flag=True, help="Write nothing where anything cannot be published."
)
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
@writes
def site_command(
    schools: tuple[str, ...],
    drafts: tuple[tuple[str, str], ...],
    as_of: datetime.date,
    workspace: Path,
    *,
    all_or_nothing: bool,
) -> None:
    """Make the public website from what was approved: output/site/."""
    from policygen.project.site import publish_sites

    output = workspace / paths.OUTPUT
    with telling() as tell:
        published = publish_sites(
            workspace, output, schools, drafts, as_of, tell, all_or_nothing=all_or_nothing
        )
    show(published.diagnostics)
    for site in published.schools:
        _say(site, named=bool(schools))
    for folder in published.issuers:
        say(f"Model policies\n  {paths.in_output(folder)}/index.html")
    if published.stopped:
        say("Not made, because of errors; what was made before stays")
        for school_id in published.stopped:
            say(f"  {harmless(school_id)}")
    if published.diagnostics:
        raise click.exceptions.Exit(PROBLEMS)


def _say(hosted: Hosted, *, named: bool) -> None:
    from policygen.ground.wording import count

    if not hosted.folder:
        if named:
            say(f"{hosted.school}: nothing is approved yet, so there is nothing to publish")
        return
    unchanged = ""
    if not hosted.changed:
        unchanged = ", unchanged since it was last made"
    said = f"{count(hosted.policies, 'policy')}, {count(hosted.versions, 'version')}"
    drafts = ""
    if hosted.drafts:
        drafts = f", {count(hosted.drafts, 'draft')}"
    say(f"{hosted.name}\n  {said}{drafts}{unchanged}\n  output/{hosted.folder}/policies/index.html")
    if not hosted.website:
        say("  without a sitemap and addresses for search engines: school.yaml gives no `website`")
    if not hosted.tested:
        say(
            "  the accessibility statement names no test by the school: school.yaml gives no `accessibility`"
        )
