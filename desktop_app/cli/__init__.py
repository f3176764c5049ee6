"""The command line: one file a command, each importing what is slow only when it runs."""
