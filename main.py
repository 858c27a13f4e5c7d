"""Launcher: `python main.py` opens the window, `python main.py train` trains in the terminal."""

import sys

from lora_gui.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
