import { readFileSync } from "node:fs"
import { relative } from "node:path"

/** What a run of tests came to. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Every skipped test, by name. */
  readonly skips: ReadonlyArray<string>
}

/** No tests at all. */
export const empty: Tally = { passed: 0, failed: 0, skipped: 0, skips: [] }

/** Two runs as one. */
export const plus = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  skips: [...a.skips, ...b.skips]
})

/** The line that ends a run. */
export const summary = (it: Tally): string => `${it.passed} passed, ${it.failed} failed, ${it.skipped} skipped`

interface VitestReport {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly status: string
    readonly assertionResults: ReadonlyArray<{ readonly fullName: string; readonly status: string }>
  }>
}

/** Reads what vitest's json reporter wrote. A file that failed without a failed test (an import, a hook) is one failure. */
export const readVitestReport = (file: string): Tally => {
  const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport
  return report.testResults.reduce((total, result) => {
    const tests = result.assertionResults
    const count = (...statuses: ReadonlyArray<string>) => tests.filter((it) => statuses.includes(it.status)).length
    const passed = count("passed")
    const failedTests = count("failed")
    const failed = failedTests === 0 && result.status === "failed" ? 1 : failedTests
    const skips = tests
      .filter((it) => it.status !== "passed" && it.status !== "failed")
      .map((it) => `${relative(process.cwd(), result.name)}: ${it.fullName}`)
    return plus(total, { passed, failed, skipped: skips.length, skips })
  }, empty)
}
