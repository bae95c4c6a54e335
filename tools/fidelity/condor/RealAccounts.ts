// The real accountant's file, read: what it has noted of each user and of each slot.

/** A user's numbers as the file writes them. */
export interface RealAccount {
  readonly priority: string
  readonly used: string
  readonly unchargedS: string
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
    const decimals = (name: string, otherwise: string) => this.#get(`Customer.${user}`, name) ?? otherwise
    return {
      priority: decimals("Priority", "0.500000"),
      used: decimals("WeightedResourcesUsed", "0.000000"),
      unchargedS: decimals("WeightedUnchargedTime", "0.000000")
    }
  }

  /** Since when a slot has been matched, as the accountant knows. */
  matchedS(slot: string): number | undefined {
    const since = this.#get(`Resource.${slot}@<127.0.0.1:9>`, "StartTime")
    return since === undefined ? undefined : Number(since)
  }
}
