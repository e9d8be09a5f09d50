"""The rendered document, full screen."""
