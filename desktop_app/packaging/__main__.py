"""``python -m desktop_app.packaging create|build|package|dev ...``: Briefcase's commands on ``briefcase.toml``."""

import sys
from pathlib import Path


def main() -> int:
    """Run one Briefcase command in the folder that holds ``briefcase.toml``."""
    from briefcase.cmdline import parse_cmdline
    from briefcase.console import Console
    from briefcase.exceptions import BriefcaseError, HelpText

    console = Console()
    try:
        command_type, extra = parse_cmdline(sys.argv[1:], console=console)
        command = command_type(console=console)
        options, overrides = command.parse_options(extra=extra)
        command.parse_config(Path.cwd() / "briefcase.toml", overrides=overrides)
        command(**options)
    except HelpText as text:
        console.info(str(text))
        return int(text.error_code)
    except BriefcaseError as error:
        console.error(str(error))
        return int(error.error_code)
    finally:
        console.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
