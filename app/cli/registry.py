"""The program that commands register with."""

from __future__ import annotations

from importlib import metadata

from cyclopts import App

app = App(
    name="dbcharter",
    help="Interviews an engineer into a production-grade database design document.",
    help_format="plaintext",
    version_flags=["--version"],
    version=lambda: f"dbcharter {metadata.version('dbcharter')}",
    result_action="return_value",
)
bank_app = App(name="bank", help="Work on question banks.")
app.command(bank_app)
app.command("app.cli.review_commands:review_app", name="review", help="Say and read what reviewers say.")
app.command("app.cli.pair_commands:pair_app", name="pair", help="Work on one document at the same time.")
