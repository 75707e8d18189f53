"""Keys, certificates, and the files with secrets that services read."""
