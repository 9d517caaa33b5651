"""Checks this machine, the AWS user and the account for what runs need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.aws import aws_errors, session
from benchmarks.doctor import examination, listing
from benchmarks.runs import record_files, run_directory
from benchmarks.runs.records import Setup


class ActionModule(ActionBase):
    """`parameters` are setup's; `ansible` is the version of ansible-core, `collections` where its collections are.

    Changes nothing in the account; EC2 is asked by dry runs what it would allow. Fails only for parameters that no
    account could satisfy. Writes `setup.json` into `run_dir` if the account could be looked at. Returns the `listing`
    of all that was found, and the `problem` for which setup cannot go on, empty if there is none.
    """

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        _, tagged = self.validate_argument_spec(
            {
                "parameters": {"type": "dict", "required": True},
                "run_dir": {"type": "path", "required": True},
                "ansible": {"type": "str", "required": True},
                "collections": {"type": "list", "elements": "path", "required": True},
            }
        )
        given = record_files.untagged(tagged)
        parameters, directory = given["parameters"], Path(given["run_dir"])
        here = examination.Machine(given["ansible"], given["collections"])
        changed = False
        try:
            earlier = record_files.recall(Setup, directory)
            found = examination.examine(parameters, session.connector(parameters["region"]), here, earlier)
            if found.setup:
                changed = record_files.write(directory, found.setup)
            else:
                # Of an earlier call, which may have found more.
                (directory / Setup.FILE).unlink(missing_ok=True)
        except aws_errors.errors() as error:
            return {"failed": True, "msg": aws_errors.sentence(error)}
        except OSError as error:
            return {"failed": True, "msg": str(run_directory.cannot_be_written(directory, error))}
        return {
            "changed": changed,
            "listing": listing.listing(found, parameters["region"]),
            "problem": listing.obstacle(found, parameters["yes"]),
        }
