// `npm run performance [-- NAME...] [--alone]`: runs the benches, one after another, and writes what they print to
// docs/performance.md. Run it where nothing else runs; the load of the machine stands beside each figure. Rivals that can run here
// run beside ours, the slowest of them for up to twenty minutes; `--alone` leaves them out.
import { spawnSync } from "node:child_process"
import { globSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { basename } from "node:path"
import { k8s } from "../backends/k8s.ts"

interface Line {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly against: string
  readonly ratio: number | null
  readonly load: number
  readonly peakRssMib: number
}

const every = globSync("tools/bench/benches/*.ts")
  .map((file) => basename(file, ".ts"))
  .toSorted()
const words = process.argv.slice(2)
const named = words.filter((word) => !word.startsWith("--"))
const wanted = named.length > 0 ? named : every

const isHere = (program: string): boolean => spawnSync(program, ["-version"]).error === undefined
const rivals: ReadonlyArray<string> = words.includes("--alone")
  ? []
  : [...(isHere("java") && isHere("mvn") ? ["--rival"] : []), ...((await k8s.lacks()) === undefined ? ["--real"] : [])]

const lines = wanted.flatMap((name) => {
  console.error(`${name} ...`)
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--conditions=@orrery/source", "tools/bench/main.ts", name, ...rivals],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }
  )
  const last = stdout.trim().split("\n").at(-1) ?? ""
  if (status !== 0 || !last.startsWith("{")) {
    console.error(`${name}: ended with ${status}\n${stderr}`)
    process.exitCode = 1
    return []
  }
  return [JSON.parse(last) as Line]
})

const figure = (value: number): string => value.toLocaleString("en-US", { maximumSignificantDigits: 4 })
const row = ({ against, load, name, peakRssMib, ratio, unit, value }: Line): string =>
  `| \`${name}\` | ${figure(value)} ${unit} | ${against} | ${ratio === null ? "–" : figure(ratio)} | ${figure(peakRssMib)} | ${load} |`

if (lines.length > 0)
  writeFileSync(
    "docs/performance.md",
    `# Performance

Written by \`npm run performance\`; each line is one bench of \`tools/bench/benches\`, whose head says what it measures. A ratio is
against what stands beside it, measured in the same run.

Machine: ${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}. Load is the one-minute average when the bench began.

| bench | value | against | ratio | peak MiB | load |
| --- | --- | --- | --- | --- | --- |
${lines.map(row).join("\n")}
`
  )
