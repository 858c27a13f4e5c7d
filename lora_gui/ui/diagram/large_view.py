"""One matrix alone in a window that can be as large as the screen, live like the diagram."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture
from lora_gui.ui.cards import PADDING, SPACING
from lora_gui.ui.diagram.colour_bar import ColourBar
from lora_gui.ui.diagram.layout import fit
from lora_gui.ui.diagram.matrix_view import MARGIN, MatrixView
from lora_gui.ui.diagram.texts import SIGNS, DiagramTexts

DEFAULT_SIZE = QSize(860, 680)


class LargeView(QDialog):
    """Shows one matrix of each picture it is given; Esc closes it.

    Signals:
        resized: more or fewer pixels can be shown.

    Attributes:
        view: the heat map.

    """

    resized = Signal()

    def __init__(self, matrix: Matrix, texts: DiagramTexts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("large_view")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        self._texts = texts
        self._config = RunConfig()
        self._title = QLabel()
        self._title.setProperty("role", "number")
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._bar = ColourBar()
        self._room = QWidget()
        self.view = MatrixView(matrix, self._room)
        self.view.opened.connect(self.accept)
        header = QHBoxLayout()
        header.addWidget(self._title)
        header.addStretch()
        header.addWidget(self._bar)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        layout.setSpacing(SPACING)
        layout.addLayout(header)
        layout.addWidget(self._room, 1)
        layout.addWidget(self._hint)
        self.resize(DEFAULT_SIZE.boundedTo(self.screen().availableSize()))
        self.view.setFocus()

    def show_config(self, config: RunConfig) -> None:
        """Take the shape of the matrix in `config`."""
        self._config = config
        name = self._texts.name(self.view.matrix, config)
        self._title.setText(name)
        self._hint.setText(self._texts.counted())
        self.setWindowTitle(SIGNS[self.view.matrix])
        self.view.setAccessibleName(name)
        self._arrange()

    def show_picture(self, picture: Picture | None) -> None:
        """Show the matrix as it is in `picture`."""
        extreme = picture.extreme if picture else 0.0
        self.view.show_values(picture.maps.get(self.view.matrix) if picture else None, extreme)
        self._bar.show_extreme(extreme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        self._arrange()
        self.resized.emit()

    def _arrange(self) -> None:
        self._layout.activate()
        config = self._config
        shape = self.view.matrix.shape(config.in_features, config.out_features, config.rank)
        self.view.place(fit(*shape, self._room.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)))
