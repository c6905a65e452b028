"""Orders to coverage requirements: CDS Hooks in, coverage-information and cards out."""
