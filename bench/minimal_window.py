"""The peer of the first window: the least of a PySide6 program that has a menu, a list and a form.

Prints PAINTED when the first paint is over. Knows nothing of the program, so that it loads nothing of it.
"""

import sys

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QPushButton,
    QTextEdit,
    QWidget,
)


class Window(QMainWindow):
    """A window with a little of everything."""

    def __init__(self) -> None:
        super().__init__()
        self.was_painted = False
        self.menuBar().addMenu("文件").addAction("退出")
        middle = QWidget()
        line = QHBoxLayout(middle)
        listed = QListWidget()
        listed.addItems([f"检查 {number}" for number in range(200)])
        line.addWidget(listed)
        form = QFormLayout()
        line.addLayout(form, 2)
        for number in range(12):
            form.addRow(f"字段 {number}", QLineEdit())
        form.addRow("说明", QTextEdit())
        form.addRow(QPushButton("保存"))
        self.setCentralWidget(middle)

    def event(self, event: QEvent) -> bool:
        """Tell of the first paint, once."""
        done = super().event(event)
        if event.type() == QEvent.Type.Paint and not self.was_painted:
            self.was_painted = True
            QTimer.singleShot(0, said_painted)
        return done


def said_painted() -> None:
    """Tell the parent process, and end."""
    print("PAINTED", flush=True)
    QApplication.quit()


def main() -> None:
    """Show the window."""
    app = QApplication(sys.argv)
    window = Window()
    window.resize(1366, 768)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
