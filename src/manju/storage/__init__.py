"""Where bytes are kept: the artefact store, the film's output folder, and the locks on both."""
