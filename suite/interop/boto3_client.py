"""boto3 as a client of the scenarios."""

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from report import Mismatch, expect

# Throw-away credentials: the emulator tests no signatures unless its world says so.
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


class Boto3:
    name = "boto3"

    def __init__(self, endpoint: str) -> None:
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30)
        self.client = boto3.client("kms", endpoint_url=endpoint, config=config, **CREDENTIALS)

    def version(self) -> str:
        return f"boto3 {boto3.__version__}"

    def call(self, operation: str, **members) -> dict:
        try:
            return getattr(self.client, xform_name(operation))(**members)
        except ClientError as error:
            raise Mismatch(f"{operation} was refused: {error}") from error

    def refused(self, code: str, operation: str, **members) -> None:
        """Fails unless the answer is raised as the exception class of the code."""
        own = getattr(self.client.exceptions, code)
        try:
            getattr(self.client, xform_name(operation))(**members)
        except own as error:
            expect("code", code, error.response["Error"]["Code"])
            status = 500 if code == "KMSInternalException" else 400
            expect("status", status, error.response["ResponseMetadata"]["HTTPStatusCode"])
        except ClientError as error:
            raise Mismatch(f"expected `{code}` as a class of its own, got `{type(error).__name__}`: {error}") from error
        else:
            raise Mismatch(f"expected `{code}`, the call succeeded")

    def refused_without_class(self, code: str, operation: str, **members) -> None:
        """Fails unless the answer is refused with a code that the service model does not declare."""
        try:
            getattr(self.client, xform_name(operation))(**members)
        except ClientError as error:
            expect("code", code, error.response["Error"]["Code"])
        else:
            raise Mismatch(f"expected `{code}`, the call succeeded")

    def pages(self, size: int) -> list[dict]:
        """All stores, `size` a page."""
        pages = self.client.get_paginator("describe_custom_key_stores").paginate(PaginationConfig={"PageSize": size})
        return [store for page in pages for store in page["CustomKeyStores"]]
