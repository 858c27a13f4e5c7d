"""The texts' own language: English is written in the source, but its plurals need a translation file."""

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from lora_gui.domain.assets import asset


def install_language(app: QCoreApplication) -> None:
    """Install the plural forms of English for the life of `app`; once is enough."""
    if app.findChild(QTranslator):
        return
    translator = QTranslator(app)
    folder = asset("i18n/lora_gui_en.qm").parent
    if translator.load(QLocale("en"), "lora_gui", "_", str(folder)):
        app.installTranslator(translator)
