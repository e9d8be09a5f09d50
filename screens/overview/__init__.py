"""Every question on one page."""
