"""`python -m core ...`: every job without a browser. Exit codes: 0 done, 2 wrong use or bad input, 1 a bug."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from core.cli.audit import audit
from core.cli.cache import cache
from core.cli.datasets import import_command, samples
from core.cli.experiment import experiment
from core.cli.explain import explain
from core.cli.models import backbones, evaluate, predict
from core.cli.runs import delete, resume, runs, show, stop, train
from core.cli.survey import advise, survey
from core.cli.terminal.output import accept_any_text
from core.cli.versions import datasets, delete_dataset, derive, pack
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.files.disk import refusals_in_words
from core.settings import settings

WRONG_USE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": False})
def commands() -> None:
    """Transfer learning on pictures, without a browser.

    Data is stored in the folder set by TRANSFER_STUDIO_HOME, by default in the user's data folder.
    """
    # Removes leftovers of killed imports. Invalid settings are reported by the commands that need them.
    with suppress(CoreError):
        DatasetStore(settings()).sweep()


COMMANDS = (
    import_command,
    samples,
    audit,
    survey,
    advise,
    datasets,
    derive,
    pack,
    delete_dataset,
    train,
    runs,
    show,
    stop,
    resume,
    delete,
    evaluate,
    predict,
    explain,
    experiment,
    backbones,
    cache,
)
for command in COMMANDS:
    commands.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code. Errors that a user can fix are one line on standard error."""
    accept_any_text()
    try:
        with refusals_in_words():
            return commands.main(arguments, prog_name="python -m core", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return WRONG_USE
    except click.ClickException as error:
        click.echo(f"Error: {' '.join(error.format_message().split())}", err=True)
        return WRONG_USE
    except CoreError as error:
        click.echo(f"Error: {' '.join(str(error).split())}", err=True)
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe. Python would complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
