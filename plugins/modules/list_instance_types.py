"""Lists the instance types that fit a request, and writes them to a file in the run's directory."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: list_instance_types
short_description: List the instance types that fit, best fit first
description:
  - Writes C(instance_types.json), which has everything known about each type. Launches nothing.
  - Uses the same cache as C(./inv bench.types) and gives the same answers.
options:
  parameters: {description: The parameters as read_parameters wrote them., type: dict, required: true}
  run_dir: {description: The run's directory., type: path, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- list_instance_types: {parameters: "{{ parameters }}", run_dir: "{{ run_dir }}"}
"""
RETURN = """
listing: {description: The types as text in the requested format., type: str, returned: success}
best: {description: Name of the best fit if there is one., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule(
        {"parameters": {"type": "dict", "required": True}, "run_dir": {"type": "path", "required": True}},
        supports_check_mode=True,
    )
    from benchmarks.errors import RefusedError
    from benchmarks.picker import answers, formats, region_data
    from benchmarks.runs import files

    parameters = module.params["parameters"]
    try:
        answer = answers.answer(parameters, os.environ, datetime.now(UTC), parts=region_data.PARTS)
    except RefusedError as error:
        module.fail_json(msg=str(error))
    path = Path(module.params["run_dir"]) / answers.FILE
    changed = not module.check_mode and files.write_whole(path, formats.as_json(answer))
    if not answer.choice.fitting:
        module.fail_json(msg=answers.nothing_fits(answer))
    best = answer.best.type.name if answer.best else None
    listing = formats.text(
        answer,
        parameters.get("format") or "table",
        wide=bool(parameters.get("wide")),
        command=answers.playbook_command(best, parameters["region"]) if best else None,
    )
    module.exit_json(changed=changed, listing=listing, best=best)


if __name__ == "__main__":
    main()
