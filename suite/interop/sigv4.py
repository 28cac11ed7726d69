"""AWS Signature Version 4, as far as a POST without a query needs it."""

import hashlib
import hmac


def authorization(
    headers: dict[str, str], signed: list[str], body: bytes, date: str, identity: tuple[str, str, str]
) -> str:
    """The value of the Authorization header.

    `headers` by lower-case name, `signed` the names that are signed, `date` as in `x-amz-date`, `identity` the
    access key id, the secret and the Region.
    """
    access_key_id, secret, region = identity
    names = sorted(signed)
    canonical = "\n".join(
        ["POST", "/", "", *(f"{name}:{headers[name].strip()}" for name in names), "", ";".join(names), sha256(body)]
    )
    scope = f"{date[:8]}/{region}/kms/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", date, scope, sha256(canonical.encode())])
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return (
        f"AWS4-HMAC-SHA256 Credential={access_key_id}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
