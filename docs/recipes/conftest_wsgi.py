"""The conftest.py of a user of the pytest plugin whose tests start the service: a fixture `ucks_url`, and `pytest --ucks`."""
import threading
import wsgiref.simple_server

import pytest
import wsgi_kms


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def ucks_url():
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, wsgi_kms.application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
