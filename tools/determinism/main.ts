/**
 * Shows that the same seed gives the same bytes: twice on each Node, and by one worker and by two.
 *
 *     npm run determinism [-- --nodes 22,24,26]
 *
 * Prints a table of what was compared. Ends with 1 at the first difference, which it names by case and seed, with the two
 * commands whose outputs differ.
 */
import { createHash } from "node:crypto"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { run } from "../backends/run.ts"
import { nodeOf } from "./nodeOf.ts"

/** What one seed of a case came to. */
interface Line {
  readonly name: string
  readonly seed: number
  readonly bytes: number
  readonly sha256: string
}

/** One run of all cases. */
interface Run {
  readonly title: string
  readonly node: string
  readonly lines: ReadonlyArray<Line>
}

const print = fileURLToPath(new URL("./print.ts", import.meta.url))
const ways = [
  { title: "one worker", workers: 1 },
  { title: "one worker again", workers: 1 },
  { title: "two workers", workers: 2 }
]

const runAll = async (majors: ReadonlyArray<number>): Promise<ReadonlyArray<Run>> => {
  const runs: Array<Run> = []
  for (const major of majors) {
    const node = await nodeOf(major)
    const version = (await run([node, "--version"])).trim()
    for (const { title, workers } of ways) {
      const flags = ["--no-warnings", "--conditions=@orrery/source"]
      const printed = await run([node, ...flags, print, "--workers", String(workers)])
      const lines = printed.trim().split("\n")
      runs.push({ title: `Node ${version}, ${title}`, node, lines: lines.map((line) => JSON.parse(line) as Line) })
      console.error(`${runs.at(-1)?.title}: ${lines.length} seeds`)
    }
  }
  return runs
}

/** The first seed whose bytes are not those of the first run. */
const differenceOf = (first: Run, other: Run): string | undefined => {
  const length = Math.max(first.lines.length, other.lines.length)
  const at = Array.from({ length }).findIndex((_, index) => first.lines[index]?.sha256 !== other.lines[index]?.sha256)
  if (at < 0) return undefined
  const { name, seed } = first.lines[at] ?? other.lines[at] ?? { name: "", seed: 0 }
  const again = ({ node }: Run) => `  ${node} --conditions=@orrery/source ${print} --case ${name}:${seed}`
  return `${other.title} differs from ${first.title}: case ${name}, seed ${seed}\n${again(first)}\n${again(other)}`
}

const table = (runs: ReadonlyArray<Run>, first: Run): string => {
  const names = [...new Set(first.lines.map(({ name }) => name))]
  const row = ({ lines, title }: Run) => {
    const cells = names.map((name) => {
      const own = lines.filter((line) => line.name === name)
      const bytes = own.reduce((sum, line) => sum + line.bytes, 0)
      const all = createHash("sha256").update(own.map(({ sha256 }) => sha256).join())
      return `${own.length} seeds, ${bytes} bytes, ${all.digest("hex").slice(0, 8)}`
    })
    return `| ${title} | ${cells.join(" | ")} |`
  }
  return [`| run | ${names.join(" | ")} |`, `| --- |${" --- |".repeat(names.length)}`, ...runs.map(row)].join("\n")
}

const { values } = parseArgs({ options: { nodes: { type: "string", default: "22,24,26" } } })
const runs = await runAll(values.nodes.split(",").map(Number))
const [first, ...others] = runs
if (first === undefined || others.length === 0) throw new Error("usage: determinism [--nodes 22,24,26]")
console.log(table(runs, first))
const differences = others.flatMap((other) => differenceOf(first, other) ?? [])
for (const difference of differences) console.error(difference)
console.log(differences.length === 0 ? `${runs.length} runs, byte for byte the same` : "THE SAME SEED GAVE OTHER BYTES")
process.exitCode = differences.length === 0 ? 0 : 1
