"""Are the rules tested: scenarios, coverage, changes, twins, the mutation score."""
