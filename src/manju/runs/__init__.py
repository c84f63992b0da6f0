"""Durable runs: the engine's port, the embedded engine, its leases and its progress events."""
