#!/usr/bin/env python3
"""Judges a service without stores by the files of `ucks vectors -o DIR`: run_vectors.py DIR URL. Exits 1 on a failure."""
import base64, http.client, json, pathlib, sys, time, urllib.parse

VERDICTS, rules, blocked = ["pass", "warning", "fail"], {}, 0

def note(rule, verdict):
    rules[rule] = max(rules.get(rule, "pass"), verdict, key=VERDICTS.index)

def send(request, ids):
    (form, body), = request["body"].items()
    body = body.encode() if form == "text" else base64.b64decode(body)
    for letter, own in ids.items():  # the id as it is, in the other case, and without its last character
        holder = "cks-" + letter * 17
        for text, real in ((holder, own), (holder.swapcase(), own.swapcase()), (holder[:-1], own[:-1])):
            body = body.replace(text.encode(), real.encode())
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(sys.argv[2]).netloc, timeout=10)
    connection.request(request["method"], request["path"], body, dict(request["headers"]))
    answer = connection.getresponse()
    try:
        data = dict(json.loads(answer.read(1 << 20)))
    except (TypeError, ValueError):
        data = {}
    code = str(data.get("__type") or answer.getheader("x-amzn-errortype") or "").split("#")[-1].split(":")[0]
    return answer.status, code or ("success" if answer.status < 300 else "no code"), data

def call(operation, store, headers):
    named = [(name, "TrentService." + operation if name == "x-amz-target" else value) for name, value in headers]
    body = {"text": json.dumps({"CustomKeyStoreId": store})}
    return send({"method": "POST", "path": "/", "headers": named, "body": body}, {})[2]

def describe(store, headers, state=None):  # waits for the state, where one is given
    for _ in range(400):
        shown = (call("DescribeCustomKeyStores", store, headers).get("CustomKeyStores") or [{}])[0]
        if state in (None, shown.get("ConnectionState")):
            break
        time.sleep(0.02)
    proxy = shown.pop("XksProxyConfiguration", {})
    return {**shown, **{"XksProxyConfiguration." + field: value for field, value in proxy.items()}}

def begin(vector, ids):
    for store in ids.values():  # what is left of the cases before
        if describe(store, vector["headers"]).get("ConnectionState") in ("CONNECTED", "FAILED"):
            call("DisconnectCustomKeyStore", store, vector["headers"])
            describe(store, vector["headers"], "DISCONNECTED")
        call("DeleteCustomKeyStore", store, vector["headers"])
    ids.clear()
    for step in vector["setup"]:
        _, label, data = send(step["request"], ids)
        if label == "success" and "creates" in step:
            ids[step["creates"]] = data["CustomKeyStoreId"]
        store, state = step.get("wait", (None, None))
        if label != "success" or store and describe(ids[store], vector["headers"], state).get("ConnectionState") != state:
            return False
    return True

def judge(case, ids, headers):  # false where the stores may have changed
    before = {letter: describe(store, headers) for letter, store in ids.items()}
    for _ in range(3):
        status, label, _ = send(case["request"], ids)
        if label != "KMSInternalException":
            break
    admitted, deviations, success = case["admitted"], case["deviations"], label == "success"
    decided = admitted.get(label, None if label in deviations else admitted.get("*"))
    if status >= 500 or decided is None and label not in case["no_verdict"]:
        broken = {"rule": "W-15", "fails": True} if status >= 500 else deviations.get(label) or deviations["*"]
        note(broken["rule"], "fail" if broken["fails"] else "warning")
        return not success
    right = True
    for letter, store in ids.items():
        effect = case["after_success"].get(letter, {"rules": {}}) if success else {"rules": {"*": case["after_error"].get(letter)}}
        now, wanted = describe(store, headers), {**before[letter], **effect.get("changes", {})}
        for field in (set(now) | set(wanted)) - set(effect.get("open", ())):
            rule = effect["rules"].get(field) or effect["rules"].get("*")
            if rule and (now.get(field) or None) != (wanted.get(field) or None):
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
print(*(f"{rule} {verdict}" for rule, verdict in sorted(rules.items())), sep="\n")
print(f"{blocked} cases could not be judged", file=sys.stderr)
sys.exit("fail" in rules.values())
