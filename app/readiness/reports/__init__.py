"""Evaluations of files in the formats that people, scripts and build servers read."""
