"""Where films go: one file a platform, each behind `manju.platforms.base`."""
