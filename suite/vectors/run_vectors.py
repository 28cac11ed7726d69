#!/usr/bin/env python3
"""Judges a service without stores by the files of `ucks vectors -o DIR`: run_vectors.py DIR URL. Exits 1 on a failure."""
import base64, contextlib, http.client, json, pathlib, sys, time, urllib.parse

# Verdicts by rule; deviations by name and answer; what was seen not to be shown of a type of store: fields and states.
VERDICTS, rules, deviating, missing, blocked = ["pass", "warning", "fail"], {}, {}, set(), 0

def note(rule, verdict):
    rules[rule] = max(rules.get(rule, "pass"), verdict, key=VERDICTS.index)

def send(request, ids):
    (form, body), = request["body"].items()
    body = body.encode() if form == "text" else base64.b64decode(body)
    for holder, own in (("cks-" + letter * 17, own) for letter, own in ids.items()):  # in three forms
        for text, real in ((holder, own), (holder.swapcase(), own.swapcase()), (holder[:-1], own[:-1])):
            body = body.replace(text.encode(), real.encode())
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(sys.argv[2]).netloc, timeout=10)
    connection.request(request["method"], request["path"], body, dict(request["headers"]))
    answer, data = connection.getresponse(), {}
    with contextlib.suppress(TypeError, ValueError):
        data = dict(json.loads(answer.read(1 << 20)))
    code = str(data.get("__type") or answer.getheader("x-amzn-errortype") or "").split("#")[-1].split(":")[0]
    return answer.status, "5xx" if answer.status >= 500 else code or ("success" if answer.status < 300 else "no code"), data

def call(operation, store, headers):
    named = {**dict(headers), "x-amz-target": "TrentService." + operation}
    return send({"method": "POST", "path": "/", "headers": named, "body": {"text": json.dumps({"CustomKeyStoreId": store})}}, {})[2]

def describe(store, headers, state=None):  # waits for the state, where one is given
    for _ in range(400):
        seen = (call("DescribeCustomKeyStores", store, headers).get("CustomKeyStores") or [{}])[0]
        if state in (None, seen.get("ConnectionState")) or (seen.get("CustomKeyStoreType"), state) in missing:
            break
        time.sleep(0.02)
    else:
        missing.add((seen.get("CustomKeyStoreType"), state))
    proxy = {"XksProxyConfiguration." + field: value for field, value in seen.get("XksProxyConfiguration", {}).items()}
    return {**seen, **proxy, "XksProxyConfiguration": "exists" if proxy else None}

def differing(seen, wanted):
    fields = {field for field in {**seen, **wanted} if (seen.get(field) or None) != (wanted.get(field) or None)}
    return {field for field in fields if missing.isdisjoint((seen.get("CustomKeyStoreType"), part) for part in (field, field.split(".")[0]))}

def begin(vector, ids):
    for store in ids.values():  # what is left of the cases before
        call("DisconnectCustomKeyStore", store, vector["headers"])
        describe(store, vector["headers"], "DISCONNECTED")
        call("DeleteCustomKeyStore", store, vector["headers"])
    ids.clear()
    for step in vector["setup"]:
        _, label, data = send(step["request"], ids)
        if label == "success" and "creates" in step:
            ids[step["creates"]], seen = data["CustomKeyStoreId"], describe(data["CustomKeyStoreId"], vector["headers"])
            missing.update((seen.get("CustomKeyStoreType"), field) for field in differing(seen, {**seen, **step["shows"]}))
        store, state = step.get("wait", (None, None))
        if label != "success" or store and describe(ids[store], vector["headers"], state).get("ConnectionState") != state:
            return False
    return True

def judge(case, ids, headers):  # false where the stores may have changed
    before = {letter: describe(store, headers) for letter, store in ids.items()}
    answers = (send(case["request"], ids) for _ in range(3))  # a 5xx answer may pass
    status, label, _ = next((answer for answer in answers if answer[1] != "5xx"), (500, "5xx", {}))
    deviations, success = case["deviations"], label == "success"
    decided = case["admitted"].get(label, None if label in deviations else case["admitted"].get("*"))
    if decided is None and label not in case["no_verdict"]:
        deviation = deviations.get(label) or deviations["*"]
        deviating[deviation["finding"], label] = {**deviation, "fails": deviation["fails"] or status not in (200, 400)}
        return not success
    right = True
    for letter, store in ids.items():
        effect = case["after_success"].get(letter, {"rules": {}}) if success else {"rules": {"*": case["after_error"].get(letter)}}
        for field in differing(describe(store, headers), {**before[letter], **effect.get("changes", {})}):
            if field not in effect.get("open", ()) and (rule := effect["rules"].get(field) or effect["rules"].get("*")):
                right = note(rule, "fail")
    right and [note(rule, "pass") for rule in decided or ()]
    return right and not success

for file in sorted(pathlib.Path(sys.argv[1]).glob("[0-9]*.json")):
    vector, ids, ready = json.loads(file.read_text()), {}, False
    for case in vector["cases"]:
        ready = ready or begin(vector, ids)
        blocked += not ready
        ready = ready and judge(case, ids, vector["headers"])
    begin({**vector, "setup": []}, ids)
for (_, label), deviation in deviating.items():
    also = {part: [deviating[name, label]["fails"] for name in deviation.get(part, ()) if (name, label) in deviating] for part in ("unless", "with")}
    also["unless"] or note(deviation["rule"], "fail" if any([deviation["fails"], *also["with"]]) else "warning")
print(*(f"{rule} {verdict}" for rule, verdict in sorted(rules.items())), sep="\n")
print(f"{blocked} cases could not be judged", file=sys.stderr)
sys.exit("fail" in rules.values())
