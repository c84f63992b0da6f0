"""The database: tables, sessions, migrations, and one repository a noun. SQL lives here and nowhere else."""
