// The real accountant's file, read: what it has noted of each user and of each slot.

/** A user's numbers. */
export interface RealAccount {
  readonly priority: number
  readonly used: number
  readonly unchargedS: number
}

export class RealAccounts {
  readonly #attributes = new Map<string, Map<string, string>>()

  /** Replays the file's transactions. */
  constructor(log: string) {
    for (const line of log.split("\n")) {
      const [operation, key = "", attribute = "", ...value] = line.split(" ")
      if (operation === "101") this.#attributes.set(key, new Map())
      if (operation === "102") this.#attributes.delete(key)
      if (operation === "103") this.#attributes.get(key)?.set(attribute, value.join(" "))
    }
  }

  #get(key: string, attribute: string): string | undefined {
    return this.#attributes.get(key)?.get(attribute)
  }

  /** When priorities last aged. */
  get updatedS(): number {
    return Number(this.#get("Accountant.", "LastUpdateTime") ?? 0)
  }

  account(user: string): RealAccount {
    const number = (name: string, otherwise: number) => Number(this.#get(`Customer.${user}`, name) ?? otherwise)
    return {
      priority: number("Priority", 0.5),
      used: number("WeightedResourcesUsed", 0),
      unchargedS: number("WeightedUnchargedTime", 0)
    }
  }

  /** Since when a slot has been matched, as the accountant knows. */
  matchedS(slot: string): number | undefined {
    const key = [...this.#attributes.keys()].find((name) => name.startsWith(`Resource.${slot}@<`))
    const since = key === undefined ? undefined : this.#get(key, "StartTime")
    return since === undefined ? undefined : Number(since)
  }
}
