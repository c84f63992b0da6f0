"""Adapters to models: one folder a modality, in each the protocol, the offline model and one file a vendor."""
