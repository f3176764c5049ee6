"""The process that reads HDF5 for us: started when first needed, ended when it hangs, and started again."""

import atexit
import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import IO, Any

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.io.source import open_bytes, version_of
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES

WORD = "--read-hdf5"
_START_S = 60.0
_ANSWER_S = 1.5
_REMEMBERED_S = 20.0
_BYTES_A_SECOND = 20 << 20
_AGAIN = "Download or copy the file again; h5dump tells where it is damaged."

_DEADLY: dict[tuple[Path, tuple[int, int]], float] = {}

Array = np.ndarray[Any, np.dtype[Any]]


def ask(path: Path, request: Mapping[str, object]) -> tuple[dict[str, Any], list[Array]]:
    """What the process answers to a request about ``path``, and the arrays behind it.

    Raises
    ------
    ReadError
        The file is damaged, so that reading it failed, took too long or ended the process.
    """
    with open_bytes(path) as file:
        packed = file.read(1)
    if not packed:
        raise ReadError(f"{path.name} is empty.", hint=_AGAIN)
    seconds = _ANSWER_S + path.stat().st_size / _BYTES_A_SECOND
    version = (path.absolute(), version_of(path))
    # What just ended the library would hold up the next question about it just as long.
    known = monotonic() - _DEADLY.get(version, -_REMEMBERED_S) < _REMEMBERED_S
    answer = None if known else _WORKER.ask({**request, "path": str(path.absolute())}, seconds)
    if answer is None:
        if not known:
            _DEADLY[version] = monotonic()
        raise ReadError(f"{path.name} is damaged: reading it ended the HDF5 library, or never ended.", hint=_AGAIN)
    told, arrays = answer
    if "error" in told:
        raise ReadError(f"{path.name} cannot be read as HDF5: {str(told['error']).rstrip('.')}.", hint=_AGAIN)
    return told, arrays


def command(word: str = WORD) -> list[str]:
    """How a process of ours is started: through Python, or through the program that bears the name of the app."""
    through_python = Path(sys.executable).stem.lower().startswith("python")
    return [sys.executable, *(["-m", "desktop_app"] if through_python else []), word]


class _Worker:
    """One process at a time; requests wait for one another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: Mapping[str, object], seconds: float) -> tuple[dict[str, Any], list[Array]] | None:
        """The answer; None where the process ended, or was ended for it took too long."""
        with self._lock:
            before, start = self._process, monotonic()
            answer = self._asked(request, seconds)
            # A process that lived already may have been ended by the alarm of a request that it had answered.
            if answer is None and before is not None and monotonic() - start < seconds:
                answer = self._asked(request, seconds)
            return answer

    def _asked(self, request: Mapping[str, object], seconds: float) -> tuple[dict[str, Any], list[Array]] | None:
        process = self._running()
        try:
            answer = _exchanged(process, json.dumps(request).encode(), seconds)
        except (OSError, ValueError, struct.error):
            answer = None
        if answer is None:
            self._end()
        return answer

    def end(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        root = str(Path(__file__).parents[3])
        ways = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        # Two double colons are HDF5's own word for: load no plugins.
        quiet = {"HDF5_PLUGIN_PRELOAD": "::", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **quiet, "PYTHONPATH": os.pathsep.join(filter(None, ways))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        ready = _exchanged(self._process, None, _START_S)
        if ready is None:
            self._end()
            raise ReadError("The process that reads HDF5 does not start.", hint="Install Peculiar again.")
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


def _exchanged(
    process: "subprocess.Popen[bytes]", request: bytes | None, seconds: float
) -> tuple[dict[str, Any], list[Array]] | None:
    """The answer to ``request``; None where the process ends before it has given it whole."""
    if process.stdin is None or process.stdout is None:
        return None
    alarm = threading.Timer(seconds, process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        if request is not None:
            process.stdin.write(struct.pack("<I", len(request)) + request)
            process.stdin.flush()
        head = _read(process.stdout, 4)
        content = None if head is None else _read(process.stdout, struct.unpack("<I", head)[0])
        if content is None:
            return None
        told = json.loads(content)
        arrays = [_array(process.stdout, described) for described in told.get("arrays", ())]
        return None if any(array is None for array in arrays) else (told, [a for a in arrays if a is not None])
    finally:
        alarm.cancel()
        alarm.join()


def _array(stream: IO[bytes], described: Mapping[str, Any]) -> Array | None:
    dtype, shape = np.dtype(str(described["dtype"])), tuple(int(size) for size in described["shape"])
    count = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if dtype.kind not in "iufS" or count > VALUES_LIMIT_BYTES * 8:
        return None
    content = _read(stream, count)
    return None if content is None else np.frombuffer(content, dtype).reshape(shape)


def _read(stream: IO[bytes], count: int) -> bytes | None:
    pieces: list[bytes] = []
    while count > 0:
        piece = stream.read(min(count, 16 << 20))
        if not piece:
            return None
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def datasets(path: Path, names: Sequence[tuple[str, str]]) -> tuple[list[Array], list[tuple[str, ...]]]:
    """The values of datasets, or of one field of each, and the names of the states where they are states.

    Parameters
    ----------
    path : Path
    names : sequence of (str, str)
        The place of each dataset and the field, "" for all of it.

    Raises
    ------
    ReadError
    """
    wanted = {"do": "read", "datasets": [list(name) for name in names], "limit": VALUES_LIMIT_BYTES // 2}
    told, arrays = ask(path, wanted)
    return arrays, [tuple(map(str, states)) for states in told.get("states", ())]


_WORKER = _Worker()
atexit.register(_WORKER.end)
