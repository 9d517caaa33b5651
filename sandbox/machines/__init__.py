"""The machines that instances are: containers, their engine, images and addresses."""
