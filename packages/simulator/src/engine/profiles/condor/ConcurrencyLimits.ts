import type { ClassAd } from "./classad/ClassAd.ts"
import { evaluateAttribute } from "./classad/evaluate.ts"
import { fold } from "./classad/Value.ts"
import type { Config, Machine } from "./Pool.ts"

const textOf = (ad: ClassAd, attribute: string, target?: ClassAd): string | undefined => {
  const value = evaluateAttribute(ad, attribute, target)
  return typeof value === "string" ? fold(value) : undefined
}

/** The limits that a job asks for, or that a slot's job holds, as one string in lower case; undefined where there are none. */
export const limitsOf = (ad: ClassAd, slot?: ClassAd): string | undefined => textOf(ad, "ConcurrencyLimits", slot)

/**
 * The limits that a match is counted for. A job without limits is charged with those of the job whose slot it takes, as the
 * negotiator does.
 */
export const limitsOfMatch = (job: ClassAd, slot: ClassAd): string | undefined =>
  job.lookup("ConcurrencyLimits") === undefined ? limitsOf(slot) : limitsOf(job, slot)

/** `name` or `name:amount`; what is no name is left out, as the negotiator does. */
const parseLimits = (text: string): ReadonlyArray<readonly [name: string, amount: number]> =>
  text.split(/[\s,]+/).flatMap((part) => {
    const [name = "", amount] = part.split(":")
    if (!/^[a-z_]\w*(\.[a-z_]\w*)?$/.test(name)) return []
    const asked = Number.parseFloat(amount ?? "1")
    return [[name, asked > 0 ? asked : 1] as const]
  })

/** How much of each limit is in use, from the ads of claimed slots and from the matches since. */
export class ConcurrencyLimits {
  readonly #config: Config
  readonly #used = new Map<string, number>()

  constructor(config: Config, machines: ReadonlyArray<Machine>) {
    this.#config = config
    for (const { ad } of machines) {
      for (const attribute of ["ConcurrencyLimits", "PreemptingConcurrencyLimits"]) {
        const limits = textOf(ad, attribute)
        if (limits !== undefined) this.take(limits)
      }
    }
  }

  #max(name: string): number {
    const { concurrencyLimitDefault, concurrencyLimits } = this.#config
    const scope = name.includes(".") ? concurrencyLimits[`${name.slice(0, name.lastIndexOf("."))}.*`] : undefined
    return concurrencyLimits[name] ?? scope ?? concurrencyLimitDefault
  }

  take(limits: string): void {
    for (const [name, amount] of parseLimits(limits)) this.#used.set(name, (this.#used.get(name) ?? 0) + amount)
  }

  /** Counts a match. */
  takeFor(job: ClassAd, slot: ClassAd): void {
    const limits = limitsOfMatch(job, slot)
    if (limits !== undefined) this.take(limits)
  }

  /** The first limit that has no room for what is asked. */
  reached(limits: string): string | undefined {
    return parseLimits(limits).find(([name, amount]) => (this.#used.get(name) ?? 0) + amount > this.#max(name))?.[0]
  }
}
