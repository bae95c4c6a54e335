import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** What came of a command: it ran to its end, or what it needs is there, or it cannot work as it is written. */
export type Attempt = { readonly did: "ran" | "looked" } | { readonly problem: string }

const minuteMs = 60_000
const scripts = Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object }).scripts)

/** The words of a command line, with what is in double quotes as one. */
const wordsOf = (command: string): ReadonlyArray<string> =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "")

const looked = (problem: string | undefined): Attempt => (problem === undefined ? { did: "looked" } : { problem })
const missing = (file: string): string | undefined => (existsSync(file) ? undefined : `there is no ${file}`)

/** Runs a program at the checkout's root, on simulated backends, with a home of its own. */
export const capture = (program: string, args: ReadonlyArray<string>) => {
  const home = mkdtempSync(join(tmpdir(), "orrery-docs-"))
  const env = { PATH: process.env.PATH, HOME: home, npm_config_cache: process.env.npm_config_cache }
  const done = spawnSync(program, args, { encoding: "utf8", timeout: 5 * minuteMs, env })
  rmSync(home, { recursive: true, force: true })
  return done
}

const run = (program: string, args: ReadonlyArray<string>): Attempt => {
  const { status, stderr, stdout } = capture(program, args)
  return status === 0 ? { did: "ran" } : { problem: `ended with ${status}\n${stdout}${stderr}` }
}

const compute = (args: ReadonlyArray<string>): Attempt =>
  run(process.execPath, ["--conditions=@orrery/source", "packages/cli/src/main.ts", ...args])

const npm = (args: ReadonlyArray<string>): Attempt => {
  const [verb = "", ...rest] = args.filter((arg) => arg !== "-s")
  // whether the lock fits every manifest shows without installing anything
  if (verb === "ci") return run("npm", ["ci", "--dry-run", "--ignore-scripts", "--no-audit", "--no-fund"])
  const script = verb === "run" ? rest[0] : verb
  if (script === "compute") return compute(rest.slice(2))
  if (verb === "install") return { did: "looked" }
  return looked(scripts.includes(script ?? "") ? undefined : `package.json has no script ${script}`)
}

const npx = ([program = "", ...args]: ReadonlyArray<string>): Attempt => {
  const root = args[args.indexOf("--root") + 1]
  return looked(missing(join("node_modules", ".bin", program)) ?? (root === undefined ? undefined : missing(root)))
}

/**
 * Tries one command of a page. `compute` runs for real; what installs, tests or measures for minutes is CI's own to run,
 * and here it must only exist.
 */
export const tryCommand = (command: string): Attempt => {
  const [program, ...args] = wordsOf(command)
  if (program === "npm") return npm(args)
  if (program === "npx") return npx(args)
  if (program === "compute") return compute(args)
  if (program === "node") return looked(missing(args.find((arg) => !arg.startsWith("-")) ?? "a file"))
  return { problem: `nobody knows how to try ${program}` }
}

/** Tries the commands of one line until one cannot work. */
export const tryLine = (line: string): Attempt => {
  let last: Attempt = { problem: "no command" }
  for (const command of line.split("&&")) {
    last = tryCommand(command.trim())
    if ("problem" in last) return last
  }
  return last
}
