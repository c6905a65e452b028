"""One claim judged: situation, events, tests, duties, outcome."""
