"""Draws the application icon's PNG, ICO and ICNS files from its SVG: ``python -m desktop_app.ui.draw_icons``."""

import os
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from desktop_app.paths import resources

PNG_SIZES = (16, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 32, 48, 64, 256)
ICNS_TYPES = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def draw_icons(folder: Path) -> list[Path]:
    """Write ``peculiar-*.png``, ``peculiar.ico`` and ``peculiar.icns`` beside ``peculiar.svg``; the files written."""
    renderer = QSvgRenderer(str(folder / "peculiar.svg"))
    pictures = {size: _png(renderer, size) for size in {*PNG_SIZES, *ICO_SIZES, *ICNS_TYPES.values()}}
    files = {f"peculiar-{size}.png": pictures[size] for size in PNG_SIZES}
    files["peculiar.ico"] = _ico({size: pictures[size] for size in ICO_SIZES})
    files["peculiar.icns"] = _icns({kind: pictures[size] for kind, size in ICNS_TYPES.items()})
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def _png(renderer: QSvgRenderer, size: int) -> bytes:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, PySide6 wants str
    return bytes(content.data())


def _ico(pictures: dict[int, bytes]) -> bytes:
    """An ICO file of PNG pictures: a header, one 16-byte entry each, then the pictures."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    entries = b""
    for size, picture in pictures.items():
        side = size % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return head + entries + b"".join(pictures.values())


def _icns(pictures: dict[bytes, bytes]) -> bytes:
    """An ICNS file of PNG pictures: type and length before each."""
    body = b"".join(kind + struct.pack(">I", 8 + len(picture)) + picture for kind, picture in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication(sys.argv)
    draw_icons(resources() / "icons")
