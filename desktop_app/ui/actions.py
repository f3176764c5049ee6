"""Every action of the window, once: its menu, shortcut, tip and icon."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from desktop_app.core.timescales import TimeSystem
from desktop_app.ui.theme import CHOICES, Theme, line_icon

MENUS = ("File", "Edit", "View", "Detect", "Events", "Review", "Tools", "Help")


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes
    ----------
    name : str
        `Commands` has the method ``on_<name>``.
    menu, text, shortcut, tip : str
        ``menu`` may name a submenu: "View/Theme".
    icon : str
        A line icon, or "".
    check : str
        "" for a command, "toggle" for a switch, else the name of a group of which one is chosen.
    ends_group : bool
        Whether a line follows in the menu.
    """

    name: str
    menu: str
    text: str
    shortcut: str
    tip: str
    icon: str = ""
    check: str = ""
    ends_group: bool = False


_A = ActionSpec
ACTIONS: tuple[ActionSpec, ...] = (
    _A("open_files", "File", "&Open files…", "Ctrl+O", "Open light curves, images or telemetry", "open"),
    _A("open_folder", "File", "Open &folder…", "Ctrl+Shift+O", "List every file of a folder that opens", "folder"),
    _A("open_samples", "File", "Open the &samples", "Ctrl+Shift+M", "Open the light curves that ship", "samples"),
    _A("next_file", "File", "&Next file", "Ctrl+PgDown", "Show the next file of the list"),
    _A("previous_file", "File", "&Previous file", "Ctrl+PgUp", "Show the previous file of the list"),
    _A("next_part", "File", "Ne&xt part", "PgDown", "Show the next extension, frame or channel of the file"),
    _A("previous_part", "File", "Pre&vious part", "PgUp", "Show the previous extension, frame or channel"),
    _A("stitch_selected", "File", "S&titch selected files", "Ctrl+J", "Look at the selected files as one light curve"),
    _A(
        "stitch_object",
        "File",
        "Stitch all files of this o&bject",
        "Ctrl+Shift+J",
        "Look at every sector, quarter or campaign of the object as one light curve",
    ),
    _A("reload", "File", "Reload f&ile", "F5", "Read the file shown once more"),
    _A("choose_datasets", "File", "Choose &datasets…", "Ctrl+D", "Choose what to look at in the tree of an HDF5 file"),
    _A("join_catalogue", "File", "Join catalog&ue…", "Ctrl+T", "Give stamps what a table says of each of them"),
    _A("load_labels", "File", "Load l&abels…", "Ctrl+L", "Take labelled stretches from a file as ground truth"),
    _A("close_file", "File", "&Close file", "Ctrl+W", "Take the file off the list", ends_group=True),
    _A("export_events", "File", "&Export events…", "Ctrl+E", "Write the events as CSV or ECSV", "export"),
    _A("save_plot", "File", "Save p&lot as PNG…", "Ctrl+Shift+S", "Write the plots to a picture", "picture", "", True),
    _A("quit", "File", "&Quit", "Ctrl+Q", "Close the window; what runs is cancelled"),
    _A("undo", "Edit", "&Undo", "Ctrl+Z", "Take the last choice back", "undo"),
    _A("redo", "Edit", "&Redo", "Ctrl+Shift+Z", "Make the choice again", "redo", "", True),
    _A("copy_rows", "Edit", "&Copy events", "Ctrl+C", "Copy the selected events, or all, for a spreadsheet", "copy"),
    _A("copy_position", "Edit", "Copy &position", "Ctrl+Shift+C", "Copy the position at the cursor in an image"),
    _A("find_events", "Edit", "&Filter events", "Ctrl+F", "Type to keep only matching events", "filter"),
    _A("find_files", "Edit", "Filter fi&les", "Ctrl+Alt+F", "Type to keep only matching files"),
    _A("find_cards", "Edit", "&Search the header", "Ctrl+Shift+F", "Type to find cards of the file's header"),
    _A("fit", "View", "Fit &all", "A", "Show the whole curve", "fit"),
    _A("fit_values", "View", "Fit &flux", "Shift+A", "Show every value of the stretch in view", "fit-flux"),
    _A("zoom_in", "View", "&Zoom in", "Z", "Half as much time", "zoom-in"),
    _A("zoom_out", "View", "Zoom &out", "Shift+Z", "Twice as much time", "zoom-out"),
    _A(
        "box_zoom",
        "View",
        "&Box zoom",
        "X",
        "Drag a box with the left button (right drag always does)",
        "box",
        "toggle",
    ),
    _A("go_to", "View", "&Go to position…", "Ctrl+G", "Bring a position or a pixel to the middle of an image"),
    _A("pan_left", "View", "Pan &left", "Shift+Left", "A quarter of the width to earlier times"),
    _A("pan_right", "View", "Pan &right", "Shift+Right", "A quarter of the width to later times", "", "", True),
    _A("show_baseline", "View", "Bas&eline", "B", "Draw the baseline over the data", "baseline", "toggle"),
    _A("show_model", "View", "&Model", "M", "Draw what the detector makes of the curve over the data", "", "toggle"),
    _A("show_hidden", "View", "&Hidden rows", "H", "Ticks on the time axis where rows are hidden", "", "toggle", True),
    _A("show_artefacts", "View/Pictures", "&Artefacts", "Shift+H", "Show or hide what the instrument made"),
    _A("show_others", "View/Pictures", "&Other objects", "O", "Show or hide the objects below the threshold, as dots"),
    _A("show_heat", "View/Pictures", "&Heat map", "Ctrl+H", "Colour the pixels that do not belong", "", "toggle"),
    _A("show_map", "View/Pictures", "&Map of objects", "Ctrl+Alt+M", "See which objects look alike"),
    *(
        _A(f"time_{system.name.lower()}", "View/Time axis", text, f"Alt+{number}", tip, "", "time")
        for number, (system, text, tip) in enumerate(
            (
                (TimeSystem.NATIVE, "As in the &file", "Times as the file counts them"),
                (TimeSystem.BTJD, "&BTJD", "BJD − 2457000, as TESS counts"),
                (TimeSystem.BKJD, "B&KJD", "BJD − 2454833, as Kepler counts"),
                (TimeSystem.BJD, "B&JD", "Barycentric Julian dates"),
                (TimeSystem.ISO, "&ISO dates", "Calendar dates in the time scale of the file"),
            ),
            start=1,
        )
    ),
    *(
        _A(f"theme_{choice}", "View/Theme", f"&{choice.capitalize()}", f"Ctrl+Alt+{number}", tip, "", "theme")
        for number, (choice, tip) in enumerate(
            zip(CHOICES, ("Follow the system", "Dark on light", "Light on dark"), strict=True), start=1
        )
    ),
    _A("show_pixels", "View", "Show pi&xels", "P", "Show the frame of the cadence that is looked at", "pixels"),
    _A(
        "show_against", "View", "&Channel against channel", "Ctrl+Alt+A", "See one channel of telemetry against another"
    ),
    _A("play_frames", "View", "&Play frames", "Shift+P", "Frame after frame; once more ends it", "run", "", True),
    _A("full_screen", "View", "F&ull screen", "F11", "The window fills the screen", "", "toggle"),
    _A("reset_layout", "View", "Reset la&yout", "Ctrl+Shift+L", "Every panel where it was at first", "reset", "", True),
    _A("run", "Detect", "&Run", "Ctrl+R", "Find what does not belong", "run"),
    _A("run_parts", "Detect", "Run on all &parts", "Ctrl+Alt+R", "Find what does not belong in every part of the file"),
    _A("inject", "Detect", "&Inject and recover…", "Ctrl+I", "See how many signals of known truth are found"),
    _A("train", "Detect", "&Train…", "Ctrl+Alt+T", "Teach a network what is usual in channels of telemetry"),
    _A("cut_sources", "Detect", "Cut &sources", "Ctrl+Alt+S", "Show the sources of the picture as stamps to review"),
    _A("scan_folder", "Detect", "Sca&n folder", "Ctrl+Alt+N", "Show the objects of all pictures of a folder as stamps"),
    _A("cancel", "Detect", "&Cancel", "Esc", "Stop what runs; everything stays as it was", "cancel"),
    _A(
        "run_on_open", "Detect", "Run on &open", "Ctrl+Shift+R", "Detect as soon as a file is shown", "", "toggle", True
    ),
    _A("threshold_up", "Detect", "Threshold &up", "Ctrl+Up", "One step higher: fewer events"),
    _A("threshold_down", "Detect", "Threshold &down", "Ctrl+Down", "One step lower: more events"),
    _A("threshold_default", "Detect", "D&efault threshold", "Ctrl+0", "The detector's own threshold"),
    _A("next_event", "Events", "&Next event", "J", "Look at the next event", "next"),
    _A("previous_event", "Events", "&Previous event", "K", "Look at the previous event", "previous"),
    _A("zoom_event", "Events", "&Zoom to event", "E", "Show the selected event closely"),
    _A("next_cadence", "Events", "Next c&adence", ".", "Look at the next cadence"),
    _A("previous_cadence", "Events", "Previous ca&dence", ",", "Look at the previous cadence"),
    _A("select_nothing", "Events", "&Select nothing", "Ctrl+Shift+A", "Look at no event"),
    _A("call_interesting", "Review", "&Interesting", "1", "Call the selected stamps worth a closer look"),
    _A("call_ordinary", "Review", "&Ordinary", "2", "Call the selected stamps like many others"),
    _A("call_artefact", "Review", "&Artefact", "3", "Call the selected stamps something that the instrument left"),
    _A("call_none", "Review", "&No verdict", "0", "Take the verdict on the selected stamps back"),
    _A("comment", "Review", "&Comment…", "C", "Give the selected stamps a kind and a comment", "", "", True),
    _A("next_page", "Review", "Next &page to label", "N", "Show 20 stamps whose labels are worth most"),
    _A("more_like", "Review", "More &like this", "L", "Put all stamps in the order of their likeness to this one"),
    _A("all_stamps", "Review", "Show all &stamps", "Shift+N", "Leave the page, and the likeness", "", "", True),
    _A("export_verdicts", "Review", "&Export verdicts…", "Ctrl+Shift+E", "Write verdicts as CSV, ECSV or JSON"),
    _A("import_verdicts", "Review", "I&mport verdicts…", "Ctrl+Shift+I", "Take the verdicts of a file"),
    _A("show_replay", "Tools/Replay", "Show the &replay", "Ctrl+Alt+L", "Telemetry as if it came in live"),
    _A("replay_toggle", "Tools/Replay", "&Start or pause the replay", "Ctrl+Space", "Let rows come in, or hold", "run"),
    _A("replay_step", "Tools/Replay", "S&tep the replay", "Ctrl+.", "Let one row come in"),
    _A("replay_stop", "Tools/Replay", "Sto&p the replay", "Ctrl+Shift+Space", "End it; its log stays"),
    _A("replay_restart", "Tools/Replay", "R&estart the replay", "Ctrl+Alt+Space", "From the first row again"),
    _A("replay_faster", "Tools/Replay", "&Faster replay", "Ctrl+Alt+Up", "The next higher speed"),
    _A("replay_slower", "Tools/Replay", "Slo&wer replay", "Ctrl+Alt+Down", "The next lower speed"),
    _A("replay_acknowledge", "Tools/Replay", "&Acknowledge alarms", "Ctrl+Alt+K", "The alarms that stand were seen"),
    _A("replay_inject", "Tools/Replay", "&Inject the fault", "Ctrl+Alt+I", "Put a fault into the stream, and say so"),
    _A(
        "choose_columns",
        "Tools",
        "Choose c&olumns…",
        "Ctrl+Shift+D",
        "Say which column of a table is time, flux and error",
    ),
    _A("commands", "Tools", "&Commands…", "Ctrl+Shift+P", "Find any command by its name", "list"),
    _A("clear_log", "Tools", "C&lear the log", "Ctrl+Shift+K", "Empty the log panel"),
    _A("guide", "Help", "User &guide", "F1", "How to use Peculiar", "help"),
    _A("shortcuts", "Help", "&Shortcuts", "Shift+F1", "Every shortcut in one list"),
    _A("changes", "Help", "&Changes", "Ctrl+F1", "What is new", "", "", True),
    _A("about", "Help", "&About Peculiar", "Alt+F1", "Version and licence", "info"),
)
TOOLBAR = (
    *("open_files", "open_folder", "", "run", "cancel", "", "undo", "redo", "", "fit", "fit_values", "zoom_in"),
    *("zoom_out", "box_zoom", "show_baseline", "", "previous_event", "next_event", "", "export_events", "save_plot"),
)
_WITH_TEXT = ("open_files", "run", "cancel", "export_events")
_ROLES = {"quit": QAction.MenuRole.QuitRole, "about": QAction.MenuRole.AboutRole}


def build_actions(window: QMainWindow, commands: QObject) -> dict[str, QAction]:
    """Every action, connected to the method ``on_<name>`` of ``commands``; a group has one method for all."""
    groups: dict[str, QActionGroup] = {}
    actions = {}
    for spec in ACTIONS:
        action = QAction(spec.text, window)
        action.setObjectName(f"action-{spec.name}")
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setToolTip(f"{spec.tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
        action.setStatusTip(spec.tip)
        action.setMenuRole(_ROLES.get(spec.name, QAction.MenuRole.NoRole))
        action.setCheckable(bool(spec.check))
        if spec.check and spec.check != "toggle":
            groups.setdefault(spec.check, QActionGroup(window)).addAction(action)
        method = spec.check if _chosen(spec) else spec.name
        action.triggered.connect(getattr(commands, f"on_{method}"))
        actions[spec.name] = action
    return actions


def fill_menus(window: QMainWindow, actions: dict[str, QAction]) -> None:
    """Put every action into its menu."""
    bar = window.menuBar()
    menus = {name: bar.addMenu(f"&{name}") for name in MENUS}
    for spec in ACTIONS:
        if spec.menu not in menus:
            above, name = spec.menu.split("/")
            menus[spec.menu] = menus[above].addMenu(name)
        menus[spec.menu].addAction(actions[spec.name])
        if spec.ends_group:
            menus[spec.menu].addSeparator()
    for name, menu in menus.items():
        menu.setObjectName(f"menu-{name.lower()}")
        menu.setToolTipsVisible(True)


def fill_toolbar(window: QMainWindow, actions: dict[str, QAction]) -> None:
    """The toolbar: icons, with the text of the chief ones beside them."""
    bar = window.addToolBar("Toolbar")
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    bar.toggleViewAction().setEnabled(False)
    for name in TOOLBAR:
        if not name:
            bar.addSeparator()
            continue
        bar.addAction(actions[name])
        button = bar.widgetForAction(actions[name])
        button.setAccessibleName(actions[name].text().replace("&", "").rstrip("…"))
        if name in _WITH_TEXT:
            button.setProperty("toolButtonStyle", Qt.ToolButtonStyle.ToolButtonTextBesideIcon)


def paint_actions(actions: dict[str, QAction], theme: Theme) -> None:
    """Icons in the colours of ``theme``."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.name].setIcon(line_icon(spec.icon, theme))


def _chosen(spec: ActionSpec) -> bool:
    """Whether the action is one of a group, which has one method for all."""
    return bool(spec.check) and spec.check != "toggle"
