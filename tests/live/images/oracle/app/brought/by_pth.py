"""In a directory that a .pth file names."""
