"""A small KMS in WSGI, as a user of the pytest plugin might have one. `wsgi_kms.py PORT` serves it."""
import itertools
import json
import sys

NUMBERS = itertools.count(1)


def application():
    """Returns an app with an account of its own."""
    stores = {}

    def error(code):
        return 400, {"__type": code}

    def call(operation, given):
        if operation == "CreateCustomKeyStore":
            store = f"cks-{next(NUMBERS):017}"
            credential = given.get("XksProxyAuthenticationCredential") or {}
            stores[store] = {"CustomKeyStoreId": store, "ConnectionState": "DISCONNECTED", "CreationDate": 1.0}
            stores[store]["CustomKeyStoreName"] = given["CustomKeyStoreName"]
            stores[store]["CustomKeyStoreType"] = given.get("CustomKeyStoreType", "AWS_CLOUDHSM")
            proxy = {name[len("XksProxy"):]: given[name] for name in given if name.startswith("XksProxyUri")}
            proxy.update(Connectivity=given.get("XksProxyConnectivity"), AccessKeyId=credential.get("AccessKeyId"))
            stores[store]["XksProxyConfiguration"] = proxy
            return 200, {"CustomKeyStoreId": store}
        if operation == "DescribeCustomKeyStores":
            wanted = given.get("CustomKeyStoreId")
            if wanted is not None and wanted not in stores:
                return error("CustomKeyStoreNotFoundException")
            return 200, {"CustomKeyStores": [stores[wanted]] if wanted else list(stores.values()), "Truncated": False}
        store = stores.get(given.get("CustomKeyStoreId"))
        if store is None:
            return error("CustomKeyStoreNotFoundException")
        if operation == "DeleteCustomKeyStore":
            del stores[store["CustomKeyStoreId"]]
        elif operation == "UpdateCustomKeyStore":
            store["CustomKeyStoreName"] = given.get("NewCustomKeyStoreName") or store["CustomKeyStoreName"]
        else:
            return error("UnsupportedOperationException")
        return 200, {}

    def app(environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            status, answer = call(environ.get("HTTP_X_AMZ_TARGET", "").split(".")[-1], json.loads(body))
        except (AttributeError, KeyError, TypeError, ValueError):
            status, answer = error("SerializationException")
        body = json.dumps(answer).encode()
        fields = [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))]
        start_response(f"{status} {'OK' if status == 200 else 'Bad Request'}", [*fields, ("x-amzn-RequestId", "1")])
        return [body]

    return app


if __name__ == "__main__":
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    server = make_server("127.0.0.1", int(sys.argv[1]), application(), handler_class=Quiet)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
