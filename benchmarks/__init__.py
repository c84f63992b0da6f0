"""Speed and quality of manju as ratios against a yardstick in the same run: ``make bench``. See README.md."""
