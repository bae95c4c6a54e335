/**
 * Runs one benchmark and prints one line of JSON.
 *
 *     npm run bench -- NAME [--rival] [--real]      NAME is a file of tools/bench/benches; without one, the names are listed
 *
 * A benchmark is a file `benches/NAME.ts` that exports `run: (options: BenchOptions) => Promise<BenchResult>`; the folder is
 * the registry. `value` is the figure of ours, `against` says what it is compared with, and `ratio` is how many times better we
 * are, measured in the same run by turns where the rival can run here, else from the goal named in `against`.
 * The machine's load and the peak memory are added here.
 */
import { existsSync, readdirSync } from "node:fs"
import { loadavg } from "node:os"

/** What the caller asked for besides the name. */
export interface BenchOptions {
  /** Run rivals that take minutes, too. */
  readonly rival: boolean
  /** Compare with a real server. */
  readonly real: boolean
}

/** One figure, and how it stands. */
export interface BenchResult {
  readonly value: number
  readonly unit: string
  readonly against: string
  /** Above 1 is better than what it is compared with; null where there was nothing to compare with. */
  readonly ratio: number | null
  /** The figure at several sizes, or its parts. */
  readonly curve?: ReadonlyArray<Readonly<Record<string, number | string>>>
}

const folder = new URL("./benches/", import.meta.url)
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .toSorted()
const [name = "", ...flags] = process.argv.slice(2)
const unknown = flags.filter((flag) => flag !== "--rival" && flag !== "--real")

if (!existsSync(new URL(`${name}.ts`, folder)) || unknown.length > 0) {
  console.error(`usage: bench NAME [--rival] [--real]; NAME is one of ${names.join(", ")}`)
  process.exitCode = 2
} else {
  const bench: { readonly run: (options: BenchOptions) => Promise<BenchResult> } = await import(
    new URL(`${name}.ts`, folder).href
  )
  const load = loadavg()[0] as number
  const result = await bench.run({ rival: flags.includes("--rival"), real: flags.includes("--real") })
  const peakRssMib = Math.round(process.resourceUsage().maxRSS / 1024)
  console.log(JSON.stringify({ name, ...result, peakRssMib, load: Math.round(load * 100) / 100 }))
}
