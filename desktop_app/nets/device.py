"""On which processor a network computes: the wished one, or a sentence why not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from desktop_app.core.errors import ParamError


class Device(StrEnum):
    """Where to compute; "auto" takes a GPU where there is one, and the processor otherwise."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


def chosen_device(wish: str | Device, *, worth: bool = True) -> str:
    """Where to compute: "cpu", "cuda" or "mps".

    Parameters
    ----------
    wish : str or Device
    worth : bool
        Whether there is so much to compute that "auto" should look for a GPU, which may cost seconds.

    Raises
    ------
    ParamError
        The device is not one of `Device`, or is not there.
    """
    if wish not in tuple(Device):
        raise ParamError(f"There is no device called {wish!r}.", hint=f"Choose from: {', '.join(Device)}.")
    match Device(wish):
        case Device.AUTO:
            return next((name for name in _likely() if _there(name)), "cpu") if worth else "cpu"
        case Device.CPU:
            return "cpu"
        case device:
            if not _there(device.value):
                what = "NVIDIA graphics card" if device is Device.CUDA else "Apple graphics processor"
                raise ParamError(f"No {what} can be used here.", hint="Choose the device auto or cpu.")
            return device.value


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch computes in one thread: small networks take no longer, and give the same numbers on any number of cores."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _likely() -> list[str]:
    """What is worth importing torch for: the driver's traces are seen without it."""
    found = []
    if sys.platform == "win32" or Path("/dev/nvidiactl").exists() or Path("/dev/dxg").exists():
        found.append("cuda")
    if sys.platform == "darwin":
        found.append("mps")
    return found


def _there(name: str) -> bool:
    import torch

    return bool(torch.cuda.is_available() if name == "cuda" else torch.backends.mps.is_available())
