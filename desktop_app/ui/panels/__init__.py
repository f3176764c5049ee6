"""The docked panels: name to title, place and class; the order is that of the View menu."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.ui.session import Session
from desktop_app.ui.theme import Appearance

BuildPanel = Callable[[Session, Appearance], QWidget]


@dataclass(frozen=True)
class PanelSpec:
    """One panel.

    Attributes
    ----------
    name, title, help : str
    area : Qt.DockWidgetArea
        Where it stands unless the user moved it.
    where : str
        ``"module:class"``.
    """

    name: str
    title: str
    help: str
    area: Qt.DockWidgetArea
    where: str

    def build(self, session: Session, appearance: Appearance) -> QWidget:
        """Make the panel."""
        return page(self.where, session, appearance)


def page(where: str, session: Session, appearance: Appearance) -> QWidget:
    """The panel that ``where``, a ``"module:class"``, names."""
    module, name = where.split(":")
    build: BuildPanel = getattr(import_module(module), name)
    panel = build(session, appearance)
    panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return panel


_HERE = "desktop_app.ui.panels"
PANELS = (
    PanelSpec(
        "files",
        "Files",
        "Files and folders that are open, and what their headers say.",
        Qt.DockWidgetArea.LeftDockWidgetArea,
        f"{_HERE}.files:FilesPanel",
    ),
    PanelSpec(
        "detector",
        "Detector",
        "How to look: the detector, its settings, and its progress.",
        Qt.DockWidgetArea.LeftDockWidgetArea,
        f"{_HERE}.detector:DetectorPanel",
    ),
    PanelSpec(
        "inspector",
        "Inspector",
        "What is known of the event or cadence that is selected.",
        Qt.DockWidgetArea.RightDockWidgetArea,
        f"{_HERE}.inspector:InspectorPanel",
    ),
    PanelSpec(
        "pixels",
        "Pixels",
        "The frame of the cadence that is looked at, and the pixels that are summed.",
        Qt.DockWidgetArea.LeftDockWidgetArea,
        f"{_HERE}.pixels:PixelsPanel",
    ),
    PanelSpec(
        "events",
        "Events",
        "What was found, to sort, filter, select and export.",
        Qt.DockWidgetArea.BottomDockWidgetArea,
        f"{_HERE}.events:EventsPanel",
    ),
    PanelSpec(
        "log",
        "Log",
        "What happened, with the time.",
        Qt.DockWidgetArea.BottomDockWidgetArea,
        f"{_HERE}.log:LogPanel",
    ),
    PanelSpec(
        "header",
        "Header",
        "What the file is made of: its header cards, columns and checksums, and what they come to.",
        Qt.DockWidgetArea.BottomDockWidgetArea,
        f"{_HERE}.header:HeaderPanel",
    ),
    PanelSpec(
        "injection",
        "Injection",
        "How many signals of known truth the detector finds in the curve shown.",
        Qt.DockWidgetArea.LeftDockWidgetArea,
        f"{_HERE}.injection:InjectionPanel",
    ),
    PanelSpec(
        "signals",
        "Signals",
        "What repeats in the curve, transits and eclipses, and the curve folded on it.",
        Qt.DockWidgetArea.BottomDockWidgetArea,
        f"{_HERE}.signals:SignalsPanel",
    ),
    PanelSpec(
        "scores",
        "Scores",
        "How the scores are spread about the threshold, and the stretch with the highest.",
        Qt.DockWidgetArea.RightDockWidgetArea,
        f"{_HERE}.scores:ScoresPanel",
    ),
    PanelSpec(
        "against",
        "Against",
        "One channel of telemetry against another, and how they go together.",
        Qt.DockWidgetArea.RightDockWidgetArea,
        f"{_HERE}.against:AgainstPanel",
    ),
    PanelSpec(
        "training",
        "Training",
        "Teach a network what is usual in channels of telemetry.",
        Qt.DockWidgetArea.LeftDockWidgetArea,
        f"{_HERE}.training:TrainingPanel",
    ),
    PanelSpec(
        "replay",
        "Replay",
        "Telemetry as if it came in live: its state, and the log of its alarms.",
        Qt.DockWidgetArea.BottomDockWidgetArea,
        f"{_HERE}.replay:ReplayPanel",
    ),
    PanelSpec(
        "map",
        "Map",
        "The objects of a picture or of stamps as points: what looks alike lies together.",
        Qt.DockWidgetArea.RightDockWidgetArea,
        f"{_HERE}.scatter:MapPanel",
    ),
    PanelSpec(
        "review",
        "Review",
        "What was decided on stamps, what the ranking learned from it, and the history of each.",
        Qt.DockWidgetArea.RightDockWidgetArea,
        f"{_HERE}.review:ReviewPanel",
    ),
)
