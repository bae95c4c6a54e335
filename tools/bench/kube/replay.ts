import { readFileSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"

// replay.ts FILE EVENTS: an API server on the loopback that lists nothing, and then tells the watch lines of FILE again and
// again as fast as they are taken, so many in all. Prints its port.
const [file = "", wanted = "0"] = process.argv.slice(2)
const lines = readFileSync(file, "utf8").trimEnd().split("\n")

const tell = async (reply: ServerResponse): Promise<void> => {
  for (let told = 0; told < Number(wanted); ) {
    const batch = lines.slice(told % lines.length, (told % lines.length) + 50).slice(0, Number(wanted) - told)
    told += batch.length
    if (!reply.write(`${batch.join("\n")}\n`)) await new Promise((resolve) => reply.once("drain", resolve))
  }
}

const server = createServer((asked, reply) => {
  reply.writeHead(200, { "content-type": "application/json", "audit-id": "replay" })
  if (asked.url?.includes("watch=true") === true) void tell(reply)
  else reply.end(JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] }))
})
server.listen(0, "127.0.0.1", () => {
  const at = server.address()
  process.stdout.write(`${typeof at === "object" && at !== null ? at.port : 0}\n`)
})
