"""Sets the run's id and directory and, once it has launched instances, finds them with the EC2 inventory plugin."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.plugins.loader import inventory_loader
from ansible.utils.vars import load_extra_vars

from benchmarks.aws import credentials, session, tags
from benchmarks.errors import RefusedError
from benchmarks.host import host_layout, ssh
from benchmarks.parameters import attaching
from benchmarks.parameters.addresses import parse_host
from benchmarks.parameters.outline import outline
from benchmarks.runs import planned_hosts, record_files, run_directory, run_over
from benchmarks.runs.records import Instances
from benchmarks.runs.run_id import group_name

DOCUMENTATION = """
name: this_run
short_description: The hosts of one run
description:
  - Sets O(ignore:run_id), O(ignore:run_dir), O(ignore:run_request) and O(ignore:login) for all hosts.
  - They come from the extra variables alone, so that a run can be terminated even if its records are lost.
    If these only name a run to come back to, the rest comes from its recorded parameters.
  - Adds localhost.
  - The machine in the extra variable C(host), if given, is in the group C(existing_host).
  - A request that ends with its plan has no other hosts.
  - Once the run has launched instances, they are in the group C(launched), found by P(amazon.aws.aws_ec2#inventory).
    Before that, AWS is not called, so playbooks that need no AWS account run without one.
  - Hosts that wait until the vCPU quota has room for them are in the group C(waiting), named by their number. One
    whose instance is found does not wait, also if its launch was not recorded.
options:
  plugin:
    description: Marks the file as a source for this plugin.
    required: true
    choices: [this_run]
  instances:
    description: Configuration file of the EC2 inventory plugin, relative to this file's directory.
    required: true
    type: str
"""


class InventoryModule(BaseInventoryPlugin):
    NAME = "this_run"

    def verify_file(self, path: str) -> bool:
        return Path(path).name == "this_run.yml" and bool(super().verify_file(path))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        extra = load_extra_vars(loader)
        try:
            run_id, directory = run_directory.locate(extra)
            given = attaching.completed(attaching.asked(extra, directory), directory)
            host = parse_host(str(given["host"])) if given.get("host") else None
            key = ssh.literal(str(given["key_file"])) if given.get("key_file") else None
        except RefusedError:
            # Preflight reports invalid values in one sentence; an error here would bury it under inventory warnings.
            (run_id, directory), host, key = run_directory.locate({}), None, None

        inventory.set_variable("all", "run_id", run_id)
        inventory.set_variable("all", "run_dir", str(directory))
        asked = outline(extra, os.environ, directory)
        inventory.set_variable("all", "run_request", asdict(asked))
        inventory.set_variable("all", "login", host_layout.LOGIN)
        inventory.add_host("localhost")
        inventory.set_variable("localhost", "ansible_connection", "local")
        inventory.set_variable("localhost", "ansible_python_interpreter", sys.executable)
        for group in ("existing_host", "launched"):
            inventory.add_group(group)
            inventory.add_group("this_run")
            inventory.add_child("this_run", group)
        inventory.add_group("waiting")
        inventory.add_child("launched", "waiting")

        if not host:
            # For the modules of amazon.aws, which this process starts.
            credentials.share_ca_bundle()
        if asked.is_dry:
            return
        if host:
            inventory.add_host(host.address, group="existing_host", port=host.port)
            login = {"ansible_user": host.user, "ansible_ssh_private_key_file": key}
            for name, value in login.items():
                if value:
                    inventory.set_variable(host.address, name, value)
        elif launched := record_files.recall(Instances, directory):
            os.environ["AWS_REGION"] = launched.region
            # The same retries as elsewhere: if the plugin misses a host, its results are not collected.
            os.environ.setdefault("AWS_RETRY_MODE", session.RETRY_MODE)
            os.environ.setdefault("AWS_MAX_ATTEMPTS", str(session.ATTEMPTS))
            self._add_instances(inventory, loader, Path(path).parent / self.get_option("instances"), run_id)
            found = _found(inventory, run_id)
            for name in run_over.still_to_launch(directory):
                if name not in found:
                    inventory.add_host(name, group="waiting")

    def _add_instances(self, inventory: Any, loader: Any, path: Path, run_id: str) -> None:
        plugin = inventory_loader.get("amazon.aws.aws_ec2")
        plugin.parse(inventory, loader, str(path), cache=False)
        if (group := group_name(run_id)) in inventory.groups:
            inventory.add_child("launched", group)
        for host in inventory.hosts.values():
            # The EC2 plugin also sets `tags`, a reserved name at which Ansible warns; `ec2_tags` has the same value.
            host.vars.pop("tags", None)


def _found(inventory: Any, run_id: str) -> set[str]:
    """The names by number of the run's hosts whose instances were found, as the tags of those say."""
    all_tags = [host.vars.get("ec2_tags") or {} for host in inventory.hosts.values()]
    return {planned_hosts.by_number(one.get(tags.HOST, "1")) for one in all_tags if one.get(tags.RUN) == run_id}
