package kms_test

import (
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

func TestUpdateCustomKeyStore(t *testing.T) {
	server := httptest.NewServer(newHandler()) // your service
	defer server.Close()
	out, err := exec.Command("ucks", "run", server.URL, "--profile", "profile.toml", "--report", "json=-").Output()
	var record struct {
		Outcome string
		Notes   []string
		Rules   []struct {
			ID, Verdict, Reason string
			Findings            []string
		}
		Findings []struct {
			Code, Sentence string
			Steps          []string
		}
	}
	if json.Unmarshal(out, &record) != nil || record.Outcome == "could-not-test" {
		t.Fatal(err, record.Notes)
	}
	for _, rule := range record.Rules {
		t.Run(rule.ID, func(t *testing.T) {
			if rule.Verdict == "blocked" || rule.Verdict == "not-covered" {
				t.Skip(rule.Reason)
			}
			for _, f := range record.Findings {
				if rule.Verdict == "fail" && strings.HasPrefix(f.Code, rule.ID+"-") {
					t.Errorf("%s\n  %s", f.Sentence, strings.Join(f.Steps, "\n  "))
				}
			}
		})
	}
}
