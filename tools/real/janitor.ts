import { rmSync } from "node:fs"
import { createInterface } from "node:readline"
import { listInstances } from "../backends/Instance.ts"
import { stopInstance } from "../backends/lifecycle.ts"

// janitor.ts DIR: cleans up behind a run, however the run ends, kill -9 too. Its standard input comes from the run and
// ends with it. `+PID` and `-PID` on it are process groups that started and ended; instances are those with state in DIR.
const dir = process.argv[2] ?? ""
const groups = new Set<number>()

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1))
  if (line.startsWith("+")) groups.add(pid)
  else groups.delete(pid)
}
for (const pid of groups) {
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It ended together with the run.
  }
}
const ours = listInstances().filter((it) => it.state.startsWith(`${dir}/`))
const stopped = await Promise.allSettled(ours.map(stopInstance))
const failures = stopped.flatMap((it) => (it.status === "rejected" ? [it.reason] : []))
for (const failure of failures) process.stderr.write(`janitor: ${failure}\n`)
if (failures.length === 0) rmSync(dir, { recursive: true, force: true })
process.exit(failures.length === 0 ? 0 : 1)
