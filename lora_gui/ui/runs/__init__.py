"""The Runs tab: every run that was kept, to be found, compared and taken up again."""
