"""The sandbox, by its commands, over HTTP and over ssh."""
