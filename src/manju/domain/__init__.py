"""Pure values: no files, no network, no clock."""
