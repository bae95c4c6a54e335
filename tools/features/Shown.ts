/** One passing test that shows a feature: where it ran, and what it said. */
export interface Shown {
  readonly on: string
  readonly title: string
}

/** A report as vitest's `json` reporter writes it, as far as it is read here. */
export interface Report {
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly assertionResults: ReadonlyArray<{
      readonly ancestorTitles: ReadonlyArray<string>
      readonly title: string
      readonly status: string
    }>
  }>
}

const idsIn = (title: string): ReadonlyArray<string> =>
  [...title.matchAll(/\[([DRKNT]\d+(?: [DRKNT]\d+)*)\]/g)].flatMap(([, ids = ""]) => ids.split(" "))

/**
 * A contract names its backend, whose bad days are the same backend; a tool's test on a real server is its provider's; other
 * tests are named by their package or tool.
 */
const placeOf = (file: string, ancestors: ReadonlyArray<string>): string => {
  const contract = ancestors.find((title) => title.startsWith("contract on "))
  const backend = contract?.slice("contract on ".length).replace(/ on bad day \d+$/, "")
  const server = /\/tools\/[^/]+\/test\/(aws|condor|k8s)\./.exec(file)?.[1]
  return backend ?? (server && `provider-${server}`) ?? /\/(?:packages|tools)\/([^/]+)\//.exec(file)?.[1] ?? "tools"
}

/** The passing tests of every id that some title names. */
export const shownIn = (reports: ReadonlyArray<Report>): ReadonlyMap<string, ReadonlyArray<Shown>> => {
  const shown = new Map<string, Array<Shown>>()
  for (const { assertionResults, name } of reports.flatMap(({ testResults }) => testResults))
    for (const { ancestorTitles, status, title } of assertionResults) {
      if (status !== "passed") continue
      for (const id of idsIn(title)) {
        const tests = shown.get(id) ?? []
        tests.push({ on: placeOf(name, ancestorTitles), title: title.replace(/ \[[^\]]*\]$/, "") })
        shown.set(id, tests)
      }
    }
  return shown
}
