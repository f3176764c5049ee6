"""The list of files, and what is inside one."""
