"""Reads a JUnit report with junitparser, and fails unless it holds a case for each rule and counts them rightly."""

import argparse
import sys

from junitparser import Error, Failure, JUnitXml, Skipped

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("report")
parser.add_argument("--failures", type=int, default=0, help="how many cases fail")
arguments = parser.parse_args()

report = JUnitXml.fromfile(arguments.report)
suites = list(report)
cases = [case for suite in suites for case in suite]
results = {kind: sum(isinstance(r, kind) for case in cases for r in case.result) for kind in (Failure, Error, Skipped)}
checks = {
    "each case has a name and a class": all(case.name and case.classname for case in cases),
    "no two cases are the same": len({(case.classname, case.name) for case in cases}) == len(cases),
    "there is a case for each rule": len(cases) > 150,
    "some cases passed": any(case.is_passed for case in cases),
    "the tests are counted": sum(suite.tests for suite in suites) == len(cases) == report.tests,
    "the failures are counted": sum(suite.failures for suite in suites) == results[Failure] == report.failures,
    "the errors are counted": sum(suite.errors for suite in suites) == results[Error] == report.errors,
    "the skipped are counted": sum(int(suite._elem.get("skipped", -1)) for suite in suites) == results[Skipped],
    f"{arguments.failures} cases fail": results[Failure] == arguments.failures,
    "each failure has a message": all(r.message for case in cases for r in case.result),
}
wrong = [check for check, holds in checks.items() if not holds]
if wrong:
    sys.exit(f"{arguments.report}: not so: {'; '.join(wrong)}")
print(f"{arguments.report}: {len(cases)} cases, {results[Failure]} failures, {results[Skipped]} skipped")
