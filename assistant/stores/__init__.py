"""Where the journal is kept: `base` is the specification, one file a backend."""
