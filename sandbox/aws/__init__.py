"""The AWS half of the sandbox: moto, mended at the wire, with instances that are machines."""

from sandbox.aws.application import application

__all__ = ["application"]
