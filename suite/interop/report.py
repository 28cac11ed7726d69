"""Checks, and what became of them."""


class Mismatch(Exception):
    """A client met something else than it should have."""


class Report:
    """Prints one line a check and counts them."""

    def __init__(self) -> None:
        self.passed = 0
        self.failures: list[str] = []

    def ok(self, label: str) -> None:
        self.passed += 1
        print(f"ok    {label}", flush=True)

    def fail(self, label: str, why: object) -> None:
        self.failures.append(label)
        print(f"FAIL  {label}: {why}", flush=True)

    def note(self, text: str) -> None:
        print(f"note  {text}", flush=True)

    def finish(self) -> int:
        """The exit code: 0 when every check passed and there was one."""
        total = self.passed + len(self.failures)
        if self.failures:
            print(f"interop: {len(self.failures)} of {total} checks failed")
            return 1
        if not total:
            print("interop: nothing was checked")
            return 1
        print(f"interop: all {total} checks passed")
        return 0


def expect(what: str, wanted: object, got: object) -> None:
    """Fails unless both are equal."""
    if wanted != got:
        raise Mismatch(f"{what}: expected `{wanted}`, got `{got}`")
