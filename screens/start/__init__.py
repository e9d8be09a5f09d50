"""The start screen: recent documents, a new one, open one."""
