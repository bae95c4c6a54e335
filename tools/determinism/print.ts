/**
 * Runs cases on this Node and prints a line of JSON for each seed: `{"name","seed","bytes","sha256"}`.
 *
 *     node --conditions=@orrery/source tools/determinism/print.ts --workers N      every seed of every case, by N workers
 *     node --conditions=@orrery/source tools/determinism/print.ts --case NAME:SEED  the text itself, to be compared with `diff`
 */
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import { cases } from "./cases.ts"
import { fingerprint, type Task } from "./fingerprint.ts"

const tasks: ReadonlyArray<Task> = Object.entries(cases).flatMap(([name, { seeds }]) =>
  Array.from({ length: seeds }, (_, seed) => ({ name, seed }))
)

/** Hands the tasks out one by one, whoever asks first; the lines come in the order of the tasks. */
const byWorkers = (count: number): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const lines: Array<string> = []
    let next = 0
    let left = count
    for (let index = 0; index < count; index++) {
      const worker = new Worker(new URL("./worker.ts", import.meta.url))
      let current = -1
      const give = () => {
        current = next++
        const task = tasks[current]
        if (task !== undefined) worker.postMessage(task)
        else {
          left -= 1
          void worker.terminate()
          if (left === 0) resolve(lines)
        }
      }
      worker.on("message", (line: string) => {
        lines[current] = line
        give()
      })
      worker.on("error", reject)
      give()
    }
  })

const { values } = parseArgs({ options: { workers: { type: "string", default: "1" }, case: { type: "string" } } })
if (values.case === undefined) {
  const workers = Number(values.workers)
  const lines = workers === 1 ? tasks.map(fingerprint) : await byWorkers(workers)
  console.log(lines.join("\n"))
} else {
  const [name = "", seed] = values.case.split(":")
  process.stdout.write(cases[name]?.run(Number(seed)) ?? `there is no case ${name}\n`)
}
