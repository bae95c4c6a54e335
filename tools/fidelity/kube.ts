// Checks the simulator's kube profile against the real kube-scheduler: `kube.ts --seeds 1..50,77`. Pods come one at a time; nodes,
// every plugin's score, the words of refusals and the victims of preemption must be the same. In some cases victims take their
// time to leave, and pods wait for their room while others come. Prints the first difference with both sides' explanations,
// made as small as possible. `--keep-going` counts all differences instead; `--keep FILE` saves the case; `--record FOLDER`
// saves what the real scheduler did, for tests that run without it.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"
import { prepare, rewind } from "./kube/askReal.ts"
import { profiles } from "./kube/configuration.ts"
import { type Case, drawCase, podsOf, shared } from "./kube/drawCase.ts"
import { RealScheduler } from "./kube/RealScheduler.ts"
import { type Outcome, runCase } from "./kube/runCase.ts"
import { shrink } from "./kube/shrink.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1..20" },
    "keep-going": { type: "boolean", default: false },
    "no-shrink": { type: "boolean", default: false },
    keep: { type: "string" },
    record: { type: "string" }
  }
})
const seeds = values.seeds.split(",").flatMap((range) => {
  const [from = 1, to = from] = range.split("..").map(Number)
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
})

const explain = ({ difference, steps }: Outcome): string =>
  difference === undefined
    ? "no difference"
    : `${difference.what} of ${difference.pod} (arrival ${steps})\n  real: ${JSON.stringify(difference.real)}\n  ours: ${JSON.stringify(difference.ours)}`

const record = (one: Case, { start, played }: Outcome): void => {
  // What is recorded is followed pod by pod, as nobody who waits can be.
  if (values.record === undefined || one.isSlow) return
  const objects = [...shared, ...one.objects, ...podsOf(one)]
  const text = JSON.stringify({ seed: one.seed, configuration: profiles, start, objects, results: played })
  writeFileSync(join(values.record, `${one.seed}.json.gz`), gzipSync(text, { level: 9 }))
}

const real = await RealScheduler.start({ isTraced: true })
const startMs = performance.now()
const total = { seeds: 0, pods: 0, preemptions: 0, refusals: 0 }
const different: Array<number> = []

const report = async (one: Case, outcome: Outcome): Promise<void> => {
  const what = outcome.difference?.what
  const shows = async (candidate: Case): Promise<boolean> => (await runCase(real, candidate)).difference?.what === what
  const least = values["no-shrink"] ? one : await shrink(one, outcome.steps, shows)
  if (values.keep !== undefined) writeFileSync(values.keep, `${JSON.stringify(least, undefined, 1)}\n`)
  console.log(`the smallest case that differs:\n${JSON.stringify(least)}\n${explain(await runCase(real, least))}`)
}

/**
 * Plays a case, and again if it differs: now and then the real scheduler tries a refused pod once more before we have deleted
 * it, which moves the start of its next search. Such a difference does not show twice.
 */
const play = async (one: Case): Promise<Outcome> => {
  const outcome = await runCase(real, one)
  if (outcome.difference === undefined) return outcome
  await rewind(real)
  const again = await runCase(real, one)
  if (again.difference === undefined) console.log(`seed ${one.seed} differed once and not again: ${explain(outcome)}`)
  return again
}

try {
  await prepare(real)
  for (const seed of seeds) {
    const one = drawCase(seed)
    const outcome = await play(one).catch((cause: unknown) => {
      throw new Error(`seed ${seed}`, { cause })
    })
    total.seeds++
    total.pods += outcome.pods
    total.preemptions += outcome.preemptions
    total.refusals += outcome.refusals
    if (outcome.difference === undefined) {
      record(one, outcome)
      continue
    }
    different.push(seed)
    console.log(`seed ${seed} differs: ${explain(outcome)}`)
    if (values["keep-going"]) continue
    await report(one, outcome)
    break
  }
} finally {
  await real.stop()
}
const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
console.log(
  `${total.seeds} seeds, ${total.pods} pods, ${total.refusals} refused, ${total.preemptions} preempting, ${different.length} different${different.length > 0 ? ` (${different.join(", ")})` : ""}, ${seconds} s`
)
process.exitCode = different.length > 0 ? 1 : 0
