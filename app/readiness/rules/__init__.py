"""Rules, one module per family. Each rule is one function with its documentation and its cases."""
