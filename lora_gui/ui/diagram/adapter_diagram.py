"""The card that shows the adapted layer to scale, with its values live and its rank to be dragged."""

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QSizePolicy, QToolButton, QWidget

from lora_gui.domain.config import RunConfig
from lora_gui.domain.picture import Matrix, Picture, Watch
from lora_gui.ui.announce import announce
from lora_gui.ui.cards import PADDING, Card, prose_label
from lora_gui.ui.diagram.canvas import Canvas
from lora_gui.ui.diagram.colour_bar import ColourBar
from lora_gui.ui.diagram.large_view import LargeView
from lora_gui.ui.diagram.matrix_view import MatrixView
from lora_gui.ui.diagram.read_out import ReadOut
from lora_gui.ui.diagram.texts import SIGNS, DiagramTexts

FORMULA, FORMULA_WITHOUT = "h = x W₀ + b + s · (x A) B", "h = x W + b"
SETTLED_MS = 120
"""How long sizes must stand still before new pixels are asked for."""
MOST_PIXELS = 2048
"""The finest that is asked for along any side."""


class AdapterDiagram(Card):
    """W0 + s · A · B = W', or ΔW beside what was planted.

    Signals:
        rank_chosen(int): an edge of A or B was dragged to this rank.
        rank_grabbed: a drag begins; what `rank_chosen` says until the next one belongs to it.
        watch_changed(Watch): `watch` is another one.

    Attributes:
        large: the matrix opened large, None for none.

    """

    rank_chosen = Signal(int)
    rank_grabbed = Signal()
    watch_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("adapter_diagram")
        self._texts = DiagramTexts(self)
        self._config = RunConfig()
        self._picture: Picture | None = None
        self.watch: Watch | None = None
        self._running = False
        self.large: LargeView | None = None
        self._canvas = Canvas(self._texts)
        self._bar = ColourBar()
        self._read_out = ReadOut(self)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._settled.timeout.connect(self._ask)
        self._lay_out()
        self._connect()
        self._retranslate()
        self.show_config(self._config)
        self.show_picture(None)

    @property
    def product(self) -> Matrix:
        """What stands at the end of the row: MERGED or UPDATE."""
        return Matrix.UPDATE if self._buttons[Matrix.UPDATE].isChecked() else Matrix.MERGED

    def show_config(self, config: RunConfig) -> None:
        """Take the shapes of `config`, with the values of the picture if they fit."""
        self._config = config
        self._canvas.show_config(config, self.product)
        self._without.setText(self._texts.without_adapter(config.method))
        self._without.setVisible(not config.has_adapter)
        for widget in (self._canvas, self._caption, self._bar, *self._buttons.values()):
            widget.setVisible(config.has_adapter)
        self._formula.setText(FORMULA if config.has_adapter else FORMULA_WITHOUT)
        self.setAccessibleDescription(
            self._texts.summary(config, self.product) if config.has_adapter else self._without.text()
        )
        if self.large:
            self.large.show_config(config)
        self._refresh()

    def show_picture(self, picture: Picture | None) -> None:
        """Show the values of `picture`, or empty shapes."""
        self._picture = picture
        self._refresh()

    def set_running(self, running: bool) -> None:
        """Hold the rank while a run goes on, or let it be dragged."""
        self._running = running
        for edge in self._canvas.edges.values():
            edge.set_open(not running)
            edge.setToolTip(self._texts.rank_is_fixed() if running else self._texts.drag())

    def open_large(self, matrix: Matrix) -> None:
        """Open one matrix in a window of its own."""
        if self.large:
            self.large.close()
        self.large = LargeView(matrix, self._texts, self.window())
        self.large.finished.connect(self._on_large_closed)
        self.large.resized.connect(self._settled.start)
        self._follow(self.large.view)
        self.large.show_config(self._config)
        self._refresh()
        self.large.show()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for pictures."""
        super().showEvent(event)
        # At once, and finer when the sizes have settled: a run may start, and end, before that.
        self._ask()
        self._settled.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for none."""
        super().hideEvent(event)
        self._ask()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of language or font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self.show_config(self._config)

    def _lay_out(self) -> None:
        self.body.setContentsMargins(PADDING, PADDING // 2, PADDING, PADDING // 2)
        self._formula = QLabel(FORMULA)
        self._formula.setObjectName("formula")
        self._formula.setProperty("role", "number")
        self._caption = _Caption()
        self._caption.setObjectName("drawn_to_scale")
        self._caption.setProperty("role", "muted")
        self._group = QButtonGroup(self)
        self._buttons = {matrix: self._button(matrix) for matrix in (Matrix.MERGED, Matrix.UPDATE)}
        self._buttons[Matrix.MERGED].setChecked(True)
        self.header.insertWidget(0, self._formula)
        self.header.insertWidget(1, self._caption, 1)
        for widget in (self._bar, *self._buttons.values()):
            self.header.addWidget(widget)
        self._without = prose_label("muted")
        self._without.setObjectName("without_adapter")
        self._without.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.addWidget(self._canvas, 1)
        self.body.addWidget(self._without, 1)

    def _button(self, matrix: Matrix) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"show_{matrix}")
        button.setText(SIGNS[matrix])
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.addButton(button)
        return button

    def _connect(self) -> None:
        self._group.buttonToggled.connect(self._on_product)
        self._canvas.arranged.connect(self._on_arranged)
        for matrix, view in self._canvas.views.items():
            view.opened.connect(lambda matrix=matrix: self.open_large(matrix))
            self._follow(view)
        for edge in self._canvas.edges.values():
            edge.grabbed.connect(self.rank_grabbed)
            edge.moved.connect(self.rank_chosen)

    def _follow(self, view: MatrixView) -> None:
        view.pointed.connect(lambda by_key, view=view: self._read(view, by_key))
        view.left.connect(self._read_out.hide)

    def _read(self, view: MatrixView, by_key: bool) -> None:
        if view.cell is None:
            return
        config = self._config
        shape = view.matrix.shape(config.in_features, config.out_features, config.rank)
        if view.values is not None:
            text = self._texts.cell(view.matrix, shape, view.values, *view.cell)
        elif self._bar.texts[1] == "0":
            text = self._texts.no_values(view.matrix)
        else:
            text = self._texts.too_large(view.matrix)
        self._read_out.say(text, view, view.spot())
        if by_key:
            announce(view, text)

    def _refresh(self) -> None:
        picture = self._picture
        config = self._config
        if picture and picture.sizes != (config.in_features, config.out_features, config.rank):
            picture = None  # of a run with other shapes
        self._canvas.show_picture(picture)
        self._bar.show_extreme(picture.extreme if picture else 0.0)
        if self.large:
            self.large.show_picture(picture)

    def _on_product(self, button: QToolButton, checked: bool) -> None:
        if checked:
            if self.large:
                self.large.close()
            self.show_config(self._config)
            self._ask()

    def _on_arranged(self) -> None:
        self._caption.say(self._texts.scale(self._canvas.arrangement.not_to_scale))
        self._settled.start()

    def _on_large_closed(self) -> None:
        self.large = None
        self._read_out.setParent(self)
        self._settled.start()

    def _ask(self) -> None:
        watch = self._wanted() if self.isVisible() else None
        if watch != self.watch:
            self.watch = watch
            self.watch_changed.emit(watch)

    def _wanted(self) -> Watch:
        place = {matrix: p.rect.size() for matrix, p in self._canvas.arrangement.places.items()}
        rows, columns = _pixels(self, place[Matrix.WEIGHT])
        rank = max(_pixels(self, place[Matrix.LORA_A])[1], _pixels(self, place[Matrix.LORA_B])[0])
        if self.large:
            height, width = _pixels(self.large, self.large.view.area().size())
            in_large = self.large.view.matrix.shape(height, width, 0)
            rows, columns = max(rows, in_large[0]), max(columns, in_large[1])
            rank = max(rank, (height, width)[in_large.index(0)] if 0 in in_large else 0)
        return Watch(rows, columns, rank, self.product)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Adapter diagram"))
        self._buttons[Matrix.MERGED].setToolTip(self.tr("Show the adapted weight W′ = W₀ + s · A B"))
        self._buttons[Matrix.MERGED].setAccessibleName(self.tr("Show the adapted weight"))
        self._buttons[Matrix.UPDATE].setToolTip(
            self.tr("Show the update ΔW = s · A B alone, beside the planted ΔW* where there is one")
        )
        self._buttons[Matrix.UPDATE].setAccessibleName(self.tr("Show the update alone"))
        self.set_running(self._running)


def _pixels(widget: QWidget, size: QSize) -> tuple[int, int]:
    scaled = size * widget.devicePixelRatioF()
    return min(scaled.height(), MOST_PIXELS), min(scaled.width(), MOST_PIXELS)


class _Caption(QLabel):
    # Shortened where the header is narrow, instead of making the window wider.

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        self._text = text
        self.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width()))
