// Checks the simulator's HTCondor profile against the real negotiator: `condor.ts --pools 1..50`. Prints the first difference
// with both sides' explanations, made as small as possible. `--keep-going` counts all differences instead. With `--live` real
// startds run the jobs, and what schedd and startds do between the cycles is compared too.
import { parseArgs } from "node:util"
import type { Outcome } from "./condor/compareCycle.ts"
import { type Case, draw } from "./condor/draw.ts"
import { RealPool } from "./condor/RealPool.ts"
import { runCase } from "./condor/runCase.ts"
import { runLife } from "./condor/runLife.ts"
import { shrink } from "./condor/shrink.ts"

const { values } = parseArgs({
  options: {
    pools: { type: "string", default: "1..20" },
    "keep-going": { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    live: { type: "boolean", default: false },
    log: { type: "boolean", default: false }
  }
})
const [from = 1, to = from] = values.pools.split("..").map(Number)

const explain = (outcome: Outcome): string => {
  const at = outcome.differs
  const lines = outcome.real.slice(0, at).map((step) => `   both: ${step}`)
  lines.push(` real: ${outcome.real[at] ?? "(nothing more)"}`, ` ours: ${outcome.ours[at] ?? "(nothing more)"}`)
  const decision = outcome.result?.decisions[at]
  if (decision?.kind === "refusal") lines.push(...decision.slots.map((slot) => `       ${slot.slot}: ${slot.why}`))
  if (decision?.kind === "match" && decision.ties.length > 1) lines.push(`       as good: ${decision.ties.join(", ")}`)
  for (const { group, quota } of outcome.result?.quotas ?? []) lines.push(`       quota of ${group}: ${quota}`)
  return lines.join("\n")
}

const real = new RealPool(values.live)
const run = values.live ? runLife : runCase
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void real.stop().finally(() => process.exit(130)))
}
let [pools, cycles, jobs, steps] = [0, 0, 0, 0]
const different: Array<number> = []

/** A pool that differs, made small. Each run needs names of its own, as the pool does not forget users. */
const shrunk = async (seed: number): Promise<string> => {
  let tries = 0
  const pool = draw(seed, `s${seed}z`)
  const fresh = (candidate: Case): Case => {
    tries++
    return JSON.parse(JSON.stringify(candidate).replaceAll(`s${seed}z`, `s${seed}z${tries}`)) as Case
  }
  const last = async (candidate: Case) => (await run(real, fresh(candidate))).at(-1) as Outcome
  const least = await shrink(pool, async (candidate) => (await last(candidate)).differs >= 0)
  const outcome = await last(least)
  const outcomeText = outcome.differs < 0 ? "(this time without a difference)" : explain(outcome)
  return `the smallest pool that differs:\n${JSON.stringify(least, undefined, 2)}\n${outcomeText}`
}

try {
  await real.start()
  for (let seed = from; seed <= to; seed++) {
    const pool = draw(seed, `s${seed}z`)
    const outcomes = await run(real, pool)
    pools++
    cycles += outcomes.at(-1)?.cycle ?? 0
    jobs += pool.rounds.flatMap((round) => round.work).reduce((sum, work) => sum + work.count, 0)
    steps += outcomes.reduce((sum, { real: lines }) => sum + lines.length, 0)
    const outcome = outcomes.at(-1)
    if (outcome === undefined || outcome.differs < 0) continue
    different.push(seed)
    console.log(`pool ${seed} differs in cycle ${outcome.cycle}:\n${explain(outcome)}`)
    if (values.log) console.log(outcome.log)
    if (values["keep-going"]) continue
    if (!values["no-shrink"]) console.log(await shrunk(seed))
    break
  }
} finally {
  await real.stop()
}
console.log(
  `${pools} pools, ${cycles} cycles, ${jobs} jobs, ${steps} lines compared; pools that differ: ${different.length} ${different.join(" ")}`
)
process.exitCode = different.length > 0 ? 1 : 0
