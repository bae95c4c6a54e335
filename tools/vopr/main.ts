// `npm run vopr -- --seeds N [--seed S]`: the whole contract on simulated backends, each seed with a profile and a bad day of its own.
import { parseArgs } from "node:util"
import { runSeed } from "./runSeed.ts"

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "100" }, seed: { type: "string", default: "1" } }
})
const first = Number(values.seed)
const count = Number(values.seeds)
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || first < 0 || count < 1) {
  console.error("usage: npm run vopr -- --seeds N [--seed S], whole numbers")
  process.exit(2)
}

let checks = 0
let red = 0
const beganAtMs = performance.now()
for (let seed = first; seed < first + count; seed++) {
  const result = runSeed(seed)
  checks += result.checks
  if (result.failures.length > 0) {
    red += 1
    console.error(`seed ${seed} (${result.day}) is red; again with: npm run vopr -- --seeds 1 --seed ${seed}`)
    for (const failure of result.failures) console.error(`  ${failure}`)
  }
}
const seconds = ((performance.now() - beganAtMs) / 1000).toFixed(1)
console.log(`${count} seeds, ${checks} checks, ${red} red, ${seconds} s`)
process.exitCode = red === 0 && checks > 0 ? 0 : 1
