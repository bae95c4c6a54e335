import { type ParseArgsOptionsConfig, parseArgs } from "node:util"
import type { Backend, Options } from "./Backend.ts"
import { folded } from "./folded.ts"
import { findInstances, type Instance, listInstances } from "./Instance.ts"
import { backendNamed, backends, startInstance, stopInstance } from "./lifecycle.ts"
import { livePid } from "./Process.ts"
import { table } from "./table.ts"

/** What fits on a terminal that nobody made wider. */
const columns = 80

const aboutOf = ({ about, name, options }: Backend): string =>
  [
    folded(`  ${name.padEnd(8)}`, about, columns, 10),
    ...Object.entries(options).map(([option, doc]) => folded(`          --${option}: `, doc, columns, 12))
  ].join("\n")

const usage = `Real servers on the loopback, for tests.

  backends start NAME [--state DIR] [OPTIONS] [-o json]
          start one more instance, print the environment its tests need
  backends stop [NAME|NAME-N|DIR ...]    stop these, or all
  backends list [-o json]                what runs
  backends health [NAME|NAME-N|DIR ...]  what is wrong; exit code 1 if any is
  backends build [NAME ...]              compile or download what a start needs

${backends.map(aboutOf).join("\n")}

State is kept under ~/.cache/orrery (ORRERY_CACHE names another place).
  eval "$(npm run -s backends -- start aws)"`

const report = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (text: string): void => void process.stdout.write(`${text}\n`)

const flags: ParseArgsOptionsConfig = {
  help: { type: "boolean", short: "h" },
  output: { type: "string", short: "o" },
  state: { type: "string" }
}
for (const backend of backends)
  for (const name of Object.keys(backend.options)) flags[name] = { type: "string", multiple: true }

const parsed = () => {
  try {
    return parseArgs({ allowPositionals: true, options: flags })
  } catch (cause) {
    report((cause as Error).message)
    process.exit(2)
  }
}
const { values, positionals } = parsed()
const [verb, ...names] = positionals
const json = values.output === "json"

const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`

const start = async (): Promise<number> => {
  const backend = backendNamed(names[0] ?? "")
  const lists = Object.entries(values).filter((entry) => Array.isArray(entry[1]))
  const options = Object.fromEntries(lists) as Options
  const state = typeof values.state === "string" ? values.state : undefined
  const instance = await startInstance(backend, options, report, state)
  if (json) print(JSON.stringify(instance, null, 2))
  else for (const [name, value] of Object.entries(instance.running?.env ?? {})) print(`export ${name}=${quoted(value)}`)
  return 0
}

/** Those that were named, or all. A name that fits none is an error: it would look like success. */
const chosen = (): ReadonlyArray<Instance> =>
  names.length === 0
    ? listInstances()
    : names.flatMap((name) => {
        const found = findInstances(name)
        if (found.length === 0) throw new Error(`no instance "${name}"`)
        return found
      })

const stop = async (): Promise<number> => {
  await Promise.all(chosen().map(async (it) => stopInstance(it).then(() => report(`${it.id}: stopped`))))
  return 0
}

const describe = async (it: Instance) => ({
  name: it.id,
  state: it.state,
  endpoint: it.running?.endpoint ?? "",
  pid: livePid(it.state, backendNamed(it.backend).main) ?? null,
  health: it.running === undefined ? "never got ready" : ((await backendNamed(it.backend).health(it.state)) ?? "well"),
  since: it.since,
  env: it.running?.env ?? {}
})

/** How long ago that was, in its largest unit. */
const ageOf = (since: string): string => {
  const minutes = Math.floor((Date.now() - Date.parse(since)) / 60_000)
  if (minutes < 60) return `${minutes}m`
  return minutes < 2_880 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1_440)}d`
}

/** One line each: what is wrong in a few words, and where to look in `health`. */
const list = async (): Promise<number> => {
  const rows = await Promise.all(chosen().map(describe))
  if (json) print(JSON.stringify(rows, null, 2))
  else if (rows.length === 0) report("nothing runs; see backends --help for what can be started")
  else {
    const cells = rows.map((it) => [it.name, it.endpoint, `${it.pid ?? "-"}`, ageOf(it.since), firstLine(it.health)])
    print(table(["NAME", "ENDPOINT", "PID", "AGE", "HEALTH"], cells))
  }
  return 0
}

/** What is wrong in full, with the end of its log and where the rest of it is. */
const health = async (): Promise<number> => {
  const rows = await Promise.all(chosen().map(describe))
  if (json) print(JSON.stringify(rows, null, 2))
  else
    for (const it of rows)
      print(it.health === "well" ? `${it.name}: well` : `${it.name}: ${it.health}\n  state: ${it.state}`)
  return rows.some((it) => it.health !== "well") ? 1 : 0
}

const firstLine = (text: string): string => text.split("\n")[0] ?? ""

const build = async (): Promise<number> => {
  for (const backend of names.length === 0 ? backends : names.map(backendNamed)) {
    const lack = await backend.lacks()
    if (lack !== undefined) throw new Error(`${backend.name}: ${lack}`)
    await backend.build(report)
  }
  return 0
}

const verbs: Readonly<Record<string, () => Promise<number>>> = { start, stop, list, health, build }
const act = values.help === true ? undefined : verbs[verb ?? ""]
if (act === undefined) {
  print(usage)
  process.exit(values.help === true ? 0 : 2)
}
try {
  process.exit(await act())
} catch (cause) {
  report(cause instanceof Error ? cause.message : String(cause))
  process.exit(1)
}
