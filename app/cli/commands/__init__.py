"""The commands, by what they are for. Importing a module registers its commands.

Each is a thin function: it says what can be typed and hands over to the module that does it, which is
imported only then, so that a command starts as fast as what it needs.
"""
