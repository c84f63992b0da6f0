"""Ways to make a film: plain async functions over the pipeline's stages."""
