"""The command line `yanfang`: every step of the main job, through the same services as the window."""


def main() -> None:
    """Run the command line (the entry point `yanfang`)."""
    from app.cli.program import main as run

    run()
