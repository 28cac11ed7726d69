// Lets `ucks run "stdio:node service.mjs …"` call a handler in JavaScript: one line of JSON a request, one line an answer.
import http from "node:http";
import readline from "node:readline";

// Your service. This one passes the request on to the URL of the command line, so that there is something to test.
function handle(method, path, headers, body) {
  const { hostname, port } = new URL(process.argv[2]);
  const fields = [...headers, ["content-length", String(body.length)]];
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, method, path, headers: fields.flat() }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => resolve([answer.statusCode, Object.entries(answer.headers), Buffer.concat(parts)]));
    });
    request.on("error", reject);
    request.end(body);
  });
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, method, path, headers, body } = JSON.parse(line);
  const bytes = "text" in body ? Buffer.from(body.text) : Buffer.from(body.base64, "base64");
  const [status, fields, answer] = await handle(method, path, headers, bytes).catch((crash) => {
    console.error(crash);
    return [500, [], Buffer.alloc(0)];
  });
  process.stdout.write(JSON.stringify({ id, status, headers: fields, body: { base64: answer.toString("base64") } }) + "\n");
}
