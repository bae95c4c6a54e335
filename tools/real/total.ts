import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { empty, plus, readVitestReport, summary, type Tally } from "./Tally.ts"

// total.ts DIR [BROKEN STEP...]: the sum of DIR/unit/*.json (vitest's) and DIR/real.json (test:real's). A step that
// broke without a failed test in a report counts as one failure, and so does a report that is not there.
const [dir = "", ...broken] = process.argv.slice(2)
const unitDir = join(dir, "unit")
const unitFiles = existsSync(unitDir) ? readdirSync(unitDir).filter((name) => name.endsWith(".json")) : []
const unit = unitFiles.map((name) => readVitestReport(join(unitDir, name))).reduce(plus, empty)
const realFile = join(dir, "real.json")
const real = existsSync(realFile) ? (JSON.parse(readFileSync(realFile, "utf8")) as Tally) : undefined

const problems = broken.filter((step) => step !== "npm test" || unit.failed === 0).map((step) => `failed: ${step}`)
if (unit.passed + unit.failed === 0) problems.push("failed: npm test left no report of any test")
if (real === undefined) problems.push("failed: npm run test:real left no report")

const total = plus(plus(unit, real ?? empty), { ...empty, failed: problems.length })
const lines = [...problems, ...total.skips.map((skip) => `skipped: ${skip}`), summary(total)]
process.stdout.write(`${lines.join("\n")}\n`)
process.exit(total.failed === 0 ? 0 : 1)
