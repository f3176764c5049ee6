"""Whether a window can open here, found out before Qt is asked: where it cannot, Qt ends the process."""

import ctypes
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

from desktop_app.core.errors import UserError

# Library: the package that brings it on Debian and Ubuntu, and on Fedora.
_PACKAGES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
_XCB_PACKAGES = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
_WAYLAND_PACKAGES = {
    "libwayland-client.so.0": ("libwayland-client0", "libwayland-client"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor"),
}


def why_no_window() -> UserError | None:
    """What keeps a window from opening, with the way out; None where nothing does."""
    if not sys.platform.startswith("linux"):
        return None
    if not has_display():
        return UserError(
            "No window can open: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).",
            hint="'peculiar detect FILE' does the same work without a window.",
        )
    reasons = [_why_not(plugin) for plugin in _plugins_in_question()]
    return None if not reasons or None in reasons else reasons[-1]


def has_display() -> bool:
    """Whether somebody has set up a display, or told Qt how to do without one."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _plugins_in_question() -> list[str]:
    """The plugins that Qt will try, by name; one that can start is enough."""
    if asked_for := os.environ.get("QT_QPA_PLATFORM"):
        # "wayland-egl" is another name of the plugin "wayland"; what follows a colon are its options.
        return [choice.split(":")[0].split("-")[0] for choice in asked_for.split(";") if choice]
    return ["wayland"] * bool(os.environ.get("WAYLAND_DISPLAY")) + ["xcb"] * bool(os.environ.get("DISPLAY"))


def _why_not(plugin: str) -> UserError | None:
    path = _plugin_file(plugin)
    if path.is_file():
        try:
            ctypes.CDLL(str(path))
        except OSError as error:
            return _library_missing(str(error), plugin)
    elif path.parent.is_dir():
        return UserError(
            f"No window can open: Qt has no platform called {plugin!r}.",
            hint="Unset QT_QPA_PLATFORM, or let it name a platform that Qt has, such as xcb, wayland or offscreen.",
        )
    answers, name = {
        "xcb": (_x_server_answers, "DISPLAY"),
        "wayland": (_wayland_server_answers, "WAYLAND_DISPLAY"),
    }.get(plugin, (None, ""))
    if answers and not answers():
        return UserError(
            f"No window can open: the display {os.environ.get(name, '')!r} does not answer.",
            hint="Start the session with a display (ssh -X), or use 'peculiar detect FILE', which needs none.",
        )
    return None


def _plugin_file(plugin: str) -> Path:
    spec = find_spec("PySide6")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    return folder / "Qt" / "plugins" / "platforms" / f"libq{plugin}.so"


def _library_missing(loader_says: str, plugin: str) -> UserError:
    table = _PACKAGES | {"xcb": _XCB_PACKAGES, "wayland": _WAYLAND_PACKAGES}.get(plugin, {})
    missing = [library for library in table if not _loads(library)]
    if not missing:
        return UserError(
            f"No window can open: a system library does not load ({loader_says}).",
            hint="Install the package that brings it, or use 'peculiar detect FILE', which needs no window.",
        )
    debian, fedora = (" ".join(sorted({table[library][system] for library in missing})) for system in (0, 1))
    return UserError(
        f"No window can open: the system has no {', '.join(missing)}.",
        hint=f"Debian, Ubuntu: sudo apt install {debian}   Fedora: sudo dnf install {fedora}",
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_server_answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_server_answers() -> bool:
    place = Path(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("WAYLAND_DISPLAY") or "wayland-0")
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(place))
        except OSError:
            return False
    return True
