"""Start the program: as a worker that looks at files, as a command, or as the window."""

import sys


def main() -> None:
    """Run what the arguments ask for; the window opens without loading the command line."""
    if sys.argv[1:2] == ["--media-worker"]:
        from app.media.worker import main as work

        raise SystemExit(work())
    if len(sys.argv) == 1:
        from app.cli.window import open_window

        raise SystemExit(open_window(None))
    from app.cli import main as command

    command()


if __name__ == "__main__":
    main()
