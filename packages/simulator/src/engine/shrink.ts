/** Plain data: what a scenario is made of. */
type Data = null | boolean | number | string | ReadonlyArray<Data> | { readonly [key: string]: Data }
type Fails = (candidate: Data) => boolean

/**
 * The smallest scenario found that still fails: lists lose elements (halves first, then one by one), numbers go towards zero.
 *
 * Repeats until nothing smaller fails, or `attemptsMax` candidates were tried. The given scenario must fail.
 */
export const shrink = <Scenario>(
  scenario: Scenario,
  stillFails: (candidate: Scenario) => boolean,
  attemptsMax = 10_000
): Scenario => {
  let attempts = 0
  const fails: Fails = (candidate) => attempts++ < attemptsMax && stillFails(candidate as Scenario)
  let best = scenario as Data
  for (;;) {
    const smaller = shrinkData(best, fails)
    if (smaller === best || attempts >= attemptsMax) return smaller as Scenario
    best = smaller
  }
}

/** Gives back the very same value when no smaller one fails. */
const shrinkData = (value: Data, fails: Fails): Data => {
  if (typeof value === "number") return shrinkNumber(value, fails)
  if (isList(value)) return shrinkElements(dropElements(value, fails), fails)
  if (typeof value === "object" && value !== null) return shrinkFields(value, fails)
  return value
}

const shrinkNumber = (value: number, fails: Fails): number => {
  if (value === 0 || !Number.isFinite(value)) return value
  if (fails(0)) return 0
  let passing = 0
  let failing = value
  // Bisection between a number that passes and one that fails; fractions are first tried as whole numbers.
  if (!Number.isInteger(value)) {
    if (!fails(Math.trunc(value))) return value
    failing = Math.trunc(value)
  }
  while (Math.abs(failing - passing) > 1) {
    const middle = passing + Math.trunc((failing - passing) / 2)
    if (fails(middle)) failing = middle
    else passing = middle
  }
  return failing
}

const dropElements = (list: ReadonlyArray<Data>, fails: Fails): ReadonlyArray<Data> => {
  let best = list
  for (let chunk = best.length; chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let start = 0; start < best.length; ) {
      const candidate = [...best.slice(0, start), ...best.slice(start + chunk)]
      if (fails(candidate)) best = candidate
      else start += chunk
    }
  }
  return best
}

const shrinkElements = (list: ReadonlyArray<Data>, fails: Fails): ReadonlyArray<Data> => {
  let best = list
  for (let at = 0; at < best.length; at++) {
    const element = best[at] as Data
    const smaller = shrinkData(element, (candidate) => fails(best.with(at, candidate)))
    if (smaller !== element) best = best.with(at, smaller)
  }
  return best
}

const shrinkFields = (value: { readonly [key: string]: Data }, fails: Fails): Data => {
  let best = value
  for (const key of Object.keys(value)) {
    const field = best[key] as Data
    const smaller = shrinkData(field, (candidate) => fails({ ...best, [key]: candidate }))
    if (smaller !== field) best = { ...best, [key]: smaller }
  }
  return best
}

const isList = (value: Data): value is ReadonlyArray<Data> => Array.isArray(value)
