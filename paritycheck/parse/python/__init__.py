"""Python sources and the files that installs leave."""
