"""The way in: `--version` is answered before anything else is imported."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from techkit import __version__

        sys.stdout.write(f"techkit {__version__}\n")
        return
    from techkit.cli import run

    run()


if __name__ == "__main__":
    main()
