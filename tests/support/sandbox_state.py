"""The state of a sandbox, as its files and commands have it."""

from __future__ import annotations

from sandbox.background_process import Process
from sandbox.state import State

STATE = State(
    process=Process(7, "then"),
    endpoint_url="http://127.0.0.1:5000",
    region="eu-north-1",
    account_id="123456789012",
    access_key_id="AKIA",
    # A shell must not take it apart.
    secret_access_key="it's $ecret",
    admin_token="token",
    ssh_port=2222,
    engine="docker",
    image="image:1",
)
