"""The command line, a file for each group of commands; `server.__main__` puts them together."""
