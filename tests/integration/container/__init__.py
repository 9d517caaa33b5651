"""The image, built and run by container engines."""
