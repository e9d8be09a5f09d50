"""Taking answer files of older formats and older banks to the present ones, by pure functions."""
