"""Where everything starts: the command line, which opens the window when it is asked to."""

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

# As `desktop_app.io.telemetry.hdf5_process` calls the process that it starts.
_READ_HDF5 = "--read-hdf5"
# As `desktop_app.engine.training_team` calls those that it starts.
_TRAIN_CHANNELS = "--train-channels"


def main() -> int:
    """Run Peculiar as it was called; the exit status."""
    if sys.argv[1:] == [_READ_HDF5]:
        from desktop_app.io.telemetry.hdf5_worker import main as read_hdf5

        return read_hdf5()
    if sys.argv[1:] == [_TRAIN_CHANNELS]:
        from desktop_app.engine.training_worker import main as train_channels

        return train_channels()
    from desktop_app.cli.main import run

    # Warnings are for those who mend the program; -W and PYTHONWARNINGS bring them back.
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    return run(sys.argv[1:], _show_window)


def _show_window(paths: Sequence[Path], detect_on_open: bool) -> int:
    from desktop_app.ui.app import run

    return run(paths, detect_on_open=detect_on_open)


if __name__ == "__main__":
    sys.exit(main())
