"""Colours, kinds and icons in light and dark, and the switch between them."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from desktop_app.paths import resources

CHOICES = ("system", "light", "dark")
ICON_PIXELS = (16, 20, 32, 40)


@dataclass(frozen=True)
class Theme:
    """The colours of one look, as ``#rrggbb``.

    ``missing``, ``mark`` and ``around`` are for images, ``model`` is for what a model makes of a curve.
    """

    name: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    point: str
    warning: str
    error: str
    missing: str
    mark: str
    around: str
    model: str

    @property
    def dark(self) -> bool:
        """Whether light stands on dark."""
        return self.name == "dark"


DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1b1f26",
    raised="#242a34",
    line="#313947",
    text="#e6e9ee",
    muted="#9aa4b2",
    accent="#5ab0f0",
    point="#d3dae4",
    warning="#e6b450",
    error="#ff8a80",
    missing="#8f4a78",
    mark="#4ee08a",
    around="#0d1014",
    model="#2fd0a0",
)
LIGHT = Theme(
    name="light",
    window="#f5f6f8",
    panel="#ffffff",
    raised="#eef0f3",
    line="#d5d9e0",
    text="#1b2430",
    muted="#5b6675",
    accent="#0b6bcb",
    point="#1b2430",
    warning="#8a5a00",
    error="#b3261e",
    missing="#b5699a",
    mark="#4ee08a",
    around="#dfe3e9",
    model="#00875f",
)


@dataclass(frozen=True)
class Kind:
    """How a kind of event is shown: never by colour alone.

    Attributes
    ----------
    letter, label : str
    shape : tuple of (float, float), or empty
        Corners in a square of [-1, 1] with y downwards; empty for a disc.
    colour : str
    """

    letter: str
    label: str
    shape: tuple[tuple[float, float], ...]
    colour: str


_DOWN = ((-1.0, -0.8), (1.0, -0.8), (0.0, 1.0))
_UP = ((-1.0, 0.8), (1.0, 0.8), (0.0, -1.0))
_DIAMOND = ((0.0, -1.1), (1.0, 0.0), (0.0, 1.1), (-1.0, 0.0))
_SQUARE = ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85))
_BAR = ((-1.0, -0.45), (1.0, -0.45), (1.0, 0.45), (-1.0, 0.45))
_HOURGLASS = ((-0.9, -0.9), (0.9, -0.9), (-0.9, 0.9), (0.9, 0.9))
_CROSS = (
    (-0.3, -1.0), (0.3, -1.0), (0.3, -0.3), (1.0, -0.3), (1.0, 0.3), (0.3, 0.3),
    (0.3, 1.0), (-0.3, 1.0), (-0.3, 0.3), (-1.0, 0.3), (-1.0, -0.3), (-0.3, -0.3),
)  # fmt: skip
_ROOF = ((-1.0, 0.2), (0.0, -1.0), (1.0, 0.2), (0.4, 0.2), (0.4, 0.9), (-0.4, 0.9), (-0.4, 0.2))
_SLANT = ((-1.0, 0.8), (-0.2, -0.8), (1.0, -0.8), (0.2, 0.8))
_HEXAGON = ((-0.55, -0.9), (0.55, -0.9), (1.05, 0.0), (0.55, 0.9), (-0.55, 0.9), (-1.05, 0.0))
_NOTCH = ((-1.0, -0.8), (-0.4, -0.8), (0.0, 0.2), (0.4, -0.8), (1.0, -0.8), (0.3, 0.9), (-0.3, 0.9))
_ZIGZAG = ((-1.0, 0.3), (-0.5, -0.9), (0.0, 0.1), (0.5, -0.9), (1.0, 0.3), (0.5, 0.9), (0.0, 0.4), (-0.5, 0.9))
_STAIR = ((-1.0, 0.0), (-0.1, 0.0), (-0.1, -0.9), (1.0, -0.9), (1.0, 0.0), (0.1, 0.0), (0.1, 0.9), (-1.0, 0.9))
_STAR = (
    (0.0, -1.1), (0.26, -0.36), (1.05, -0.34), (0.42, 0.14), (0.65, 0.9), (0.0, 0.45),
    (-0.65, 0.9), (-0.42, 0.14), (-1.05, -0.34), (-0.26, -0.36),
)  # fmt: skip
_BOW = ((-1.0, -0.8), (0.0, -0.15), (1.0, -0.8), (1.0, 0.8), (0.0, 0.15), (-1.0, 0.8))
_SPARK = ((0.0, -1.2), (0.25, -0.25), (1.2, 0.0), (0.25, 0.25), (0.0, 1.2), (-0.25, 0.25), (-1.2, 0.0), (-0.25, -0.25))
_WAVE = ((-1.0, 0.5), (-0.35, -0.9), (0.35, 0.3), (1.0, -0.9), (1.0, -0.2), (0.35, 1.0), (-0.35, -0.2), (-0.7, 0.8))
_ARROW = ((-1.0, -0.3), (0.1, -0.3), (0.1, -0.9), (1.1, 0.0), (0.1, 0.9), (0.1, 0.3), (-1.0, 0.3))
_STROKE = ((-1.0, 1.0), (-1.0, 0.45), (0.45, -1.0), (1.0, -1.0), (1.0, -0.45), (-0.45, 1.0))
_SALTIRE = tuple((0.75 * (x - y), 0.75 * (x + y)) for x, y in _CROSS)
_PILLAR = ((-0.4, -1.1), (0.4, -1.1), (0.4, 1.1), (-0.4, 1.1))
_DROP = ((0.0, -1.1), (0.7, 0.2), (0.5, 0.85), (0.0, 1.0), (-0.5, 0.85), (-0.7, 0.2))
_GHOST = (
    (-0.8, 1.0),
    (-0.8, -0.4),
    (-0.4, -1.0),
    (0.4, -1.0),
    (0.8, -0.4),
    (0.8, 1.0),
    (0.4, 0.5),
    (0.0, 1.0),
    (-0.4, 0.5),
)
_CORNER = ((-0.9, -0.9), (0.9, -0.9), (0.9, -0.3), (-0.3, -0.3), (-0.3, 0.9), (-0.9, 0.9))
_PENTAGON = ((0.0, -1.05), (1.0, -0.3), (0.62, 0.85), (-0.62, 0.85), (-1.0, -0.3))
KINDS = {
    "transit": Kind("T", "Transit", _BAR, "#0072b2"),
    "eclipse": Kind("E", "Eclipse", _HOURGLASS, "#56b4e9"),
    "dip": Kind("D", "Dip", _DOWN, "#0072b2"),
    "flare": Kind("F", "Flare", _UP, "#e69f00"),
    "spike": Kind("S", "Spike", _DIAMOND, "#f0e442"),
    "step": Kind("L", "Step", _SQUARE, "#009e73"),
    "outlier": Kind("O", "Outlier", (), "#cc79a7"),
    "artefact": Kind("A", "Artefact", _CROSS, "#999999"),
    "limit": Kind("X", "Limit", _ROOF, "#e69f00"),
    "drift": Kind("R", "Drift", _SLANT, "#56b4e9"),
    "frozen": Kind("Z", "Frozen", _HEXAGON, "#0072b2"),
    "dropout": Kind("U", "Dropout", _NOTCH, "#8a8f98"),
    "noise": Kind("N", "Noise", _ZIGZAG, "#999933"),
    "regime": Kind("G", "Regime", _STAIR, "#aa4499"),
    "pattern": Kind("P", "Pattern", (), "#cc79a7"),
    "strange": Kind("s", "Strange", _STAR, "#e69f00"),
    "mismatch": Kind("m", "Mismatch", _BOW, "#cc79a7"),
    "transient": Kind("t", "Transient", _SPARK, "#e8601c"),
    "variable": Kind("v", "Variable", _WAVE, "#56b4e9"),
    "moving": Kind("w", "Moving", _ARROW, "#1fae7a"),
    "streak": Kind("k", "Streak", _STROKE, "#f0e442"),
    "cosmic ray": Kind("c", "Cosmic ray", _SALTIRE, "#c3b7ea"),
    "bad column": Kind("b", "Bad column", _PILLAR, "#b35fb3"),
    "saturation": Kind("u", "Saturation", _DROP, "#f4a6a0"),
    "ghost": Kind("h", "Ghost", _GHOST, "#9fb8c8"),
    "edge": Kind("e", "Edge", _CORNER, "#a89a78"),
    "bogus": Kind("x", "Bogus", _PENTAGON, "#999999"),
}
TRUTH = "#d55e00"
_OTHER = Kind("?", "Other", _SQUARE, "#999999")


def kind_of(name: str) -> Kind:
    """How events of the kind ``name`` are shown."""
    return KINDS.get(name, _OTHER)


def kind_colour(name: str, theme: Theme) -> QColor:
    """The kind's colour, lighter or darker where the panel would swallow it."""
    colour = QColor(kind_of(name).colour)
    if theme.dark and name in ("dip", "transit", "frozen", "regime"):
        return colour.lighter(145)
    if not theme.dark and name in ("spike", "streak"):
        return colour.darker(150)
    if not theme.dark and name in ("cosmic ray", "saturation", "ghost"):
        return colour.darker(135)
    return colour


def draw_kind(painter: QPainter, name: str, centre: QPointF, radius: float, theme: Theme) -> None:
    """Paint the mark of a kind."""
    painter.setBrush(kind_colour(name, theme))
    painter.setPen(QPen(QColor(theme.panel), 1.0))
    corners = kind_of(name).shape
    if not corners:
        painter.drawEllipse(centre, radius * 0.9, radius * 0.9)
        return
    painter.drawPolygon(QPolygonF([QPointF(centre.x() + radius * x, centre.y() + radius * y) for x, y in corners]))


@lru_cache(maxsize=64)
def kind_icon(name: str, theme: Theme) -> QIcon:
    """The mark of a kind for tables and menus."""
    icon = QIcon()
    for side in ICON_PIXELS:
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_kind(painter, name, QPointF(side / 2, side / 2), side * 0.36, theme)
        painter.end()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
            icon.addPixmap(pixmap, mode)
    return icon


@lru_cache(maxsize=256)
def line_icon(name: str, theme: Theme) -> QIcon:
    """One of our own line icons in the colour of text, muted where disabled."""
    source = (resources() / "icons" / "line" / f"{name}.svg").read_text(encoding="utf-8")
    icon = QIcon()
    colours = {QIcon.Mode.Normal: theme.text, QIcon.Mode.Disabled: theme.line, QIcon.Mode.Selected: theme.panel}
    for mode, colour in colours.items():
        renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))
        for side in ICON_PIXELS:
            pixmap = QPixmap(side, side)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, side, side))
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon


def tabular(font: QFont) -> QFont:
    """``font`` with figures of one width, for read-outs and tables."""
    figures = QFont(font)
    figures.setFeature(QFont.Tag("tnum"), 1)
    return figures


def palette_of(theme: Theme) -> QPalette:
    """The theme as Qt's widgets read it."""
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.raised,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Link: theme.accent,
        role.Highlight: theme.accent,
        role.HighlightedText: "#0d1116" if theme.dark else "#ffffff",
        role.Light: theme.raised,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
        role.Accent: theme.accent,
    }
    for which, colour in colours.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.muted))
    return palette


class Appearance(QObject):
    """Which look is on: the system's, or the one the user chose.

    Signals
    -------
    changed(Theme)
        After the application has taken the new colours.
    """

    changed = Signal(object)

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice if choice in CHOICES else "system"
        self.theme = self._resolved()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._apply()

    def choose(self, choice: str) -> None:
        """Take the look ``choice``: system, light or dark."""
        self.choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        QGuiApplication.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._take(self._resolved())

    def _resolved(self) -> Theme:
        if self.choice == "system":
            return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
        return DARK if self.choice == "dark" else LIGHT

    def _on_scheme_changed(self) -> None:
        self._take(self._resolved())

    def _take(self, theme: Theme) -> None:
        if theme == self.theme:
            return
        self.theme = theme
        self._apply()
        self.changed.emit(theme)

    def _apply(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(palette_of(self.theme))
            application.setStyleSheet(_style_sheet(self.theme))


@lru_cache(maxsize=4)
def _style_sheet(theme: Theme) -> str:
    text = (resources() / "theme" / "style.qss").read_text(encoding="utf-8")
    for name in ("window", "panel", "raised", "line", "text", "muted", "accent", "warning", "error"):
        text = text.replace(f"@{name}", getattr(theme, name))
    text = text.replace("@check", (resources() / "theme" / f"check-{theme.name}.svg").as_posix())
    return text.replace("@arrow", (resources() / "theme" / f"arrow-{theme.name}.svg").as_posix())
