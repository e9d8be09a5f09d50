"""All that a person can do, in one registry: bindings, key line, help, palette and key file come from it.

An action called `example` is done by the method `action_example` of the class whose scope it has; one
that `opens` a place needs no method. Keys are F-keys and ctrl+letter, which work in every terminal, and
single letters on screens where nothing is typed.
"""

from screens.actions.model import Action, Scope
from screens.actions.registry import ACTIONS, BY_ID, available, bindings, bindings_of, scopes_of

__all__ = ["ACTIONS", "BY_ID", "Action", "Scope", "available", "bindings", "bindings_of", "scopes_of"]
