"""Runs as they are recorded: their store on SQLite, migrations, rebuilding, failures."""
