// `npm run features [-- --reports DIR]`: which features have passing tests, on which backend. Runs all tests unless it is
// given the reports of a run, and rewrites docs/features.md.
import { spawnSync } from "node:child_process"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { pageOf, summaryOf } from "./page.ts"
import { type Report, shownIn } from "./Shown.ts"
import { featuresOf } from "./Source.ts"
import { sources } from "./sources.ts"

const { values } = parseArgs({ options: { reports: { type: "string" } } })

const runAllTests = (): ReadonlyArray<Report> => {
  const folder = mkdtempSync(join(tmpdir(), "orrery-features-"))
  const file = join(folder, "report.json")
  const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs")
  spawnSync(process.execPath, [vitest, "run", "--reporter=json", `--outputFile=${file}`], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  const report = JSON.parse(readFileSync(file, "utf8")) as Report
  rmSync(folder, { recursive: true })
  return [report]
}

const reports =
  values.reports === undefined
    ? runAllTests()
    : globSync(join(values.reports, "**/*.json"))
        .map((file) => JSON.parse(readFileSync(file, "utf8")) as Partial<Report>)
        .filter((report): report is Report => report.testResults !== undefined)

const shown = shownIn(reports)
const known = new Set(sources.flatMap((source) => featuresOf(source).map(({ id }) => id)))
const unknown = [...shown.keys()].filter((id) => !known.has(id))
console.log(summaryOf(sources, shown))
for (const id of unknown) console.error(`a test is titled with ${id}, which is no feature`)
mkdirSync("docs", { recursive: true })
writeFileSync("docs/features.md", pageOf(sources, shown))
process.exitCode = unknown.length > 0 || shown.size === 0 ? 1 : 0
