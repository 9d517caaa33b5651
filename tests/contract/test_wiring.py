"""Parameters reach roles by one page of wiring, and roles read nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
import yaml
from ansible.plugins.filter import mathstuff
from jinja2.nativetypes import NativeEnvironment

from benchmarks.parameters import spec
from benchmarks.paths import ROOT
from benchmarks.runs import attempts, record_files
from tests.support import records
from tests.support.repository import (
    ROLES,
    STAGES,
    WIRING,
    declared,
    defaults,
    expressions,
    files,
    relative,
    role_files,
    role_tasks,
    variables,
    yaml_of,
)

WIRED: dict[str, Any] = yaml_of(WIRING)
# What the wiring makes of files, for its own use and that of playbooks.
SHARED = {name for name in WIRED if not name.startswith(tuple(f"{role}_" for role in ROLES))}


def environment() -> Any:
    """Jinja with the filters of this project and those of Ansible that it uses."""
    made = NativeEnvironment()
    for name in ("plans", "runs"):
        made.filters.update(run_path(str(ROOT / f"plugins/filter/{name}.py"))["FilterModule"]().filters())
    made.filters.update(mathstuff.FilterModule().filters())
    return made


def rendered(name: str, given: Mapping[str, Any]) -> Any:
    """What the wiring makes of a variable."""
    return environment().from_string(WIRED[name]).render(given)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_declares_what_it_takes(role: str) -> None:
    spec = yaml_of(ROOT / f"roles/{role}/meta/argument_specs.yml")
    for entry in spec["argument_specs"].values():
        assert entry["short_description"]
        for name, option in entry["options"].items():
            assert option["type"], name
            assert option["description"].endswith("."), name


@pytest.mark.parametrize("role", STAGES)
def test_role_variables_carry_the_roles_name(role: str) -> None:
    assert [name for name in declared(role) if not name.startswith(f"{role}_")] == []


@pytest.mark.parametrize("role", STAGES)
def test_defaults_are_those_of_the_spec(role: str) -> None:
    specified = {name: option["default"] for name, option in declared(role).items() if "default" in option}
    assert defaults(role) == specified


@pytest.mark.parametrize("role", STAGES)
def test_every_role_variable_is_wired_or_has_a_default_or_may_be_left_out(role: str) -> None:
    required = {name for name, option in declared(role).items() if option.get("required")}
    assert required <= set(WIRED)
    assert required.isdisjoint(defaults(role))


def test_the_wiring_names_only_variables_that_roles_declare() -> None:
    known = {name for role in STAGES for name in declared(role)}
    wired = {name for name in WIRED if name not in SHARED and not name.startswith("preflight_")}
    assert wired <= known


def test_every_wired_variable_is_read_by_its_role() -> None:
    for role in ROLES:
        text = "".join(path.read_text() for path in role_files(role))
        for name in WIRED:
            if name.startswith(f"{role}_") and name not in SHARED:
                assert name in text, f"{name} is wired, but roles/{role} does not read it"


@pytest.mark.parametrize("role", STAGES)
def test_every_declared_variable_is_read_by_its_role(role: str) -> None:
    text = "".join(path.read_text() for path in role_files(role) if path.parent.name != "defaults")
    assert [name for name in declared(role) if name not in text] == []


def test_the_wiring_reads_only_parameters_and_what_earlier_stages_wrote() -> None:
    public = {name for entry_point in spec.entry_points() for name in spec.names(entry_point)}
    inventory = {"run_id", "run_dir", "run_request", "inventory_hostname", "ansible_playbook_python", "groups"}
    # What bring_back.yml goes through.
    inventory |= {"attempt_to_bring_back"}
    # Preflight checks the servers that the toolchain will ask, also if the user names others.
    inventory |= {"toolchain_crates_index", "toolchain_dist_server"}
    for name, value in WIRED.items():
        for text in expressions(value):
            assert variables(text) - {"lookup"} <= SHARED | inventory, name
            assert set(re.findall(r"(?<!/)\bparameters\.(\w+)", text)) <= public, name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_no_other_roles_variables_and_nothing_behind_the_wirings_back(role: str) -> None:
    foreign = {name for other in STAGES if other != role for name in declared(other)} | SHARED | {"run_dir", "run_id"}
    for path in role_files(role):
        for text in expressions(yaml.safe_load(path.read_text())):
            read = variables(text)
            others = {name for other in ROLES if other != role for name in read if name.startswith(f"__{other}_")}
            assert read & (foreign | others) == set(), relative(path)


@pytest.mark.parametrize("role", ROLES)
def test_internals_begin_with_two_underscores_and_the_roles_name(role: str) -> None:
    for path in files(f"roles/{role}/vars"):
        assert [name for name in yaml_of(path) if not name.startswith(f"__{role}_")] == [], relative(path)


def test_what_tasks_keep_is_internal() -> None:
    for task in role_tasks():
        role = task.path.relative_to(ROOT / "roles").parts[0]
        kept = [task.content[key] for key in ("register",) if key in task.content]
        kept += [name for name in task.content.get("vars", {}) if not name.startswith("ansible_")]
        kept += [task.content["loop_control"]["loop_var"]] if "loop_var" in task.content.get("loop_control", {}) else []
        assert [name for name in kept if not name.startswith(f"__{role}_")] == [], str(task)
        assert not [key for key in task.content if key.rpartition(".")[2] == "set_fact"], str(task)


def test_playbooks_give_roles_only_what_they_declare() -> None:
    # And what it is that may have failed.
    known = {name for role in STAGES for name in declared(role)} | {"failed_stage", "failed_attempt"}

    def given(content: Any) -> Iterator[str]:
        if isinstance(content, list):
            for each in content:
                yield from given(each)
        elif isinstance(content, dict):
            names = content.get("vars", {})
            yield from (name for name in names if not name.startswith("__"))
            for part in ("tasks", "block", "rescue", "always", "roles"):
                yield from given(content.get(part, []))

    for path in sorted((ROOT / "playbooks").glob("*.yml")):
        allowed = known | {name for name in given(yaml_of(path)) if name.startswith(("ansible_", "preflight_"))}
        assert set(given(yaml_of(path))) <= allowed, relative(path)


def test_what_was_left_is_left_whether_or_not_it_was_asked_for_and_is_finished_on_request() -> None:
    for name in ("attempt_left", "run_left"):
        assert "run_request" not in WIRED[name], "a host that was lost is left, too"
    benchmark, finish = (yaml_of(ROOT / f"playbooks/{name}.yml") for name in ("benchmark", "finish"))
    assert benchmark[-1]["vars"]["__left"] == "{{ run_left }}"
    assert not any("__left" in play.get("vars", {}) for play in finish)


@pytest.mark.parametrize(("bare_metal", "seconds", "minutes"), [(False, 300, 150), (True, 1500, 175)])
def test_bare_metal_is_waited_for_longer_and_lives_longer(
    tmp_path: Path, bare_metal: bool, seconds: int, minutes: int
) -> None:
    launches = (records.launch_plan(host=1, bare_metal=bare_metal), records.launch_plan(host=2))
    record_files.write(tmp_path, records.preflight(launches=launches))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    given = {
        "run_dir": str(tmp_path),
        "this_host": "i-1",
        "preflight": {"launches": [record_files.plain(launch) for launch in launches]},
        "parameters": {"build_limit": 40, "time_limit": 80},
    }
    names = ("launch_connect_timeout", "launch_lifetime")
    assert [rendered(name, given) for name in names] == [seconds, minutes]


@pytest.mark.parametrize(("host", "instance_type"), [("i-1", "c1i.large"), ("i-2", "c2i.large"), ("host-3", "")])
def test_the_earlier_results_of_a_hosts_own_type_are_preferred(tmp_path: Path, host: str, instance_type: str) -> None:
    launches = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2))
    record_files.write(tmp_path, records.preflight(launches=launches))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    given = {"run_dir": str(tmp_path), "this_host": host}
    assert rendered("benchmark_instance_type", given) == instance_type


def test_group_vars_reach_playbooks_through_the_inventory() -> None:
    assert (ROOT / "inventory/group_vars").resolve() == ROOT / "group_vars"


def test_roles_call_a_host_by_its_instance_and_not_by_its_number() -> None:
    # What is asked of Ansible itself, and the name of a host that has no instance yet.
    own = {"roles/toolchain/vars/main.yml", "roles/launch/tasks/waiting.yml"}
    reading = {
        relative(path)
        for role in ROLES
        for path in role_files(role)
        for text in expressions(yaml.safe_load(path.read_text()))
        if "inventory_hostname" in variables(text)
    }
    assert reading == own


def test_actions_call_a_host_by_its_instance_and_not_by_its_number() -> None:
    # A host that has waited for the vCPU quota keeps the name in the inventory that it had before it was launched.
    own = re.compile(r'task_vars\["inventory_hostname"\]')
    named = r'(?:host_labels\.here\(|planned_hosts\.name\(\w+, )task_vars\["inventory_hostname"\]\)'
    # Lines of progress are found again by the name in the inventory.
    known = re.compile(named + r'|self\._inventory_name = task_vars\["inventory_hostname"\]')
    actions = [*ROOT.glob("plugins/action/*.py"), *ROOT.glob("roles/*/action_plugins/*.py")]
    assert actions
    for path in actions:
        text = path.read_text()
        assert len(own.findall(text)) == len(known.findall(text)), relative(path)


@pytest.mark.parametrize("playbook", ["benchmark", "finish"])
def test_a_host_that_has_not_been_launched_is_left_out_whatever_the_tags_are(playbook: str) -> None:
    plays = yaml_of(ROOT / f"playbooks/{playbook}.yml")
    (play,) = (one for one in plays if one.get("strategy") == "ansible.builtin.host_pinned")
    (at,) = (n for n, task in enumerate(play["tasks"]) if task.get("when") == "is_unlaunched")
    assert play["tasks"][at]["ansible.builtin.meta"] == "end_host"
    # Without tags, a task is dropped if any are asked for.
    assert play["tasks"][at].get("tags") == ("always" if playbook == "benchmark" else None)
    assert [task["name"] for task in play["tasks"][:at]] == (
        [] if playbook == "finish" else ["Leave out a host that was left", "Launch"]
    )


def test_a_host_that_was_left_as_it_does_not_answer_is_left_out_of_all_that_follows() -> None:
    (play,) = (one for one in yaml_of(ROOT / "playbooks/benchmark.yml") if "strategy" in one)
    first = play["tasks"][0]
    assert (first["ansible.builtin.meta"], first["when"], first["tags"]) == ("end_host", "attempt_left", "always")


@pytest.mark.parametrize(
    ("name", "launched", "is_unlaunched"), [("host-2", False, True), ("host-2", True, False), ("i-1", True, False)]
)
def test_a_host_that_waits_has_not_been_launched_until_it_has_an_instance(
    tmp_path: Path, name: str, launched: bool, is_unlaunched: bool
) -> None:
    record_files.write(tmp_path, records.instances("i-1", *(["i-2"] if launched else [])))
    given = {"run_dir": str(tmp_path), "inventory_hostname": name, "groups": {"waiting": ["host-2"]}}
    given["this_host"] = rendered("this_host", given)
    assert rendered("is_unlaunched", given) is is_unlaunched


def test_a_host_that_has_waited_and_was_left_is_found_by_its_name_in_the_inventory(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.instances("i-1", "i-2", "i-3"))
    for host in ("i-2", "i-3"):
        attempts.leave(tmp_path / host)
    # Of an instance that is gone, only the record says so.
    given = {"run_dir": str(tmp_path), "groups": {"this_run": ["i-1", "host-2"]}}
    assert rendered("run_left", given) == ["i-2"]


def test_hosts_that_a_limit_leaves_out_are_not_ended(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    *_, last = yaml_of(ROOT / "playbooks/benchmark.yml")
    hosts = {"__hosts": ["i-1", "host-2", "host-3"], "__limited": ["localhost", "i-1"]}
    jinja = environment()
    found = jinja.from_string(last["vars"]["__left_out"]).render({"run_dir": str(tmp_path), **hosts})
    assert found == ["i-2", "host-3"]
    (end,) = yaml_of(ROOT / "playbooks/tasks/end_run.yml")
    spared = jinja.from_string(end["block"][0]["vars"]["terminate_spared"])
    assert spared.render({"__left_out": found}) == found
    # Whoever finishes a run wants all of it ended.
    assert spared.render({}) == []


def test_an_instance_that_is_not_in_the_records_is_launched_again_so_that_it_can_be_logged_in_to(
    tmp_path: Path,
) -> None:
    record_files.write(tmp_path, records.instances("i-1"))
    (play,) = (one for one in yaml_of(ROOT / "playbooks/benchmark.yml") if one["name"] == "Launch")
    given = {
        "run_dir": str(tmp_path),
        "preflight": {"existing": ["i-1", "i-2"]},
        "groups": {"this_run": ["i-1", "i-2"]},
    }
    assert environment().from_string(play["vars"]["__missing"]).render(given) == ["i-2"]
