"""A form made from a parameter set: one row a field, its unit, its range, its help."""

from enum import Enum
from typing import Any, get_args

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import ParamError
from desktop_app.core.params import Params
from desktop_app.ui.named import named

Editor = QCheckBox | QComboBox | QDoubleSpinBox | QLineEdit | QSpinBox
Info = Any
"""pydantic's FieldInfo, which tells more than its types say."""
_FAR = 2_000_000_000


class ParamsForm(QWidget):
    """The form.

    Signals
    -------
    changed(Params)
        What the form now says, checked.
    refused(str)
        Why what was typed is not possible.
    """

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, params: type[Params], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._params = params
        self.editors: dict[str, Editor] = {}
        self._advanced = QWidget(self)
        self.more = named(QToolButton(self), "form-more")
        self.more.setText("More settings")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._advanced.setVisible)
        plain, rare = QFormLayout(), QFormLayout(self._advanced)
        for form in (plain, rare):
            form.setContentsMargins(0, 0, 0, 0)
            form.setVerticalSpacing(8)
            form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, info in params.model_fields.items():
            self._add(rare if _extra(info).get("advanced") else plain, name, info)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(plain)
        layout.addWidget(self.more)
        layout.addWidget(self._advanced)
        layout.addStretch()
        self.more.setVisible(rare.rowCount() > 0)
        self._advanced.setVisible(False)

    def show_values(self, values: Params) -> None:
        """Put ``values`` into the editors."""
        for name, editor in self.editors.items():
            editor.blockSignals(True)
            _put(editor, getattr(values, name))
            editor.blockSignals(False)

    def values(self) -> dict[str, object]:
        """What the editors say."""
        return {name: _said(editor) for name, editor in self.editors.items()}

    def _add(self, form: QFormLayout, name: str, info: Info) -> None:
        editor = named(_editor(info), f"setting-{name}", label=str(info.title), tip=str(info.description or ""))
        editor.setAccessibleDescription(str(info.description or ""))
        _put(editor, info.default)
        self.editors[name] = editor
        label = QLabel(str(info.title), self)
        label.setBuddy(editor)
        label.setMinimumHeight(editor.sizeHint().height())
        label.setToolTip(str(info.description or ""))
        form.addRow(label, editor)
        help_ = QLabel(str(info.description or ""), self, wordWrap=True)
        font = help_.font()
        font.setPointSizeF(font.pointSizeF() - 1)
        help_.setFont(font)
        form.addRow(named(help_, role="muted"))
        _changed_signal(editor).connect(self._on_edited)

    def _on_edited(self) -> None:
        try:
            self.changed.emit(self._params.checked(self.values()))
        except ParamError as error:
            self.refused.emit(str(error))


def _extra(info: Info) -> dict[str, Any]:
    return info.json_schema_extra or {}


def _bound(info: Info, name: str, default: float) -> float:
    found = [getattr(rule, name) for rule in info.metadata if getattr(rule, name, None) is not None]
    return float(found[0]) if found else default


def _editor(info: Info) -> Editor:
    """The editor that suits the field's type."""
    choices = _choices(info.annotation)
    if choices:
        box = QComboBox()
        for value in choices:
            box.addItem(str(value.value if isinstance(value, Enum) else value), value)
        return box
    if info.annotation is bool:
        return QCheckBox()
    suffix = f" {_extra(info).get('unit')}" if _extra(info).get("unit") else ""
    if info.annotation is int:
        whole = QSpinBox(suffix=suffix)
        # Qt's spin box counts in 32 bits.
        whole.setRange(max(-_FAR, int(_bound(info, "ge", -_FAR))), min(_FAR, int(_bound(info, "le", _FAR))))
        return whole
    if info.annotation is float:
        number = QDoubleSpinBox(suffix=suffix, decimals=_decimals(info))
        number.setKeyboardTracking(False)
        number.setRange(_bound(info, "ge", -1e12), _bound(info, "le", 1e12))
        number.setSpecialValueText(str(_extra(info).get("zero") or ""))
        number.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        return number
    return QLineEdit()


def _choices(annotation: Any) -> list[object]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    args = get_args(annotation)
    return list(args) if args and all(isinstance(value, str) for value in args) else []


def _decimals(info: Info) -> int:
    """Enough places for the default: 3, or more where it is small."""
    text = f"{abs(float(info.default)):.8f}".rstrip("0")
    return max(3, len(text.split(".")[1]))


def _put(editor: Editor, value: Any) -> None:
    match editor:
        case QCheckBox():
            editor.setChecked(bool(value))
        case QComboBox():
            editor.setCurrentIndex(max(0, editor.findData(value)))
        case QSpinBox():
            editor.setValue(int(value))
        case QDoubleSpinBox():
            editor.setValue(float(value))
        case QLineEdit():
            editor.setText("" if value is None else str(value))


def _said(editor: Editor) -> object:
    match editor:
        case QCheckBox():
            return editor.isChecked()
        case QComboBox():
            return editor.currentData()
        case QLineEdit():
            return editor.text()
        case _:
            return editor.value()


def _changed_signal(editor: Editor) -> Any:
    match editor:
        case QCheckBox():
            return editor.toggled
        case QComboBox():
            return editor.currentIndexChanged
        case QLineEdit():
            return editor.editingFinished
        case _:
            return editor.valueChanged
