import { advancePriority, defaultFactor, priorityMin } from "./Accounts.ts"
import { slotWeight } from "./candidates.ts"
import type { ClassAd } from "./classad/ClassAd.ts"
import { evaluateAttribute } from "./classad/evaluate.ts"
import { groupOfSubmitter, groupTree } from "./GroupTree.ts"
import type { Account, Config, Machine } from "./Pool.ts"
import { sixDecimals } from "./sixDecimals.ts"

/** What the accountant knows of a submitter or a group between two updates. */
interface Entry {
  readonly account: Account
  /** Weighted seconds of matches that came and went since the last update; below zero for those that came late. */
  readonly unchargedS: number
}

/** A match as the accountant remembers it, until the slot's ad says otherwise. */
interface Held {
  readonly user: string
  readonly weight: number
  readonly sinceS: number
}

/** The user that a slot's ad names as its own, while it is claimed. */
const claimedBy = (ad: ClassAd): string | undefined => {
  const state = evaluateAttribute(ad, "State")
  if (state !== "Claimed" && state !== "Preempting") return undefined
  const user = evaluateAttribute(ad, "AccountingGroup") ?? evaluateAttribute(ad, "RemoteUser")
  return typeof user === "string" ? user : undefined
}

/**
 * The accountant: who uses what, and what priority follows from it, from one negotiation cycle to the next. Times are whole
 * seconds and amounts have six decimals, as in the file the real one keeps.
 */
export class Accountant {
  readonly #config: Config
  readonly #groupOf: (user: string) => string
  readonly #entries: Map<string, Entry>
  readonly #held = new Map<string, Held>()
  #updatedS: number

  constructor(config: Config, accounts: ReadonlyMap<string, Account>, nowS: number) {
    const root = groupTree(config)
    this.#config = config
    this.#groupOf = (user) => groupOfSubmitter(root, user).name
    this.#entries = new Map([...accounts].map(([name, account]) => [name, { account, unchargedS: 0 }] as const))
    this.#updatedS = nowS
  }

  /** All accounts, of submitters and of groups. */
  get accounts(): ReadonlyMap<string, Account> {
    return new Map([...this.#entries].map(([name, { account }]) => [name, account] as const))
  }

  /** Weighted seconds that the next update will charge to this submitter besides what it uses then. */
  unchargedS(name: string): number {
    return this.#entry(name).unchargedS
  }

  #entry(name: string): Entry {
    const fresh = { priority: priorityMin, factor: defaultFactor(name, this.#config), usage: 0 }
    return this.#entries.get(name) ?? { account: fresh, unchargedS: 0 }
  }

  /** What a cycle begins with: all priorities age. */
  updatePriorities(nowS: number): void {
    const elapsedS = nowS - this.#updatedS
    this.#updatedS = nowS
    if (elapsedS <= 0) return
    for (const [name, { account, unchargedS }] of this.#entries) {
      const usage = { weighted: account.usage, unchargedS }
      const priority = advancePriority(account.priority, usage, elapsedS, this.#config.priorityHalflifeS)
      this.#entries.set(name, { account: { ...account, priority: sixDecimals(priority) }, unchargedS: 0 })
    }
  }

  /** What comes next: matches whose slots are not claimed end, and unknown claims are taken up. */
  checkMatches(machines: ReadonlyArray<Machine>, nowS: number): void {
    const users = new Map(machines.map(({ ad, name }) => [name, claimedBy(ad)] as const))
    for (const [name, held] of [...this.#held]) if (users.get(name) !== held.user) this.#end(name, held, nowS)
    for (const machine of machines) {
      const user = users.get(machine.name)
      if (user !== undefined) this.match(user, machine, nowS)
    }
  }

  /** Notes that a slot is a user's from now on, and no more anybody else's. */
  match(user: string, machine: Machine, nowS: number): void {
    const held = this.#held.get(machine.name)
    if (held?.user === user) return
    if (held !== undefined) this.#end(machine.name, held, nowS)
    const weight = slotWeight(machine.ad)
    this.#held.set(machine.name, { user, weight, sinceS: nowS })
    this.#charge(user, weight, -(nowS - this.#updatedS) * weight)
  }

  #end(name: string, { sinceS, user, weight }: Held, nowS: number): void {
    this.#held.delete(name)
    this.#charge(user, -weight, (nowS - Math.max(sinceS, this.#updatedS)) * weight)
  }

  #charge(user: string, weight: number, weightedS: number): void {
    for (const name of [user, this.#groupOf(user)]) {
      const { account, unchargedS } = this.#entry(name)
      const usage = sixDecimals(Math.max(0, account.usage + weight))
      this.#entries.set(name, { account: { ...account, usage }, unchargedS: sixDecimals(unchargedS + weightedS) })
    }
  }
}
