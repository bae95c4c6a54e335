// `npm run features [-- --reports DIR]`: which features have passing tests, on which backend; rewrites docs/features.md.
// Runs all tests that need only Node and reads what `npm run test:real` left last, unless it is given the reports of a run.
import { spawnSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { cacheDir } from "../backends/cache.ts"
import { contradictions, pageOf, summaryOf } from "./page.ts"
import { type Report, shownIn } from "./Shown.ts"
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

const readReports = (folder: string): ReadonlyArray<Report> =>
  globSync(join(folder, "**/*.json")).flatMap((file) => {
    const report = JSON.parse(readFileSync(file, "utf8")) as Partial<Report>
    if (report.testResults === undefined) return []
    console.log(`${file}, of ${statSync(file).mtime.toISOString().slice(0, 16)}`)
    return [{ testResults: report.testResults }]
  })

const reports =
  values.reports === undefined
    ? [...runAllTests(), ...readReports(join(cacheDir(), "reports"))]
    : readReports(values.reports)
const shown = shownIn(reports)
const wrong = contradictions(sources, shown)
console.log(summaryOf(sources, shown))
for (const problem of wrong) console.error(problem)
writeFileSync("docs/features.md", pageOf(sources, shown))
process.exitCode = wrong.length > 0 || shown.size === 0 ? 1 : 0
