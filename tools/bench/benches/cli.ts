// How fast the bundled command answers: `--help`, and `get nodes` of a simulated backend, beside a Node that does nothing.
// The goal is 1.5 times `node -e 0` plus 60 ms. Each is the least of several starts, by turns.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import type { BenchResult } from "../main.ts"

const rounds = 9
const cli = join(import.meta.dirname, "..", "..", "..", "packages", "cli")
const bundle = join(cli, "bundle", "compute.js")

const timed = (args: ReadonlyArray<string>): number => {
  const beganMs = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [...args], { encoding: "utf8" })
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`)
  return performance.now() - beganMs
}

/** Measures starts of the bundle, which is built first. */
export const run = async (): Promise<BenchResult> => {
  const built = spawnSync("npm", ["run", "-s", "bundle"], { cwd: cli, encoding: "utf8" })
  if (built.status !== 0) throw new Error(`the bundle does not build: ${built.stderr}`)
  const least = { nothing: Infinity, help: Infinity, get: Infinity }
  for (let round = 0; round < rounds; round++) {
    least.nothing = Math.min(least.nothing, timed(["-e", "0"]))
    least.help = Math.min(least.help, timed([bundle, "--help"]))
    least.get = Math.min(least.get, timed([bundle, "get", "nodes", "--backend", "sim"]))
  }
  const goalMs = 1.5 * least.nothing + 60
  return {
    value: Math.round(least.help),
    unit: "ms for --help",
    against: `1.5 x node -e 0 + 60 ms = ${Math.round(goalMs)} ms`,
    ratio: Number((goalMs / least.help).toFixed(2)),
    curve: Object.entries(least).map(([what, ms]) => ({ what, ms: Math.round(ms) }))
  }
}
