"""What runs: pipeline and command line."""
