"""Many claims of several files to answers: in order, with all processors, resumable."""
