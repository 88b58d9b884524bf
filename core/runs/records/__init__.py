"""The records of runs: their store on SQLite, migrations, rebuilding, failures."""
