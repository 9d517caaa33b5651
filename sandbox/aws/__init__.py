"""The AWS half of the sandbox: moto, mended at the wire, with instances that are machines."""

from moto.moto_server.werkzeug_app import MotoRequestHandler as RequestHandler

from sandbox.aws.application import application

# A server of the application must use this handler: werkzeug's own drops headers with an underscore in their names,
# such as S3's x-amz-meta-run_id, and the request's signature then no longer fits.
__all__ = ["RequestHandler", "application"]
