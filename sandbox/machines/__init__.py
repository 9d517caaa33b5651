"""Instances as containers: engine, images and addresses."""
