"""The AWS part of the sandbox: moto with repairs, whose instances are machines."""

from moto.moto_server.werkzeug_app import MotoRequestHandler as RequestHandler

from sandbox.aws.application import application

# A server of the application must use this handler: werkzeug's own drops headers with an underscore in their names,
# such as S3's x-amz-meta-run_id, which invalidates the request's signature.
__all__ = ["RequestHandler", "application"]
