"""Lets `ucks run "stdio:python3 service.py …"` call a handler in Python: one line of JSON a request, one line an answer."""
import base64, http.client, json, sys, urllib.parse


def handle(method, path, headers, body):
    """Your service. This one passes the request on to the URL of the command line, so that there is something to test."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(sys.argv[1]).netloc, timeout=8)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    return answer.status, answer.getheaders(), answer.read()


for line in sys.stdin.buffer:
    request = json.loads(line)
    (form, body), = request["body"].items()
    body = body.encode() if form == "text" else base64.b64decode(body)
    try:
        status, headers, body = handle(request["method"], request["path"], request["headers"], body)
    except Exception as crash:
        print(crash, file=sys.stderr)
        status, headers, body = 500, [], b""
    body = {"base64": base64.b64encode(body).decode()}
    print(json.dumps({"id": request["id"], "status": status, "headers": list(headers), "body": body}), flush=True)
