"""`policygen serve`."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from policygen.cli.options import day, in_workspace
from policygen.cli.output import say


@click.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    help="Where to listen. Default: 8000. 0: any free one.",
)
@click.option("--host", default="127.0.0.1", help="Default: this machine only.")
@click.option("--as-of", callback=day, metavar="DATE", help="Today's date, if not today.")
@in_workspace
def serve_command(port: int, host: str, as_of: datetime.date, workspace: Path) -> None:
    """Show drafts in a browser; the page follows when a file is saved."""
    from policygen.disk.serving import is_private
    from policygen.project.serve import start_preview

    if not host.strip():
        raise click.UsageError("--host needs a name or an address, such as 127.0.0.1")
    try:
        server, end = start_preview(workspace, host, port, as_of)
    except OSError as error:
        message = f"cannot listen on {host}, port {port}: {error.strerror}; try another with --port"
        raise click.UsageError(message) from None
    if not is_private(host):
        say(
            f"warning: everybody who reaches this machine as {host} can read these drafts", err=True
        )
    name = f"[{host}]" if ":" in host else host
    try:
        say(f"Preview at http://{name}:{server.server_address[1]}/\nCtrl-C ends it.")
        server.serve_forever()
    except KeyboardInterrupt:
        say("\nended")
    finally:
        end()
