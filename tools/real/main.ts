import { spawn } from "node:child_process"
import { copyFileSync, existsSync, globSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import type { Backend } from "../backends/Backend.ts"
import { cacheDir } from "../backends/cache.ts"
import { backendNamed, startInstance } from "../backends/lifecycle.ts"
import { empty, plus, readVitestReport, summary, type Tally } from "./Tally.ts"

// test:real [NAME...] [--report FILE] [--reports FOLDER]: the tests that need real servers, on servers started for them.
// The runner's own reports, test by test, are kept in the cache (or in FOLDER), where `npm run features` reads them.
const root = join(import.meta.dirname, "..", "..")
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { report: { type: "string" }, reports: { type: "string" } }
})
const targets = positionals.length > 0 ? positionals : ["k8s", "condor", "aws"]
const dir = join(cacheDir(), `real-${process.pid}`)
const kept = values.reports ?? join(cacheDir(), "reports")
const say = (line: string): void => void process.stdout.write(`${line}\n`)

mkdirSync(dir, { recursive: true })
const janitor = spawn(process.execPath, [join(import.meta.dirname, "janitor.ts"), dir], {
  detached: true,
  stdio: ["pipe", "ignore", "inherit"]
})
const janitorEnd = new Promise<number>((resolve) => janitor.on("close", (code) => resolve(code ?? 1)))

/** Lets the janitor clean up, and ends with this code, or with a worse one if something could not be cleaned up. */
const leave = async (code: number): Promise<never> => {
  janitor.stdin.end()
  const cleaned = await janitorEnd
  process.exit(code === 0 ? cleaned : code)
}

/** Ends at once, so that nothing more starts while the janitor, which sees our end, stops what did. */
const interrupted = (code: number) => () => {
  say("interrupted: the servers are being stopped")
  process.exit(code)
}
process.once("SIGINT", interrupted(130))
process.once("SIGTERM", interrupted(143))
process.once("SIGHUP", interrupted(129))

/** The tests of one server: its provider's, and those of tools that start with its name. */
const testFiles = (name: string): ReadonlyArray<string> =>
  globSync(
    [
      `packages/provider-${name}/test/**/*.integration.test.ts`,
      `{packages/cli,tools/*}/test/${name}*.integration.test.ts`
    ],
    {
      cwd: root
    }
  ).toSorted()

/** Runs vitest in a process group of its own, tells every line of it as it comes, and gives its code. */
const vitest = (name: string, files: ReadonlyArray<string>, env: Readonly<Record<string, string>>, report: string) =>
  new Promise<number>((resolve) => {
    const main = join(root, "node_modules", "vitest", "vitest.mjs")
    const config = join(import.meta.dirname, "vitest.config.ts")
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
    const child = spawn(process.execPath, [main, "run", "--config", config, ...reporters, ...files], {
      cwd: root,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"]
    })
    janitor.stdin.write(`+${child.pid}\n`)
    for (const input of [child.stdout, child.stderr])
      createInterface({ input }).on("line", (line) => line === "" || say(`${name}: ${line}`))
    child.on("close", (code) => {
      janitor.stdin.write(`-${child.pid}\n`)
      resolve(code ?? 1)
    })
  })

const notRun = (name: string, why: string): Tally => {
  say(`${name}: not run: ${why}`)
  const unasked = positionals.length === 0
  return { ...empty, failed: unasked ? 0 : 1, skipped: unasked ? 1 : 0, skips: unasked ? [`${name}: ${why}`] : [] }
}

const testBackend = async (backend: Backend): Promise<Tally> => {
  const { name } = backend
  const files = testFiles(name)
  if (files.length === 0) return notRun(name, "no *.integration.test.ts needs it")
  const lack = await backend.lacks()
  if (lack !== undefined) return notRun(name, lack)
  try {
    const instance = await startInstance(backend, {}, say, join(dir, name))
    const report = join(dir, `${name}.json`)
    const code = await vitest(name, files, instance.running?.env ?? {}, report)
    if (existsSync(report)) {
      mkdirSync(kept, { recursive: true })
      copyFileSync(report, join(kept, `${name}.json`))
    }
    const tally = existsSync(report) ? readVitestReport(report) : { ...empty, failed: 1 }
    return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
  } catch (cause) {
    say(`${name}: failed: ${cause instanceof Error ? cause.message : cause}`)
    return { ...empty, failed: 1 }
  }
}

const tallies = await Promise.all(targets.map(backendNamed).map(testBackend))
const total = tallies.reduce(plus, empty)
for (const skip of total.skips) say(`skipped: ${skip}`)
if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(total)}\n`)
say(summary(total))
await leave(total.failed === 0 ? 0 : 1)
