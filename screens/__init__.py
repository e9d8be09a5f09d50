"""Everything Textual: the application, its screens, widgets and styles."""
