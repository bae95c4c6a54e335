/** Everything a run depends on: read it, run it, and the same events happen. */
export interface Replay<Scenario> {
  readonly version: string
  readonly seed: number
  readonly scenario: Scenario
}

/** A replay as it was read, or every reason why it cannot be used. */
export type ReplayReading<Scenario> =
  | { readonly _tag: "Read"; readonly replay: Replay<Scenario> }
  | { readonly _tag: "Refused"; readonly problems: ReadonlyArray<string> }

/** The text of a replay file. Object keys come sorted, so equal replays are equal files. */
export const printReplay = <Scenario>(replay: Replay<Scenario>): string =>
  `${JSON.stringify(
    { version: replay.version, seed: replay.seed, scenario: replay.scenario },
    (_key, value: unknown) =>
      isRecord(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
        : value,
    2
  )}\n`

/** Reads a replay file. `readScenario` gives the scenario or its problems; another version is a problem, since events may differ. */
export const readReplay = <Scenario>(
  text: string,
  version: string,
  readScenario: (value: unknown) => { readonly scenario: Scenario } | { readonly problems: ReadonlyArray<string> }
): ReplayReading<Scenario> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return { _tag: "Refused", problems: [`not JSON: ${String(cause)}`] }
  }
  if (!isRecord(value)) return { _tag: "Refused", problems: ["a replay is an object with version, seed and scenario"] }
  const { version: madeWith, seed, scenario } = value
  const problems: Array<string> = []
  if (madeWith !== version) problems.push(`version: made with ${JSON.stringify(madeWith)}, this is "${version}"`)
  if (!Number.isSafeInteger(seed)) problems.push(`seed: a whole number within 2^53, got ${JSON.stringify(seed)}`)
  const read = readScenario(scenario)
  if ("problems" in read) problems.push(...read.problems.map((problem) => `scenario: ${problem}`))
  return problems.length > 0 || "problems" in read
    ? { _tag: "Refused", problems }
    : { _tag: "Read", replay: { version, seed: seed as number, scenario: read.scenario } }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
