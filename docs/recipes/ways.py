"""Takes the commands out of pages, the action, the Dockerfile and Kubernetes jobs, and compares verdicts, for ways.sh."""
import json
import re
import sys

import yaml


def commands(path):
    """The lines of all blocks of shell commands of a page."""
    text = open(path, encoding="utf-8").read()
    return "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


def action(path):
    """The script of the action's step with the id `run`."""
    steps = yaml.safe_load(open(path, encoding="utf-8"))["runs"]["steps"]
    return next(step["run"] for step in steps if step.get("id") == "run")


def dockerfile(path):
    """The commands of RUN, one a line."""
    return "".join(re.findall(r"^RUN (.*\n)", open(path, encoding="utf-8").read(), re.MULTILINE))


def job(path, name):
    """The arguments of the only container of a job, one a line."""
    documents = yaml.safe_load_all(open(path, encoding="utf-8"))
    found = next(d for d in documents if d["kind"] == "Job" and d["metadata"]["name"] == name)
    (container,) = found["spec"]["template"]["spec"]["containers"]
    return "".join(argument + "\n" for argument in container["args"])


def workflow(path, job, shard="0"):
    """The `ucks` commands of a workflow's job, for one value of the matrix."""
    steps = yaml.safe_load(open(path, encoding="utf-8"))["jobs"][job]["steps"]
    lines = [step["run"].strip() for step in steps if step.get("run", "").startswith("ucks")]
    return "".join(line.replace("${{ matrix.shard }}", shard) + "\n" for line in lines)


def verdicts(path):
    """The verdicts by rule of a record, or of the lines that the vectors' runner prints. An observed rule counts as kept."""
    text = open(path, encoding="utf-8").read()
    if not path.endswith(".json"):
        return dict(line.split() for line in text.splitlines())
    return {row["id"]: row["verdict"].replace("observed", "pass") for row in json.loads(text)["rules"]}


def agree(record, *others):
    """How many rules get the same verdict as in a record; ends with 1 where one differs."""
    by_run, said, differing = verdicts(record), "", False
    for other in others:
        # R-04 is judged where an update overtakes a Connect, which depends on the speed of the service.
        rules = {rule: verdict for rule, verdict in verdicts(other).items() if rule != "R-04"}
        wrong = [f"{rule}: {verdict} by {other}, {by_run.get(rule)} by `ucks run`"
                 for rule, verdict in rules.items() if by_run.get(rule) != verdict]
        judged = sum(verdict not in ("blocked", "not-covered") for verdict in rules.values())
        said += "".join(line + "\n" for line in wrong)
        said += f"{other}: {len(rules) - len(wrong)} of {len(rules)} rules agree, {judged} of them judged\n"
        differing = differing or bool(wrong) or not judged
    if differing:
        sys.exit(said)
    return said


print({"agree": agree, "workflow": workflow, "commands": commands, "action": action, "dockerfile": dockerfile, "job": job}[sys.argv[1]](*sys.argv[2:]), end="")
