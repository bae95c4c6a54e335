/**
 * Runs swarms of drawn clusters through the simulation engine and judges each run.
 *
 *     npm run vopr:engine -- --seeds N [--seed S] [--out FOLDER]   judges seeds S to S + N - 1
 *     npm run vopr:engine -- --replay FILE [--trace]               judges one kept scenario, and prints all that happens in it
 *     npm run vopr:engine -- --draw SEED > FILE                    the scenario of a seed, to be looked at, changed and replayed
 *
 * Stops at the first failing seed, shrinks its scenario and leaves it as a replay file; one that is to be kept as a test goes
 * to packages/simulator/test/engine/swarm/kept. Exit codes: 0 all passed, 2 wrong usage, 10 the engine crashed, 11 something
 * never happened, 12 a promise was broken, 13 two runs differed.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { Life } from "../../packages/simulator/src/engine/life/Life.ts"
import { readScenario } from "../../packages/simulator/src/engine/life/readScenario.ts"
import { type Scenario, scenarioVersion } from "../../packages/simulator/src/engine/life/Scenario.ts"
import { printReplay, readReplay } from "../../packages/simulator/src/engine/Replay.ts"
import { drawScenario } from "../../packages/simulator/src/engine/swarm/drawScenario.ts"
import { type FailureKind, partsOf, runScenario } from "../../packages/simulator/src/engine/swarm/runSeed.ts"
import { shrinkFailure } from "../../packages/simulator/src/engine/swarm/shrinkFailure.ts"

const exitCodes: Readonly<Record<FailureKind, number>> = { crash: 10, liveness: 11, safety: 12, nondeterminism: 13 }
const usage = "usage: vopr:engine -- --seeds N [--seed S] [--out FOLDER] | --replay FILE [--trace] | --draw SEED"

const wholeOf = (given: string | undefined, fallback: number): number =>
  given === undefined ? fallback : /^\d+$/.test(given) ? Number(given) : Number.NaN

/** Judges one scenario; where it fails, says so, leaves the smallest one that fails too, and gives the exit code. */
const judge = (scenario: Scenario, seed: number, out: string | undefined): number => {
  const outcome = runScenario(scenario, seed)
  if (outcome.kind === "passed") return 0
  console.error(`seed ${seed}: ${outcome.kind} (${outcome.invariant}) ${outcome.message}`)
  if (out !== undefined) {
    mkdirSync(out, { recursive: true })
    const file = join(out, `seed-${seed}.json`)
    const small = shrinkFailure(scenario, seed, outcome)
    writeFileSync(file, printReplay({ version: scenarioVersion, seed, scenario: small }))
    console.error(`shrunk to ${file}; again: npm run vopr:engine -- --replay ${file} --trace`)
  }
  return exitCodes[outcome.kind]
}

const replay = (file: string, isTraced: boolean): number => {
  const read = readReplay(readFileSync(file, "utf8"), scenarioVersion, readScenario)
  if (read._tag === "Refused") {
    for (const problem of read.problems) console.error(`${file}: ${problem}`)
    return 2
  }
  const { scenario, seed } = read.replay
  if (isTraced) {
    const life = new Life(scenario, seed, { onTrace: (chunk) => process.stdout.write(chunk) }, partsOf(scenario, seed))
    const result = life.run()
    life.cluster.trace.flush()
    console.error(JSON.stringify(result))
  }
  const code = judge(scenario, seed, undefined)
  if (code === 0) console.error(`${file} passed`)
  return code
}

const swarm = (first: number, count: number, out: string): number => {
  for (let seed = first; seed < first + count; seed++) {
    const code = judge(drawScenario(seed), seed, out)
    if (code !== 0) return code
  }
  console.log(`${count} seeds from ${first} passed`)
  return 0
}

const main = (): number => {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      out: { type: "string" },
      replay: { type: "string" },
      trace: { type: "boolean", default: false },
      draw: { type: "string" }
    }
  })
  if (values.replay !== undefined) return replay(values.replay, values.trace)
  const drawn = wholeOf(values.draw, -1)
  if (drawn >= 0) {
    process.stdout.write(printReplay({ version: scenarioVersion, seed: drawn, scenario: drawScenario(drawn) }))
    return 0
  }
  const first = wholeOf(values.seed, 1)
  const count = wholeOf(values.seeds, 1)
  if (Number.isSafeInteger(first + count) && (values.seeds !== undefined || values.seed !== undefined))
    return swarm(first, count, values.out ?? "vopr-failures")
  console.error(usage)
  return 2
}

try {
  process.exitCode = main()
} catch (cause) {
  console.error(`${cause instanceof Error ? cause.message : String(cause)}\n${usage}`)
  process.exitCode = 2
}
