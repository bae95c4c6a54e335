// Checks the simulator's HTCondor profile against the real negotiator: `condor.ts --pools 1..50`. Prints the first difference
// with both sides' explanations, made as small as possible. `--keep-going` counts all differences instead.
import { parseArgs } from "node:util"
import { draw } from "./condor/draw.ts"
import { RealPool } from "./condor/RealPool.ts"
import { type Outcome, runCase } from "./condor/runCase.ts"
import { shrink } from "./condor/shrink.ts"

const { values } = parseArgs({
  options: {
    pools: { type: "string", default: "1..20" },
    "keep-going": { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    log: { type: "boolean", default: false }
  }
})
const [from = 1, to = from] = values.pools.split("..").map(Number)

const explain = (outcome: Outcome): string => {
  const at = outcome.differs
  const lines = outcome.real.slice(0, at).map((step) => `   both: ${step.text}`)
  lines.push(
    ` real: ${outcome.real[at]?.text ?? "(nothing more)"}`,
    ` ours: ${outcome.ours[at]?.text ?? "(nothing more)"}`
  )
  const decision = outcome.result.decisions[at]
  if (decision?.kind === "refusal") lines.push(...decision.slots.map((slot) => `       ${slot.slot}: ${slot.why}`))
  if (decision?.kind === "match" && decision.ties.length > 1) lines.push(`       as good: ${decision.ties.join(", ")}`)
  for (const { group, quota } of outcome.result.quotas) lines.push(`       quota of ${group}: ${quota}`)
  return lines.join("\n")
}

const real = new RealPool()
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void real.stop().finally(() => process.exit(130)))
}
let [pools, steps, matches, jobs] = [0, 0, 0, 0]
const different: Array<number> = []
try {
  await real.start()
  for (let seed = from; seed <= to; seed++) {
    let run = 0
    const pool = draw(seed, `s${seed}z`)
    const outcome = await runCase(real, pool)
    pools++
    steps += outcome.real.length
    matches += outcome.result.matches.length
    jobs += outcome.jobCount
    if (outcome.differs < 0) continue
    different.push(seed)
    console.log(`pool ${seed} differs at step ${outcome.differs}:\n${explain(outcome)}`)
    if (values.log) console.log(outcome.log)
    if (values["keep-going"]) continue
    if (!values["no-shrink"]) {
      const renamed = (text: string): string => text.replaceAll(`s${seed}z`, `s${seed}z${run}`)
      const fresh = (candidate: typeof pool): typeof pool => {
        run++
        return JSON.parse(renamed(JSON.stringify(candidate))) as typeof pool
      }
      const least = await shrink(pool, async (candidate) => (await runCase(real, fresh(candidate))).differs >= 0)
      console.log(
        `the smallest pool that differs:\n${JSON.stringify(least, undefined, 2)}\n${explain(await runCase(real, fresh(least)))}`
      )
    }
    break
  }
} finally {
  await real.stop()
}
console.log(
  `${pools} pools, ${jobs} jobs, ${steps} decisions of which ${matches} matches; pools that differ: ${different.length} ${different.join(" ")}`
)
process.exitCode = different.length > 0 ? 1 : 0
