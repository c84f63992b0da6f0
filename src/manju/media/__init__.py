"""Pictures, sound and film: everything that decodes, draws, mixes, encodes or muxes."""
