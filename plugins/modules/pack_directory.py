"""Packs a source directory into an archive that is the same, byte for byte, as long as its files are."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: pack_directory
short_description: Pack a source directory reproducibly
description:
  - Leaves out C(target) and C(.git). The archive changes only when a file's name, mode or content does.
options:
  src: {description: The directory., type: path, required: true}
  dest: {description: The .tar.gz file to write., type: path, required: true}
author: [benchmarks]
"""
EXAMPLES = """
- pack_directory: {src: ~/my-crate, dest: /tmp/source.tar.gz}
"""
RETURN = """
sha256: {description: The archive's checksum., type: str, returned: success}
"""


def main() -> None:
    module = AnsibleModule({"src": {"type": "path", "required": True}, "dest": {"type": "path", "required": True}})
    from benchmarks import packing

    source = Path(module.params["src"])
    if not source.is_dir():
        module.fail_json(msg=f"The suite's source directory {source} does not exist.")
    packed = packing.pack(source)
    module.exit_json(changed=packing.write(packed, Path(module.params["dest"])), sha256=packing.digest(packed))


if __name__ == "__main__":
    main()
