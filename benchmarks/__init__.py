"""Speed, as ratios within one run; nothing here is asserted in the tests."""
