import type { Account, Config } from "./Pool.ts"

/** No real priority is better than this one. */
export const priorityMin = 0.5

/** 0.5 to the power of `exponent`, by square roots only: every machine gives the same bits. */
export const halved = (exponent: number): number => {
  const whole = Math.floor(exponent)
  let rest = exponent - whole
  let value = 0.5 ** Math.min(whole, 1100)
  for (let root = Math.sqrt(0.5); rest > 0 && root < 1; root = Math.sqrt(root)) {
    rest *= 2
    if (rest >= 1) {
      rest -= 1
      value *= root
    }
  }
  return value
}

/** What a submitter used since the last update. */
export interface Usage {
  /** Weighted resources in use the whole time. */
  readonly weighted: number
  /** Weighted seconds of claims that came and went in between. */
  readonly unchargedS?: number
}

/** A real priority after `elapsedS` seconds: half the distance to what was used, every half-life. */
export const advancePriority = (priority: number, usage: Usage, elapsedS: number, halflifeS: number): number => {
  if (elapsedS <= 0) return Math.max(priorityMin, priority)
  const kept = halved(elapsedS / halflifeS)
  const used = usage.weighted + (usage.unchargedS ?? 0) / elapsedS
  return Math.max(priorityMin, priority * kept + used * (1 - kept))
}

/** The factor of somebody for whom none was set. */
export const defaultFactor = (name: string, config: Config): number => {
  if (name.startsWith("nice-user.")) return config.nicePrioFactor
  const { accountantLocalDomain: local } = config
  const domain = name.slice(name.lastIndexOf("@") + 1)
  return local !== undefined && name.includes("@") && domain !== local
    ? config.remotePrioFactor
    : config.defaultPrioFactor
}

/** What the accountant knows during one cycle. Matches add to the use of the submitter and of its group. */
export class Accounts {
  readonly #accounts: Map<string, Account>
  readonly #config: Config

  constructor(accounts: ReadonlyMap<string, Account>, config: Config) {
    this.#accounts = new Map(accounts)
    this.#config = config
  }

  get(name: string): Account {
    return this.#accounts.get(name) ?? { priority: priorityMin, factor: defaultFactor(name, this.#config), usage: 0 }
  }

  /** The effective priority: the real one times its factor. Smaller is better. */
  effective(name: string): number {
    const { priority, factor } = this.get(name)
    return Math.max(priorityMin, priority) * factor
  }

  usage(name: string): number {
    return this.get(name).usage
  }

  charge(name: string, weight: number): void {
    const account = this.get(name)
    this.#accounts.set(name, { ...account, usage: account.usage + weight })
  }
}
