#!/bin/sh
# Cargo runs this in place of the compiler, also when it only fetches what the source needs.
{ id -un; grep NoNewPrivs /proc/self/status; } >>/tmp/hostile-wrapper
exec "$@"
